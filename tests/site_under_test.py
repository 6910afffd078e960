"""A small Flask application with sign-in, on a real server, for tests of what a browser sees."""

import hashlib
import threading
from collections.abc import Callable
from typing import Any

from flask import Flask, request
from flask_wtf.csrf import CSRFProtect
from globus_sdk import TransferClient
from werkzeug.serving import make_server

from trivet.flask import Globus
from trivet.store import Store

TRANSFER = "transfer.api.globus.org"


class Site:
    """
    The application, running.

    Args:
        sandbox: the Globus it signs in at; its callback is registered there.
        settings: ``GLOBUS_...`` keys, and others of Flask.
        store: where its sessions live.
        clock: what time it is.
    """

    def __init__(self, sandbox: Any, *, store: Store | None, clock: Callable[[], float], **settings: Any) -> None:
        self.sandbox = sandbox
        self.app = Flask(__name__)
        self._server = make_server("localhost", 0, self.app, threaded=True)
        self.url = f"http://localhost:{self._server.port}"
        client = sandbox.clients["portal"]
        self.app.config.update(
            SECRET_KEY="a secret that is long enough for anybody",
            GLOBUS_CLIENT_ID=client.id,
            GLOBUS_CLIENT_SECRET=client.secret,
            GLOBUS_BASE_URL=self.url,
            GLOBUS_APP_NAME="Test site",
            GLOBUS_STORE="memory:",
            GLOBUS_SWEEP_SECONDS=0,
        )
        self.app.config.update(settings)
        path = self.app.config.pop("CALLBACK_PATH", "/login/callback")
        if path != "/login/callback":
            self.app.config["GLOBUS_REDIRECT_URI"] = f"{self.url}{path}"
        sandbox.register_redirect_uri("portal", f"{self.url}{path}")
        if self.app.config.pop("PROTECTED", False):
            CSRFProtect(self.app)
        self.globus = Globus(self.app, store=store, clock=clock)
        _add_pages(self.app, self.globus)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    @property
    def session_cookie(self) -> str:
        return str(self.app.extensions["trivet"].session_cookie)

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.app.extensions["trivet"].close()


def fingerprint(secret: str) -> str:
    """What a test page may show of a token."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _add_pages(app: Flask, globus: Globus) -> None:
    @app.get("/public")
    def public() -> str:
        return "for everybody"

    @app.get("/")
    def home() -> str:
        return globus.user.username or "" if globus.user else "nobody"

    @app.get("/private")
    @globus.login_required
    def private() -> dict[str, Any]:
        assert globus.user
        return {"sub": globus.user.sub, "target": request.full_path}

    @app.post("/form")
    @globus.login_required
    def form() -> str:
        return "received"

    @app.get("/token")
    @globus.login_required
    def token() -> dict[str, str]:
        access_token = globus.access_token(TRANSFER, scopes=[f"urn:globus:auth:scope:{TRANSFER}:all"])
        return {"token": fingerprint(access_token.reveal())}

    @app.post("/token")
    @globus.login_required
    def token_by_post() -> dict[str, str]:
        return token()

    @app.get("/mine")
    @globus.login_required
    def mine() -> list[str]:
        found = globus.client(TransferClient).endpoint_search(filter_scope="my-endpoints")
        return [endpoint["display_name"] for endpoint in found]

    @app.get("/files/<collection>")
    @globus.login_required
    def files(collection: str) -> list[str]:
        return [entry["name"] for entry in globus.client(TransferClient).operation_ls(collection, "/")]

    @app.get("/missing-collection")
    @globus.login_required
    def missing_collection() -> str:
        return str(globus.client(TransferClient).get_endpoint("00000000-0000-4000-8000-000000000000"))

    @app.get("/nobody-asked")
    @globus.login_required
    def nobody_asked() -> str:
        return str(globus.access_token("flows.globus.org"))
