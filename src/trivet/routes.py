"""
What each of our addresses answers, and what happens when a page cannot be shown.

    /login             go to Globus, or on to ``next`` when somebody is signed in already
    /login/callback    come back from Globus
    /login/continue    carry on with a form that a step-up has interrupted
    /logout            forget, revoke, and go to the Globus logout page

Everything a browser sends is hostile until shown otherwise. Each method takes a `Request` and ends in an `Answer`;
none of them raises for anything that a browser can do.
"""

import functools
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote

from trivet.answer import Action, Answer, Cookie, Page, empty, redirect
from trivet.answered import Answered
from trivet.carry_on import CarryOn
from trivet.config import Config
from trivet.departure import Departures
from trivet.errors import (
    AccessRefused,
    AttemptUnknown,
    GlobusRefused,
    GlobusUnavailable,
    LoginNeeded,
    ScopesWithheld,
    SignInInVain,
    StoreUnavailable,
    TrivetError,
)
from trivet.explain import explained
from trivet.login import Login, Returned
from trivet.pending import PendingCookies, PendingLogin
from trivet.protocol import helper_url
from trivet.redirects import location
from trivet.request import Request
from trivet.requirement import NOTHING, Requirement
from trivet.scopes import missing
from trivet.session import Opened, Session, Sessions
from trivet.stepup import StepUp
from trivet.visit import Visit


def _route(answer: Callable[["Routes", Request, Visit], Answer]) -> Callable[["Routes", Request, Visit], Answer]:
    """Make *answer* safe to call: what may not act gets nothing, and what goes wrong is explained."""

    @functools.wraps(answer)
    def route(self: "Routes", request: Request, visit: Visit) -> Answer:
        if not self.may_act_here(request):
            return empty(204 if request.method == "HEAD" else 403)
        try:
            return answer(self, request, visit)
        except TrivetError as error:
            return self.explanation(request, error)

    return route


