"""Schemathesis makes requests of the description of our surface; whoever sends them, none may upset the sandbox."""

from __future__ import annotations

import contextlib
import itertools

import pytest
import requests
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sandbox.fuzz.callers import FuzzedSandbox
from trivet.sandbox.surface.openapi import description

REQUESTS = 100_000
HANGS_AFTER_SECONDS = 30
REQUESTS_BETWEEN_RESETS = 20_000
MEGABYTES = 250
"""More than what the sandbox remembers at most takes, in a process that begins with about fifty."""

THOROUGH = settings(
    max_examples=REQUESTS,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class Enough(Exception):
    """As many requests were sent as were wanted."""


class Fuzzing:
    """Sends cases to a sandbox as each of its callers, and looks at what comes back."""

    def __init__(self, sandbox: FuzzedSandbox, http: requests.Session) -> None:
        self.sandbox = sandbox
        self.statuses: dict[int, int] = {}
        self._http = http

    @property
    def sent(self) -> int:
        return sum(self.statuses.values())

    def send(self, case, known_ids) -> None:
        """Send *case*, with its path as drawn or with ids of what there is, in turn as each caller."""
        case.path_parameters = {name: next(known_ids, value) for name, value in (case.path_parameters or {}).items()}
        request = case.as_transport_kwargs(base_url=self.sandbox.url)
        drawn = {name: value for name, value in request.pop("headers", {}).items() if name != "Authorization"}
        request.pop("auth", None)
        for caller in self.sandbox.callers:
            if self.sent >= REQUESTS:
                raise Enough
            headers = {**drawn, **caller.get("headers", {})}
            self._look(request, headers, caller.get("auth"))

    def _look(self, request, headers, auth) -> None:
        response = self._http.request(
            **{**request, "headers": headers, "auth": auth, "allow_redirects": False, "timeout": HANGS_AFTER_SECONDS}
        )
        self.statuses[response.status_code] = self.statuses.get(response.status_code, 0) + 1
        assert response.status_code < 500 or response.status_code in DELIBERATE, f"{request}\n{response.text}"
        assert "Traceback" not in response.text
        if self.sent % REQUESTS_BETWEEN_RESETS == 0:
            self.sandbox.reset()


DELIBERATE = (501, 502)
"""What is absent; and Transfer's answer when a collection cannot do what was asked, such as making what is there."""


def _is_absent(operation) -> bool:
    """Say whether the sandbox has nothing there but a 501."""
    described: str = operation.definition.raw["description"]
    return described.startswith("absent")


@pytest.mark.soak
def test_requests_by_the_hundred_thousand(capsys):
    """No 5xx but those that are meant, no traceback in an answer or in the log, no hang, and memory has an end."""
    import schemathesis  # takes a second, which `make test` would pay for collecting this file

    with FuzzedSandbox() as sandbox, requests.Session() as http:
        http.trust_env = False
        fuzzing = Fuzzing(sandbox, http)
        schema = schemathesis.openapi.from_dict(description(sandbox.url))
        operations = [each.ok() for each in schema.get_all_operations()]
        present = [each.as_strategy() for each in operations if not _is_absent(each)]

        @THOROUGH
        @given(case=st.one_of(present), data=st.data())
        def send(case, data):
            if data.draw(st.booleans()):
                known = itertools.cycle(data.draw(st.lists(st.sampled_from(sandbox.ids), min_size=1, max_size=3)))
            else:
                known = iter(())
            fuzzing.send(case, known)

        with contextlib.suppress(Enough):
            while True:
                send()
        with capsys.disabled():
            print(f"\n{fuzzing.sent} requests: {dict(sorted(fuzzing.statuses.items()))}, {sandbox.megabytes():.0f} MB")
        assert sandbox.megabytes() < MEGABYTES
        assert "Traceback" not in sandbox.log
