"""
Globus SDK clients bound to the signed-in user.

The SDK's own binding point is the authorizer: it is asked for a header before each request, and told when a service
turns one down. Ours fetches the header from the session, so any service client, present or future, gets fresh tokens.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from globus_sdk import BaseClient, GlobusAPIError, NetworkError
from globus_sdk.authorizers import GlobusAuthorizer
from globus_sdk.transport import RetryCheckResult, RetryContext
from requests import Response

from trivet.errors import NO_ANSWER, GlobusRefused, GlobusUnavailable, TrivetError, step_up_needed
from trivet.foreign_text import one_line
from trivet.refresh import MARGIN_SECONDS, Refresher
from trivet.requirement import Requirement, requirement_in
from trivet.session import Session
from trivet.tokens import AccessToken, TokenSet
from trivet.transport import Transports, one_quick_retry

AnyClient = TypeVar("AnyClient", bound=BaseClient)

MAX_ERROR_BYTES = 65_536  # of an error document that is looked at
JUST_ISSUED_SECONDS = 60  # a service that refuses a token this young will refuse the next one too


class SessionAuthorizer(GlobusAuthorizer):
    """
    Authorizes the requests of one client for one session.

    Whatever `Refresher.fresh_tokens` raises passes through the client to whoever made the call.
    """

    def __init__(
        self,
        refresher: Refresher,
        session: Session,
        resource_server: str,
        *,
        needed: Sequence[str],
        clock: Callable[[], float],
    ) -> None:
        self._refresher = refresher
        self._session = session
        self.resource_server = resource_server
        self._needed = needed
        self._clock = clock
        self._tokens: TokenSet | None = None

    def get_authorization_header(self) -> str:
        """Return the header for the next request."""
        if self._tokens is None or not self._tokens.lasts(MARGIN_SECONDS, now=self._clock()):
            self._tokens = self._fresh(refused=None)
        return self._tokens.access_token.authorization_header

    def handle_missing_authorization(self) -> bool:
        """
        Get another token after a 401. The SDK asks once per request, and then tries again.

        Raises:
            LoginNeeded: there is no other token to be had.
            GlobusRefused: the refused one was brand new.
        """
        if self._tokens is None:
            return False
        if self._clock() - self._tokens.obtained_at < JUST_ISSUED_SECONDS:
            raise GlobusRefused(
                f"{self.resource_server} does not accept the permission that Globus has just given.",
                hint="Try again in a minute, or sign out and in again.",
                resource_server=self.resource_server,
            )
        self._tokens = self._fresh(refused=self._tokens.access_token)
        return True

    def _fresh(self, *, refused: AccessToken | None) -> TokenSet:
        return self._refresher.fresh_tokens(self._session, self.resource_server, needed=self._needed, refused=refused)


def bound_client(
    client_class: type[AnyClient],
    authorizer_for: Callable[[str, Sequence[str]], GlobusAuthorizer],
    transports: Transports,
    *,
    scopes: Sequence[str] | None,
    **options: Any,
) -> AnyClient:
    """
    Return a client of the SDK that acts through *authorizer_for*.

    Args:
        client_class: such as `globus_sdk.TransferClient`.
        authorizer_for: gives the authorizer for a resource server and the scopes needed there.
        transports: connections, one pool per thread.
        scopes: what the calls will need; the client's own default scopes when None.
        options: further arguments of *client_class*.

    Each of its calls raises `StepUpNeeded` when the service wants more of the user.

    Raises:
        TypeError: the class is not for one resource server, or *options* sets what is set here.
    """
    reserved = {"authorizer", "app", "transport", "retry_config"} & options.keys()
    if reserved:
        raise TypeError(f"{', '.join(sorted(reserved))} cannot be given: the client is bound to the signed-in user.")
    retries = one_quick_retry()
    retries.checks.register_check(raise_requirement)  # before the SDK's own: no demand is met by asking again
    client = client_class(transport=transports.current(), retry_config=retries, **options)
    if client.resource_server is None:
        raise TypeError(f"{client_class.__name__} belongs to no resource server; use globus.authorizer(...) with it.")
    needed = tuple(str(scope) for scope in client.default_scope_requirements) if scopes is None else tuple(scopes)
    client.authorizer = authorizer_for(client.resource_server, needed)
    return client


def raise_requirement(context: RetryContext) -> RetryCheckResult:
    """
    Look at an answer before the SDK does, whatever its status: collections demand a session with a 502.

    Raises:
        StepUpNeeded: the service wants more of the user.
    """
    response = context.response
    if response is not None and response.status_code >= 400 and (requirement := _requirement_of(response)):
        authorizer = context.caller_info.authorizer
        by = authorizer.resource_server if isinstance(authorizer, SessionAuthorizer) else ""
        raise step_up_needed(requirement, by=by)
    return RetryCheckResult.no_decision


def _requirement_of(response: Response) -> Requirement | None:
    if len(response.content) > MAX_ERROR_BYTES:
        return None
    try:
        return requirement_in(response.json())
    except (ValueError, RecursionError):
        return None


def as_trivet_error(error: GlobusAPIError | NetworkError) -> TrivetError:
    """Return what an error of the SDK that nobody handled means to the person who is waiting for the page."""
    if isinstance(error, GlobusAPIError) and (requirement := requirement_in(error.raw_json)):
        return step_up_needed(requirement)
    if isinstance(error, NetworkError) or error.http_status >= 500 or error.http_status == 429:
        return GlobusUnavailable(NO_ANSWER, hint="Try again in a moment.")
    hint = one_line(error.message)
    refusal = GlobusRefused("Globus did not do what this page asked for.", hint=hint, reason=error.code)
    refusal.status = error.http_status if error.http_status in {403, 404} else GlobusRefused.status
    return refusal
