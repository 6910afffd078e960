"""The application under load: a page that says who is looking, with which token, and which worker answered."""

import hashlib
import os

from flask import Flask

from trivet.flask import Globus

TRANSFER = "transfer.api.globus.org"

app = Flask(__name__)
app.config.from_prefixed_env()
globus = Globus(app)


@app.get("/public")
def public() -> str:
    return "for everybody"


@app.get("/me")
@globus.login_required
def me() -> dict[str, str | int | None]:
    assert globus.user
    token = globus.access_token(TRANSFER)
    return {
        "sub": globus.user.sub,
        "name": globus.user.name,
        "token": hashlib.sha256(token.reveal().encode()).hexdigest(),
        "worker": os.getpid(),
    }
