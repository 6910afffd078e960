"""The portal under measurement: a sandbox to sign in at, a store, and gunicorn."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.browser import Browser
from benchmarks.server import Server
from trivet.sandbox import Sandbox

SECRET_KEY = "a secret that is long enough for anybody"
SCOPE = "urn:globus:auth:scope:transfer.api.globus.org:all"


def environ(sandbox: Sandbox, server: Server, store: str, **more: Any) -> dict[str, str]:
    """Return the environment that configures a Flask application on *server*, with *more* settings, for *sandbox*."""
    client = sandbox.clients["portal"]
    sandbox.register_redirect_uri("portal", f"{server.url}/login/callback")
    settings = {
        "SECRET_KEY": SECRET_KEY,
        "GLOBUS_CLIENT_ID": client.id,
        "GLOBUS_CLIENT_SECRET": client.secret,
        "GLOBUS_BASE_URL": server.url,
        "GLOBUS_SCOPES": [SCOPE],
        "GLOBUS_STORE": store,
        **more,
    }
    return sandbox.environ | {f"FLASK_{name}": json.dumps(value) for name, value in settings.items()}


@contextmanager
def running_portal(sandbox: Sandbox, store: str, *options: str) -> Iterator[Server]:
    """Run the portal with its sessions in *store*."""
    with Server("benchmarks.portal:app", *options) as server:
        server.start(environ(sandbox, server, store))
        yield server


def signed_in(sandbox: Sandbox, server: Server, person: str = "ada") -> Browser:
    """Return a browser in which *person* has signed in at the portal."""
    browser = Browser()
    seen = browser.sign_in(f"{server.url}/signed-in", sandbox.people[person].sub)
    if seen.status != 200 or not seen.url.endswith("/signed-in"):
        raise RuntimeError(f"Signing in ended at {seen.url} with {seen.status}:\n{seen.body}\n{server.log}")
    return browser