class Routes:
    """The addresses of one application."""

    def __init__(
        self,
        config: Config,
        *,
        auth_url: str,
        login: Login,
        departures: Departures,
        step_up: StepUp,
        carry_on: CarryOn,
        answered: Answered,
        sessions: Sessions,
        pending_cookies: PendingCookies,
        session_cookie: str,
    ) -> None:
        self._config = config
        self._auth_url = auth_url
        self._login = login
        self._departures = departures
        self._step_up = step_up
        self._carry_on = carry_on
        self._answered = answered
        self._sessions = sessions
        self._pending_cookies = pending_cookies
        self._session_cookie = session_cookie

    @_route
    def login(self, request: Request, visit: Visit) -> Answer:
        """Send a person to Globus, or to ``next`` when they are signed in already."""
        if self._config.callback_path == self._config.login_path and self._is_return(request):
            return self._callback(request, visit)
        return_to = self._departures.safe_return_to(request.parameter("next"))
        asked = self._departures.asked(request, visit.session)
        if visit.session and asked is None:
            return redirect(location(return_to, self._config.base_url))
        return self._departures.begin(request, return_to, requirement=asked or NOTHING, session=visit.session)

    @_route
    def callback(self, request: Request, visit: Visit) -> Answer:
        """Finish the attempt that the browser comes back from."""
        return self._callback(request, visit)

    @_route
    def logout(self, request: Request, visit: Visit) -> Answer:
        """Sign out, when a page of this site or the person asks for it; else ask the person."""
        if not request.comes_from(self._config.base_url):
            return self._confirm_logout(status=200 if request.method == "GET" else 403)
        visit.sign_out()
        return redirect(
            helper_url(
                self._auth_url,
                "logout",
                client_id=self._config.client_id,
                redirect_uri=self._config.home_url,
                redirect_name=self._config.app_name,
            ),
            cookies=(Cookie(self._session_cookie, None),) if visit.carries_cookie else (),
            forget_framework_session=True,
        )

    @_route
    def carry_on(self, request: Request, visit: Visit) -> Answer:
        """Show what was sent before a step-up, or send it when the person says so."""
        try:
            if request.method == "POST":
                return self._carry_on.send(request, visit.session)
            return self._carry_on.show(request, visit.session)
        except LoginNeeded as error:
            # What is kept stays so meanwhile, and its page shows it again: there is nothing to be sent from here.
            return self._step_up.answer(replace(request, method="GET"), visit, error)

    def refusal(self, request: Request, visit: Visit, error: TrivetError) -> Answer:
        """Answer a request whose page raised *error*: send the person where they can mend it, or explain."""
        try:
            if isinstance(error, LoginNeeded):
                return self._step_up.answer(request, visit, error)
            session = self._quietly(visit) if isinstance(error, GlobusRefused | AccessRefused) else None
            return self.explanation(request, error, session=session)
        except SignInInVain as vain:
            return self.explanation(request, vain, session=self._quietly(visit))
        except TrivetError as another:
            return self.explanation(request, another)

    # -- coming back

    def _is_return(self, request: Request) -> bool:
        return any(request.parameters(name) for name in ("code", "error", "state"))

    def _callback(self, request: Request, visit: Visit) -> Answer:
        state = request.parameter("state")
        pending = self._pending_cookies.find(request.cookies, state) if state else None
        try:
            return self._finish(request, visit, pending)
        except TrivetError as error:
            over = (Cookie(self._pending_cookies.name(pending.key), None),) if pending else ()
            return self.explanation(request, error, cookies=over, again=pending, session=self._quietly(visit))

    def _finish(self, request: Request, visit: Visit, pending: PendingLogin | None) -> Answer:
        if pending is None:
            raise AttemptUnknown(
                "This sign-in was not started in this browser, or it has been completed already.",
                hint="Nothing was changed.",
            )
        if self._pending_cookies.is_stale(pending):
            raise AttemptUnknown("This sign-in has taken too long.", hint="Start again; it is quick.")
        returned = Returned(
            code=request.parameter("code"), error=request.parameter("error"), iss=request.parameter("iss")
        )
        before = visit.session
        held = self._sessions.granted_scopes(before.id) if before else frozenset()
        opened = self._login.finish(pending, returned, replacing=before, seen_from=request.seen_from)
        # A cookie without a session, or with somebody else's: what the framework keeps is the person's before.
        another = visit.carries_cookie and (before is None or before.sub != opened.session.sub)
        lost = held - opened.scopes if before and not another else frozenset()
        try:
            if pending.demand:
                self._answered.note(pending.demand, session=opened.session, before=before)
            answer = self._welcome(request, pending, opened, lost)
        except StoreUnavailable as error:
            # The session before has ended: without the new one's cookie they would be signed out.
            answer = self.explanation(request, error, again=pending, session=opened.session)
        cookies = (
            Cookie(self._session_cookie, opened.cookie_value.reveal()),
            Cookie(self._pending_cookies.name(pending.key), None),
        )
        return replace(answer, cookies=(*cookies, *answer.cookies), forget_framework_session=another)

    def _welcome(self, request: Request, pending: PendingLogin, opened: Opened, lost: frozenset[str]) -> Answer:
        if withheld := missing(pending.needed, opened.scopes):
            # Going back would only make the page ask again, for ever.
            error = ScopesWithheld("Globus did not give this site the permission it needs.", scopes=withheld)
            return self.explanation(request, error, again=pending, session=opened.session)
        if lost:
            # Another tab was granted these after this one had left. Globus knows, so it sends the browser straight on.
            wanted = Requirement(required_scopes=tuple(sorted(lost)))
            return self._departures.begin(request, pending.return_to, requirement=wanted, session=opened.session)
        return redirect(location(pending.return_to, self._config.base_url))

    # -- explaining

    def explanation(
        self,
        request: Request,
        error: TrivetError,
        *,
        cookies: tuple[Cookie, ...] = (),
        again: PendingLogin | None = None,
        session: Session | None = None,
    ) -> Answer:
        """Explain *error*, with a way on to where the person was going."""
        return_to = self._departures.safe_return_to(again.return_to if again else request.parameter("next"))
        actions = self._ways_on(request, return_to, signed_in=session is not None)
        if isinstance(error, AccessRefused):
            actions = (*actions, self._departures.linked_accounts)
        note = ""
        if isinstance(error, GlobusUnavailable | StoreUnavailable) and (resend := self._carry_on.again(request)):
            actions, note = (resend, *actions), "What you sent may not have arrived. It is still on this page."
        return explained(request, error, self._config, actions=actions, cookies=cookies, session=session, note=note)

    def _ways_on(self, request: Request, return_to: str, *, signed_in: bool) -> tuple[Action, ...]:
        home = Action(label="Go to the start page", url=self._config.home_url)
        there = location(return_to, self._config.base_url)
        if request.path not in {self._config.login_path, self._config.callback_path}:
            again = Action(label="Try again", url=location(request.target, self._config.base_url))
            return (*((again,) if request.method == "GET" else ()), home, *((self._sign_out,) if signed_in else ()))
        if signed_in:
            return (Action(label="Continue", url=there), *((home,) if return_to != "/" else ()))
        query = f"?next={quote(return_to, safe='/')}" if return_to != "/" else ""
        return (Action(label="Sign in", url=f"{self._config.base_url}{self._config.login_path}{query}"), home)

    @property
    def _sign_out(self) -> Action:
        return Action(label="Sign out", url=f"{self._config.base_url}{self._config.logout_path}", post=True)

    def _confirm_logout(self, *, status: int) -> Answer:
        page = Page(
            title="Sign out?",
            message=f"You are about to sign out of {self._config.app_name}.",
            actions=(self._sign_out, Action(label="Stay", url=self._config.home_url)),
            app_name=self._config.app_name,
        )
        return Answer(status=status, page=page)

    # -- about the request

    def may_act_here(self, request: Request) -> bool:
        """Tell whether this request may start or end something, and has come to the right host name."""
        return request.may_act() and request.host.lower() == self._config.host

    def _quietly(self, visit: Visit) -> Session | None:
        """Return the session while explaining an error, which must not end in another one."""
        try:
            return visit.session
        except StoreUnavailable:
            return None
