from flask import Flask, Response
from globus_sdk import TransferClient
from globus_sdk.scopes import TransferScopes

from trivet.flask import Globus

app = Flask(__name__)
app.config.from_pyfile("example_app.conf")
app.config.update(
    GLOBUS_CLIENT_ID=app.config["APP_CLIENT_ID"],
    GLOBUS_CLIENT_SECRET=app.config["APP_CLIENT_SECRET"],
    GLOBUS_REDIRECT_URI=f"http://{app.config['SERVER_NAME']}/login",
    GLOBUS_SCOPES=[str(TransferScopes.all)],
)
globus = Globus(app)  # brings /login and /logout


@app.route("/")
@globus.login_required
def index() -> Response:
    endpoints = globus.client(TransferClient).endpoint_search(filter_scope="my-endpoints")
    lines = ["You are successfully logged in!", ""]
    lines += [f"[{endpoint['id']}] {endpoint['display_name']}" for endpoint in endpoints]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


if __name__ == "__main__":
    app.run()
