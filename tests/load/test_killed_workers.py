"""Workers that are killed between the end of a session and the revocation of its tokens."""

import os
import signal
import time

import pytest
from benchmarks.server import Server
from benchmarks.setting import environ
from benchmarks.stores import new_store
from flask import Flask

from navigator import Navigator
from trivet.flask import Globus
from trivet.outbox import CLAIM_SECONDS
from trivet.sandbox import Sandbox

SERVERS = ("postgresql", "valkey")  # what they promise when a process is killed is in tests/store


@pytest.mark.parametrize("kind", ["sqlite", *(pytest.param(each, marks=pytest.mark.soak) for each in SERVERS)])
def test_no_revocation_is_lost_with_its_worker(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kill -9 of all workers while Globus is slow to revoke loses nothing: the next sweep has every token revoked."""
    with (
        Sandbox() as sandbox,
        new_store(kind) as url,
        Server("benchmarks.who_is_looking:app", "--threads", "4") as server,
    ):
        settings = environ(sandbox, server, url, GLOBUS_SWEEP_SECONDS=0)
        server.start(settings)
        browser = Navigator(sandbox)
        assert browser.sign_in(f"{server.url}/me").status == 200
        sandbox.fail("/v2/oauth2/token/revoke", times=None, status=None, latency=3600)
        leaving = browser.step(f"{server.url}/logout", method="POST", referrer=f"{server.url}/")
        assert leaving.status_code == 303
        for worker in server.workers:
            os.kill(worker, signal.SIGKILL)
        sandbox.clear_faults()
        assert any(token.active for token in sandbox.tokens)

        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        app = Flask("after_the_restart")
        app.config.from_prefixed_env()
        Globus(app, clock=lambda: time.time() + CLAIM_SECONDS)  # what the dead had claimed is anybody's after a while
        core = app.extensions["trivet"]
        core.sweeper.sweep()
        core.close()
        assert not any(token.active for token in sandbox.tokens)
