"""Sign somebody in to an application: from its login page, through the sandbox, and back.

the application's page ──▶ ... ──▶ the sandbox's pages ──▶ the application's callback ──▶ ... ──▶ its page
        └── by the test's client         └── by a visitor        └── by the test's client, which keeps the cookie
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from trivet.sandbox.visiting.application import Application, location_of
from trivet.sandbox.visiting.errors import VisitError, without_query

if TYPE_CHECKING:
    from trivet.sandbox.visiting.person import Visitor
    from trivet.sandbox.world import World

MAX_HOPS = 20
MISDIRECTED = 421
"""Who is asked goes by another name (RFC 9110 section 15.5.20)."""


class SignIn:
    """One sign-in: *client* is the application's, *visitor* the person who does it in *world*."""

    def __init__(self, client: Any, visitor: Visitor, world: World) -> None:
        self._application = Application(client)
        self._visitor = visitor
        self._world = world
        self._last_before = max((each.number for each in world.log.all()), default=0)
        with world.lock:
            registered = {urlsplit(uri).hostname for each in world.clients.values() for uri in each.redirect_uris}
        self._hosts = registered | {self._application.host}

    def run(self, start: str, *, successful: bool) -> Any:
        """Go to *start* and wherever that leads; return the application's last answer.

        Raises:
            VisitError: the way does not lead through the sandbox, or to no end, or to an error although it should be
                *successful*.
        """
        self._hosts.add(urlsplit(start).hostname)
        address, was_here = start, False
        for _ in range(MAX_HOPS):
            response = self._application.get(address)
            location = location_of(response)
            if location is None:
                self._check_end(response, address, was_here=was_here, successful=successful)
                return response
            address = urljoin(address, location)
            if self._visitor.is_here(address):
                address, was_here = self._visitor.pass_through(address), True
            self._check_host(address)
        raise VisitError(f"The application redirected {MAX_HOPS} times, the last time to {without_query(address)}.")

    def _check_host(self, address: str) -> None:
        """Stay away from addresses that are not the application's: a test reaches for nothing else."""
        host = urlsplit(address).hostname
        if host is not None and host not in self._hosts:
            raise VisitError(
                f"The application sent the browser to {without_query(address)}, not to {self._world.issuer}. "
                "Does it know of the sandbox? Its variables are in globus.environ, and have to be set before it starts."
            )

    def _check_end(self, response: Any, address: str, *, was_here: bool, successful: bool) -> None:
        status, place = response.status_code, without_query(address)
        if not was_here and status == MISDIRECTED:
            raise VisitError(
                f"The application answered 421 at {place}: it goes by another address than the client asks for. One "
                "that uses Trivet is told its own in GLOBUS_BASE_URL (FLASK_GLOBUS_BASE_URL in the environment); ask "
                'there, globus.sign_in(client, "ada", "http://localhost:5000/login"), or tell it this one.'
            )
        if not was_here:
            raise VisitError(
                f"The application answered {status} at {place} and never sent the browser to {self._world.issuer}. "
                "Start at its login page, or at a page that only people who are signed in can see, with the whole "
                'address if it is particular about that: globus.sign_in(client, "ada", "http://localhost:5000/login").'
            )
        if successful and status >= 400:
            raise VisitError(f"The application answered {status} at {place}, after the sandbox. {self._refused()}")

    def _refused(self) -> str:
        """Say what the sandbox refused the application meanwhile: the likely reason."""
        for record in reversed(self._world.log.all()):
            if record.number > self._last_before and record.status is not None and record.status >= 400:
                why = record.reason or "no reason was noted"
                return f"The sandbox had answered {record.status} to {record.method} {record.path}: {why}"
        return "The sandbox has refused it nothing; what is wrong is in the application."
