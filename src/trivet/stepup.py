"""
Step-up: what happens when a page cannot be shown before the person has been to Globus.

    GET  /a/page ──▶ a word on who asks for what ──▶ Globus ──▶ /a/page again, as if nothing had been
    POST /a/page ──▶ the same, and then a page that carries on with what was sent
    fetch(...)   ──▶ a Globus Auth Requirements Error with the address to send the person to

Who is not signed in goes to Globus at once: they know that they have to sign in. The same demand again, just after it
was met, is explained.
"""

from trivet.answer import Action, Answer, Page, empty
from trivet.answered import Answered
from trivet.carry_on import CarryOn
from trivet.config import Config
from trivet.departure import Departures
from trivet.errors import LoginNeeded, SignInInVain, StepUpNeeded
from trivet.events import Events
from trivet.explain import TITLES, explained
from trivet.request import Request
from trivet.session import Session, Sessions
from trivet.visit import Visit
from trivet.wording import account, accounts_that_do, service, what_is_wanted, who_would_do


class StepUp:
    """
    Answers requests whose page raised `LoginNeeded`, or one of its kinds.

    Args:
        config: the application's settings.
        departures: send people to Globus.
        sessions: know who has just signed in.
        answered: know who has just been at Globus for what.
        carry_on: keeps what was sent meanwhile.
        events: told what is wanted of whom.
    """

    def __init__(
        self,
        config: Config,
        *,
        departures: Departures,
        sessions: Sessions,
        answered: Answered,
        carry_on: CarryOn,
        events: Events,
    ) -> None:
        self._config = config
        self._departures = departures
        self._sessions = sessions
        self._answered = answered
        self._carry_on = carry_on
        self._events = events

    def answer(self, request: Request, visit: Visit, error: LoginNeeded) -> Answer:
        """
        Send the person where they can mend it, or tell the script.

        Raises:
            SignInInVain: they have just been there for the same thing.
        """
        session = visit.session
        if isinstance(error, StepUpNeeded):
            self._tell(error, session)
        if session and self._is_in_vain(error, session):
            raise _in_vain(error, session)
        if not request.wants_page():
            return self._document(request, error, session)
        if not request.may_act():
            return empty(error.status)
        return_to, lost = self._way_back(request, visit)
        if session and error.requirement and (lost or self._config.explain_step_up):
            kept = "What you sent is kept until you come back." if request.method == "POST" and not lost else ""
            return self._interstitial(error, session, return_to, about_the_form=lost or kept)
        if lost:
            action = Action(label="Sign in", url=self._departures.login_url(return_to, error.requirement, session))
            return explained(request, error, self._config, actions=(action,), note=lost)
        return self._departures.begin(request, return_to, requirement=error.requirement, session=session)

    def _way_back(self, request: Request, visit: Visit) -> tuple[str, str]:
        """Return where to go after Globus, and a sentence on what is lost on the way, if anything is."""
        if request.method == "GET":
            return self._departures.safe_return_to(request.target), ""
        sub = visit.session.sub if visit.session else visit.former_sub
        if (lost := self._carry_on.why_not(request, sub)) or sub is None:
            return self._departures.safe_return_to(request.referring_target(self._config.base_url)), lost
        return self._carry_on.keep(request, sub), ""

    def _tell(self, error: StepUpNeeded, session: Session | None) -> None:
        parameters = error.requirement.parameters()
        demanded = sorted(name for name in parameters if name.startswith(("session_required", "prompt")))
        scopes = list(error.requirement.required_scopes)
        self._events.emit("consent_required", sub=session.sub if session else None, scopes=scopes, demanded=demanded)

    def _is_in_vain(self, error: LoginNeeded, session: Session) -> bool:
        if error.requirement:
            return self._answered.has_just_met(error.requirement, session)
        return self._sessions.is_new(session)

    def _interstitial(self, error: LoginNeeded, session: Session, return_to: str, *, about_the_form: str) -> Answer:
        on = Action(label="Continue to Globus", url=self._departures.login_url(return_to, error.requirement, session))
        home = Action(label="Go to the start page", url=self._config.home_url)
        nobody_will_do = not accounts_that_do(error.requirement, session.user)
        page = Page(
            title=TITLES[error.code],
            message=f"{error.message} {what_is_wanted(error.requirement, session.user)}",
            hint=" ".join(filter(None, [who_would_do(error.requirement, session.user), about_the_form])),
            details=self._details(error, session),
            # They may have linked another account since they signed in, so the way on is open all the same.
            actions=(on, home, *((self._departures.linked_accounts,) if nobody_will_do else ())),
            app_name=self._config.app_name,
        )
        return Answer(status=error.status, page=page)

    def _details(self, error: LoginNeeded, session: Session) -> tuple[tuple[str, str], ...]:
        who = str(error.data.get("wanted_by") or "")
        details = [
            ("You are signed in as", account(session.user)),
            ("Who asks for this", service(who) if who else self._config.app_name),
        ]
        if error.requirement.session_message:
            details.append(("The reason given", error.requirement.session_message))
        return tuple(details)

    def _document(self, request: Request, error: LoginNeeded, session: Session | None) -> Answer:
        """Answer a script, in the shape of a Globus Auth Requirements Error with the address to send the person to."""
        # A script's own address is no page; the one that it runs on is.
        page = self._departures.safe_return_to(request.referring_target(self._config.base_url))
        document = {
            "code": "ConsentRequired" if error.requirement.required_scopes else "AuthorizationRequired",
            "authorization_parameters": {"session_message": error.message, **error.requirement.parameters()},
            "login_url": self._departures.login_url(page, error.requirement, session),
        }
        # RFC 9110, section 15.5.2 wants a challenge with a 401; ours names no scheme that a browser would prompt for.
        headers = {"WWW-Authenticate": "Session"} if error.status == 401 else {}
        return Answer(status=error.status, document=document, headers=headers)


def _in_vain(error: LoginNeeded, session: Session) -> SignInInVain:
    if not error.requirement:
        return SignInInVain(error.message, hint="Try again in a minute, or sign out and in again.")
    wanted = what_is_wanted(error.requirement, session.user)
    advice = who_would_do(error.requirement, session.user) or "If you have done that, tell those who run this site."
    return SignInInVain(
        f"You have just been to Globus for this page, and the same is asked for again. {wanted}",
        hint=f"{advice} You can try again in a few minutes.",
        demand=error.requirement.key,
    )
