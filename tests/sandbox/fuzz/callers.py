"""A sandbox in a process of its own, with what its callers need: credentials, tokens, and the ids of what there is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from types import TracebackType

PROGRAM = """
import json, sys
from trivet.sandbox import Sandbox
from trivet.sandbox.world.tokens import Grant

SERVICES = {"auth.globus.org": "", "transfer.api.globus.org": "", "groups.api.globus.org": ""}

with Sandbox() as globus:
    world, portal, gateway = globus.world, globus.clients["portal"], globus.clients["gateway"]

    def token(service, person):
        scopes = tuple(name for name, server in world.scopes.resource_servers.items() if server == service)
        grant = Grant(
            person=globus.people[person], client_id=portal.id, resource_server=service, scopes=scopes, family="fuzz",
            session_id="fuzz", authentications={}, offline=True,
        )
        return world.tokens.issue("access", grant).value

    def live():
        known = {person.sub for person in world.people.values()} | {each.id for each in world.collections.values()}
        known |= {each.id for each in world.clients.values()} | {each.id for each in globus.groups.values()}
        known |= {each.id for each in globus.policies.values()}
        tokens = [token(service, person) for service in SERVICES for person in ("ada", "grace")]
        return {
            "url": globus.url,
            "basic": [[portal.id, portal.secret], [gateway.id, gateway.secret]],
            "tokens": tokens,
            "ids": sorted(known),
        }

    print(json.dumps(live()), flush=True)
    for line in sys.stdin:
        globus.reset()
        print(json.dumps(live()), flush=True)
"""


class FuzzedSandbox:
    """Runs between ``with`` and its end. What it says of itself goes to ``log``, where a traceback would be."""

    def __enter__(self) -> Self:
        self._log = tempfile.NamedTemporaryFile(prefix="trivet-fuzz-")
        self._running = subprocess.Popen(
            [sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True
        )
        self._listen()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._running.stdin is not None
        assert self._running.stdout is not None
        self._running.stdin.close()
        try:
            self._running.wait(30)
        finally:
            self._running.kill()
            self._running.wait()
            self._running.stdout.close()
            self._log.close()

    def _listen(self) -> None:
        assert self._running.stdout is not None
        told: dict[str, Any] = json.loads(self._running.stdout.readline())
        self.url: str = told["url"]
        self.ids: list[str] = told["ids"]
        self.callers: list[dict[str, Any]] = [
            {},
            *({"auth": tuple(each)} for each in told["basic"]),
            *({"headers": {"Authorization": f"Bearer {each}"}} for each in told["tokens"]),
        ]

    def reset(self) -> None:
        """Back to the seed, with new tokens for the callers."""
        assert self._running.stdin is not None
        self._running.stdin.write("reset\n")
        self._running.stdin.flush()
        self._listen()

    @property
    def log(self) -> str:
        return Path(self._log.name).read_text()

    def megabytes(self) -> float:
        """Return the memory that it has in use (resident set)."""
        pages = int(Path(f"/proc/{self._running.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
