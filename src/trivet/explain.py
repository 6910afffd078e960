"""
Explaining: what went wrong, in plain words, to a person or to a script.

There is one page for everything. What it says comes from the error; the details go to the log, under the reference that
the page shows, so that the person who reads it out and the one who reads the log find each other.
"""

import logging
import secrets

from trivet.answer import Action, Answer, Cookie, Page
from trivet.config import Config
from trivet.errors import AttemptUnknown, TrivetError
from trivet.request import Request
from trivet.session import Session

RETRY_AFTER_SECONDS = 30

FOR_OPERATORS = "This site is not set up correctly. Please tell the people who run it, with the reference below."

TITLES = {
    "login_required": "Please sign in",
    "step_up_required": "One more step at Globus",
    "consent_required": "Permission needed",
    "access_refused": "This page is not for this account",
    "sign_in_denied": "Not signed in",
    "attempt_unknown": "Sign-in not completed",
    "code_refused": "Sign-in not completed",
    "id_token_refused": "Sign-in not completed",
    "scopes_withheld": "Permission not given",
    "sign_in_in_vain": "Signing in did not help",
    "nothing_to_carry_on": "Nothing to carry on with",
    "globus_unavailable": "Globus is not answering",
    "globus_refused": "Globus said no",
    "client_refused": "Something is wrong with this site",
    "config_invalid": "Something is wrong with this site",
    "store_unavailable": "Please try again in a moment",
}
TITLES_WHEN_SIGNED_IN = {"attempt_unknown": "You are signed in", "sign_in_denied": "You are signed in as before"}

_log = logging.getLogger(__name__)


def explained(
    request: Request,
    error: TrivetError,
    config: Config,
    *,
    actions: tuple[Action, ...],
    cookies: tuple[Cookie, ...] = (),
    session: Session | None = None,
    note: str = "",
) -> Answer:
    """
    Return the answer that says what happened and what to do next.

    Args:
        request: decides whether that is a page or a JSON document.
        error: what happened.
        config: the application's settings.
        actions: the ways on that a page offers.
        cookies: to go along.
        session: who is signed in, where the page should say so.
        note: a sentence to put before the error's hint.
    """
    reference = _logged(error)
    message, hint = (FOR_OPERATORS, "") if error.for_operators else (error.message, f"{note} {error.hint}".strip())
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if error.status == 503 else {}
    if not request.wants_page():
        document = {"code": error.code, "message": message, "hint": hint, "reference": reference}
        return Answer(status=error.status, document=document, cookies=cookies, headers=headers)
    titles = {**TITLES, **TITLES_WHEN_SIGNED_IN} if session else TITLES
    if isinstance(error, AttemptUnknown) and session:
        message = f"{message} You are signed in as {session.user.username or session.user.display_name}."
    page = Page(
        title=titles.get(error.code, "Something went wrong"),
        message=message,
        hint=hint,
        actions=actions,
        reference=reference,
        app_name=config.app_name,
    )
    return Answer(status=error.status, page=page, cookies=cookies, headers=headers)


def _logged(error: TrivetError) -> str:
    """Write *error* to the log, and return the reference under which it is there."""
    reference = secrets.token_hex(4)
    log = _log.error if error.status >= 500 else _log.info
    log("%s: %s %s (reference %s)", error.code, error, error.data or "", reference, exc_info=error.__cause__)
    return reference
