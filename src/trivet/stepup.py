"""
Step-up: what happens when a page cannot be shown before the person has been to Globus.

    GET  /a/page ──▶ a word on why ──▶ Globus ──▶ /a/page again, as if nothing had been
    POST /a/page ──▶ a page that says so, and what has become of what was sent
    fetch(...)   ──▶ a Globus Auth Requirements Error with the address to send the person to
"""

from trivet.answer import Action, Answer, empty
from trivet.config import Config
from trivet.departure import Departures
from trivet.errors import LoginNeeded, SignInInVain, StepUpNeeded
from trivet.events import Events
from trivet.explain import explained
from trivet.request import Request
from trivet.session import Session, Sessions
from trivet.visit import Visit


class StepUp:
    """
    Answers requests whose page raised `LoginNeeded`, or one of its kinds.

    Args:
        config: the application's settings.
        departures: send people to Globus.
        sessions: know who has just been there.
        events: told what is wanted of whom.
    """

    def __init__(self, config: Config, *, departures: Departures, sessions: Sessions, events: Events) -> None:
        self._config = config
        self._departures = departures
        self._sessions = sessions
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
        elif session and self._sessions.is_new(session):
            raise _in_vain(error)
        if not request.wants_page():
            return self._document(request, error, session)
        if not request.may_act():
            return empty(error.status)
        if request.method == "GET":
            return self._departures.begin(
                request,
                self._departures.safe_return_to(request.target),
                requirement=error.requirement,
                session=session,
            )
        label = "Give permission" if error.requirement else "Sign in"
        action = Action(label=label, url=self._referring_login_url(request, error, session))
        return explained(request, error, self._config, actions=(action,), note="What you sent was not saved.")

    def _tell(self, error: StepUpNeeded, session: Session | None) -> None:
        sub = session.sub if session else None
        demanded = sorted(name for name in error.requirement.parameters() if name != "session_message")
        self._events.emit(
            "consent_required", sub=sub, scopes=list(error.requirement.required_scopes), demanded=demanded
        )

    def _document(self, request: Request, error: LoginNeeded, session: Session | None) -> Answer:
        """Answer a script, in the shape of a Globus Auth Requirements Error with the address to send the person to."""
        document = {
            "code": "ConsentRequired" if error.requirement.required_scopes else "AuthorizationRequired",
            "authorization_parameters": {"session_message": error.message, **error.requirement.parameters()},
            "login_url": self._referring_login_url(request, error, session),
        }
        # RFC 9110, section 15.5.2 wants a challenge with a 401; ours names no scheme that a browser would prompt for.
        headers = {"WWW-Authenticate": "Session"} if error.status == 401 else {}
        return Answer(status=error.status, document=document, headers=headers)

    def _referring_login_url(self, request: Request, error: LoginNeeded, session: Session | None) -> str:
        """Return the address that mends it and leads back to the page in view: a script's own is none."""
        page = self._departures.safe_return_to(request.referring_target(self._config.base_url))
        return self._departures.login_url(page, error.requirement, session)


def _in_vain(error: LoginNeeded) -> SignInInVain:
    return SignInInVain(error.message, hint="Try again in a minute, or sign out and in again.")
