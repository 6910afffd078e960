"""What a sign-in costs, and how often it calls Globus."""

import time
from collections import Counter
from dataclasses import dataclass

from benchmarks.browser import Browser
from benchmarks.server import Server
from benchmarks.setting import signed_in
from trivet.sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class Logins:
    """
    Some sign-ins, one after another, each in a new browser.

    ``calls`` counts requests to Globus Auth by path; ``cookie_bytes`` is what a page view sends along afterwards.
    """

    number: int
    wall_seconds: float
    cpu_seconds: float
    calls: Counter[str]
    cookie_bytes: int

    @property
    def calls_each(self) -> float:
        """Provider calls per login: the browser's visit to authorize, and what the portal asks."""
        return self.calls.total() / self.number


def measure_logins(sandbox: Sandbox, portal: Server, number: int) -> Logins:
    """Sign in *number* times. Consents and signing keys are known beforehand, as they are at any running portal."""
    browser = signed_in(sandbox, portal)
    asked_before = len(sandbox.requests)
    cpu, wall = portal.cpu_seconds(), time.perf_counter()
    for _ in range(number):
        signed_in(sandbox, portal)
    wall_seconds = time.perf_counter() - wall
    cpu_seconds = portal.cpu_seconds() - cpu
    asked = [record.path for record in sandbox.requests[asked_before:]]
    # What is under /sandbox/ is the person at work: picking an account. It stands for Globus' own pages.
    calls = Counter(path for path in asked if not path.startswith("/sandbox/"))
    return Logins(number, wall_seconds, cpu_seconds, calls, _cookie_bytes(browser))


def _cookie_bytes(browser: Browser) -> int:
    """Return the bytes of the portal's cookies, without that of the sandbox, which in life goes to another host."""
    ours = [f"{name}={value}" for name, value in browser.cookies.items() if not name.startswith("sandbox-")]
    return len("; ".join(ours))
