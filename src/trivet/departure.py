"""
Departures: how somebody is sent to Globus, and the address of ours that sends them.

``/login?next=…&ask=…`` sends a signed-in person for what a page or a script found missing. What it asks for is sealed
for that person, so that a link by somebody else cannot make people consent to anything.
"""

import json
import posixpath
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from trivet.answer import Action, Answer, Cookie, redirect
from trivet.config import Config
from trivet.errors import SealBroken
from trivet.login import Login
from trivet.pending import PendingCookies
from trivet.protocol import helper_url
from trivet.redirects import is_safe_next, location
from trivet.request import Request
from trivet.requirement import NOTHING, Requirement
from trivet.sealing import Sealer
from trivet.session import Session


class Departures:
    """
    Sends people to Globus.

    Args:
        config: the application's settings.
        login: begins the attempts.
        pending_cookies: carry them.
        ask_sealer: seals what an address asks for.
        auth_url: where Globus Auth is.
    """

    def __init__(
        self, config: Config, *, login: Login, pending_cookies: PendingCookies, ask_sealer: Sealer, auth_url: str
    ) -> None:
        self._config = config
        self._auth_url = auth_url
        self._login = login
        self._pending_cookies = pending_cookies
        self._ask_sealer = ask_sealer

    def begin(
        self,
        request: Request,
        return_to: str,
        *,
        requirement: Requirement = NOTHING,
        session: Session | None = None,
    ) -> Answer:
        """Send the browser to Globus for *requirement*, and remember to come back to *return_to*."""
        address, pending = self._login.begin(return_to=return_to, requirement=requirement, session=session)
        if return_to != "/" and not self._pending_cookies.fits(pending):
            return self.begin(request, "/", requirement=requirement, session=session)
        value = self._pending_cookies.seal(pending)
        name = self._pending_cookies.name(pending.key)
        surplus = self._pending_cookies.surplus(request.cookies, coming=name + value)
        return redirect(
            address,
            cookies=(
                Cookie(name, value, max_age=self._config.login_seconds),
                *(Cookie(old, None) for old in surplus),
            ),
        )

    def safe_return_to(self, target: str | None) -> str:
        """Return where to go afterwards: *target* if that is a page of this site, else home."""
        if target is None or not is_safe_next(target, self._config.base_url):
            return "/"
        path = urlsplit(location(target, self._config.base_url)).path
        ours = {self._config.login_path, self._config.callback_path, self._config.logout_path}
        # As a browser and a server will read it: without dot segments, decoded.
        return "/" if posixpath.normpath(unquote(path)) in ours else target

    def login_url(self, return_to: str, requirement: Requirement, session: Session | None) -> str:
        """Return the address of ours that asks Globus for *requirement* and leads back to *return_to*."""
        query = {"next": return_to}
        if session:
            ask = json.dumps(requirement.parameters(), separators=(",", ":")).encode()
            query["ask"] = self._ask_sealer.seal_text(ask, place=session.sub)
        return f"{self._config.base_url}{self._config.login_path}?{urlencode(query)}"

    def asked(self, request: Request, session: Session | None) -> Requirement | None:
        """Return what an address of `login_url` asks the signed-in person for; None when it asks them for nothing."""
        ask = request.parameter("ask")
        if not ask or not session:
            return None
        try:
            parameters: dict[str, Any] = json.loads(self._ask_sealer.open_text(ask, place=session.sub))
        except SealBroken:
            return None
        return Requirement.from_parameters(parameters)

    @property
    def linked_accounts(self) -> Action:
        """The way to the page of Globus where people see their accounts, and link others."""
        url = helper_url(
            self._auth_url,
            "identities",
            client_id=self._config.client_id,
            redirect_uri=self._config.home_url,
            redirect_name=self._config.app_name,
        )
        return Action(label="See your linked accounts at Globus", url=url)
