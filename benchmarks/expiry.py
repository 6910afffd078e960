"""A portal on many workers, one signed-in browser at it, and a token that has run out whenever one likes."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Event
from typing import Any

from benchmarks.browser import Browser, Seen
from benchmarks.server import Server
from benchmarks.setting import SECRET_KEY, environ
from benchmarks.stores import new_store
from trivet.sandbox import Sandbox
from trivet.sealed_tokens import SealedTokens
from trivet.sealing import Sealer
from trivet.store import Store, open_store

TOKEN = "/v2/oauth2/token"
TRANSFER = "transfer.api.globus.org"


@dataclass
class Portal:
    """The portal, its sandbox and its store; and the browser of somebody who has signed in."""

    sandbox: Sandbox
    server: Server
    store: Store
    browser: Browser

    def expire(self) -> None:
        """Let the token have run out, as after a weekend, whatever time it is."""
        ((session,), _) = self.store.scan_sessions(limit=2)
        record = self.store.find_token(session.id, TRANSFER)
        assert record is not None
        sealed_tokens = SealedTokens(Sealer([SECRET_KEY.encode()], "token"))
        expired = replace(sealed_tokens.open(record), expires_at=0)
        replaced = replace(record, version=record.version + 1, sealed=sealed_tokens.seal(session.id, expired))
        assert self.store.replace_token(replaced)

    def look(self) -> Seen:
        """Open the page that needs the token."""
        return self.browser.open(f"{self.server.url}/me")

    def look_together(self, requests: int) -> list[Seen]:
        """Open that page so many times at once."""
        with ThreadPoolExecutor(requests) as pool:
            return list(pool.map(lambda _: self.look(), range(requests)))

    def refreshes(self) -> int:
        """Return how often Globus was asked for tokens since the sign-in."""
        return sum(request.path == TOKEN for request in self.sandbox.requests) - 1

    def wait_for_refreshes(self, count: int) -> None:
        """Return when that many refreshes have been asked for, answered or not."""
        tick = Event()
        for _ in range(1500):
            if self.refreshes() >= count:
                return
            tick.wait(0.02)
        raise TimeoutError(f"There were only {self.refreshes()} refreshes in 30 seconds.")


def token_shown(seen: Seen) -> str:
    assert seen.status == 200, f"{seen.status}: {seen.body}\n"
    shown: dict[str, Any] = json.loads(seen.body)
    return str(shown["token"])


@contextmanager
def portal_on(kind: str, *gunicorn: str, **settings: Any) -> Iterator[Portal]:
    """Run the portal with its sessions in a store of that kind; somebody has signed in."""
    with (
        Sandbox() as sandbox,
        new_store(kind) as url,
        Server("benchmarks.who_is_looking:app", *gunicorn) as server,
    ):
        server.start(environ(sandbox, server, url, **settings))
        browser = Browser()
        assert browser.sign_in(f"{server.url}/me", sandbox.people["ada"].sub).status == 200
        store = open_store(url)
        try:
            yield Portal(sandbox, server, store, browser)
        finally:
            store.close()
