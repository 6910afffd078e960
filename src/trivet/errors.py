"""
Everything that can go wrong, in one tree.

    TrivetError
    ├── ConfigError            the application is not set up; says everything that is wrong at once
    ├── LoginNeeded            nobody is signed in, or the sign-in no longer holds
    │   └── StepUpNeeded       somebody is, but Globus or the page wants more of them: `requirement` says what
    │       └── ConsentNeeded  only that they grant what this call needs
    ├── AccessRefused          somebody is signed in for whom this page is not, and nothing at Globus would change that
    ├── SignInError            a callback that cannot be finished
    │   ├── SignInDenied       the person, or Globus, said no
    │   ├── AttemptUnknown     no pending login fits: stale, replayed, forged, or begun in another browser
    │   ├── CodeRefused        Globus did not take the authorization code
    │   ├── IdTokenRefused     the ID token does not prove who signed in
    │   ├── SignInInVain       somebody who has just signed in is to do it again
    │   └── ScopesWithheld     the sign-in worked, but without permissions that the page needs
    ├── NothingToCarryOn       what a form sent is not there to be sent, or not for this person
    ├── GlobusUnavailable      no usable answer from Globus; nothing was changed, trying again is safe
    ├── GlobusRefused          a Globus service turned down a call
    ├── ClientRefused          Globus does not accept this application's client id and secret
    ├── SealBroken             sealed data that does not open: changed, cut short, or sealed under other keys
    └── StoreUnavailable       the session store does not answer

Messages are for people and may change; ``code`` may not, so programs go by ``code``. No message and no data ever
holds a token, code, verifier, secret or cookie value.
"""

from collections.abc import Sequence
from typing import ClassVar

from trivet.requirement import NOTHING, Requirement


class TrivetError(Exception):
    """
    What happened, what to do next, and data.

    Args:
        message: what happened, one sentence.
        hint: what to do next, one sentence.
        data: facts a caller may want to act on, such as ``resource_server``; never a secret.
    """

    code: ClassVar[str] = "error"
    status: int = 500  # the HTTP status of the page that tells a person
    for_operators: ClassVar[bool] = False  # whether the text is for those who run the site, and for the log alone

    def __init__(self, message: str, *, hint: str = "", **data: object) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.data = data

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()


class ConfigError(TrivetError):
    """The configuration cannot be used; ``problems`` is one sentence for each thing that is wrong."""

    code = "config_invalid"
    for_operators = True

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("Trivet is not configured:" + "".join(f"\n  - {problem}" for problem in problems))
        self.problems = tuple(problems)


class LoginNeeded(TrivetError):
    """
    Somebody has to sign in (again) before this can go on.

    ``requirement`` is what that sign-in has to bring beyond who they are; empty when any will do.
    """

    code = "login_required"
    status = 401

    def __init__(self, message: str, *, hint: str = "", requirement: Requirement = NOTHING, **data: object) -> None:
        super().__init__(message, hint=hint, **data)
        self.requirement = requirement


class StepUpNeeded(LoginNeeded):
    """
    The signed-in user has to do something at Globus first: what ``requirement`` says, which is never empty.

    A Globus service answered with a Globus Auth Requirements Error, of whatever variant, or a page asks by itself.
    """

    code = "step_up_required"
    status = 403


class ConsentNeeded(StepUpNeeded):
    """The signed-in user has not granted ``scopes`` (scope strings), which this call needs; nothing else is amiss."""

    code = "consent_required"

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes that are needed."""
        return self.requirement.required_scopes


def step_up_needed(requirement: Requirement, *, by: str = "") -> StepUpNeeded:
    """
    Return the error that says what *requirement*, which is not empty, wants of the signed-in user.

    Args:
        requirement: what is wanted.
        by: the resource server that wants it; empty when the page does.
    """
    if requirement.is_about_the_session:
        return StepUpNeeded("This page needs you to confirm who you are.", requirement=requirement, wanted_by=by)
    return ConsentNeeded(
        "This page needs a permission that you have not given yet.", requirement=requirement, wanted_by=by
    )


class AccessRefused(TrivetError):
    """A page is not for this person: none of their identities will do, or they are not in the group."""

    code = "access_refused"
    status = 403


class SignInError(TrivetError):
    """A callback that cannot be finished."""

    code = "sign_in_failed"
    status = 400


class SignInDenied(SignInError):
    """Globus came back with an ``error`` instead of a code (RFC 6749, section 4.1.2.1)."""

    code = "sign_in_denied"
    status = 403


class AttemptUnknown(SignInError):
    """No pending login in this browser fits the ``state`` that came back (RFC 6749, section 10.12)."""

    code = "attempt_unknown"


class CodeRefused(SignInError):
    """Globus did not exchange the authorization code for tokens (RFC 6749, section 5.2)."""

    code = "code_refused"


class IdTokenRefused(SignInError):
    """The ID token fails a check of OpenID Connect Core, section 3.1.3.7; ``data["check"]`` names it."""

    code = "id_token_refused"
    status = 502


class SignInInVain(SignInError):
    """Somebody signed in a moment ago, and a page wants them to do it again: it would go on for ever."""

    code = "sign_in_in_vain"
    status = 502


class ScopesWithheld(SignInError):
    """The sign-in worked but did not grant ``data["scopes"]``, without which the page would only ask again."""

    code = "scopes_withheld"
    status = 403


class NothingToCarryOn(TrivetError):
    """What a form sent before a step-up is not there any more, or is not this person's to send. Nothing was sent."""

    code = "nothing_to_carry_on"
    status = 410


NO_ANSWER = "This page needs Globus, which gives no answer just now."
SLOW_ANSWER = "This page waits for Globus, which is slow just now."


class GlobusUnavailable(TrivetError):
    """
    Globus gave no usable answer.

    What is stored is as it was. What a page has asked a service to do may be done all the same, the answer alone lost.
    """

    code = "globus_unavailable"
    status = 503


class GlobusRefused(TrivetError):
    """A Globus service turned down a call. ``status`` is 403 or 404 where the service said so, else 502."""

    code = "globus_refused"
    status = 502


class ClientRefused(TrivetError):
    """Globus answered ``invalid_client``: the application's registration is wrong, not the user."""

    code = "client_refused"
    status = 502
    for_operators = True


class SealBroken(TrivetError):
    """Sealed data does not open. Treat it as absent: it was changed, cut short, moved, or sealed under other keys."""

    code = "seal_broken"


class StoreUnavailable(TrivetError):
    """The session store does not answer. Nothing was changed, so trying again is safe."""

    code = "store_unavailable"
    status = 503
