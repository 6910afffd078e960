"""The application with Trivet, configured by ``FLASK_...`` environment variables."""

from flask import Flask
from globus_sdk import TransferClient

from benchmarks.page import page
from trivet.flask import Globus

TRANSFER = "transfer.api.globus.org"

app = Flask(__name__)
app.config.from_prefixed_env()
globus = Globus(app)


@app.get("/public")
def public() -> str:
    """A page that does not care who is looking."""
    return page("everybody")


@app.get("/signed-in")
@globus.login_required
def signed_in() -> str:
    """A page that says who is signed in."""
    assert globus.user
    return page(globus.user.name or "")


@app.get("/token")
@globus.login_required
def token() -> str:
    """A page that also holds an access token in its hand."""
    assert globus.user
    globus.access_token(TRANSFER)
    return page(globus.user.name or "")


@app.get("/client")
@globus.login_required
def client() -> str:
    """A page that also makes an SDK client, without calling anything."""
    assert globus.user
    globus.client(TransferClient)
    return page(globus.user.name or "")
