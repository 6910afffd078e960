"""Read and judge what an application asks of the authorize page.

Authlib takes over once the request is known to name a client, a registered address and known scopes. It is kept from
seeing the rest, because it quotes what was sent in its error descriptions and then refuses its own quotation.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from trivet.sandbox.auth.client_words import no_such_client
from trivet.sandbox.auth.redirect_words import how_it_differs
from trivet.sandbox.auth.scope_strings import ScopeSyntaxError, parse
from trivet.sandbox.auth.sign_in.effective_identity import registered_conditions
from trivet.sandbox.auth.sign_in.refusals import ReturnedError, ShownError
from trivet.sandbox.auth.sign_in.requirements import RequirementError, conditions_in
from trivet.sandbox.auth.unknown_scope_words import which_do_not_exist
from trivet.sandbox.http.record import note
from trivet.sandbox.world.authorize_request import AuthorizeRequest
from trivet.sandbox.world.code_addresses import may_receive_codes
from trivet.sandbox.world.scope_register import TooManyScopesError
from trivet.sandbox.world.scopes import OFFLINE_ACCESS, unknown_scopes

if TYPE_CHECKING:
    from trivet.sandbox.world import World
    from trivet.sandbox.world.clients import Client
    from trivet.sandbox.world.scopes import Scope

MAX_FIELDS = 200


def judge(query: str, world: World) -> AuthorizeRequest:
    """Return the request in *query* if the authorize page may act on it.

    Raises:
        ShownError: unknown client, unregistered address, unknown scopes or too many; these stay on our page.
        ReturnedError: everything else that is wrong.
    """
    params, repeated = read_once(query)
    client = _client(params, repeated, world)
    note(client=client.key)
    redirect_uri = _redirect_uri(params, repeated, client, world)
    state = None if "state" in repeated else params.get("state")
    trees = _known_scopes(params, repeated, client, world)
    offline = params.get("access_type") == "offline" or any(each.name == OFFLINE_ACCESS for each in trees)
    wanted = _with_dependencies(tuple(each for each in trees if each.name != OFFLINE_ACCESS), world)
    request = AuthorizeRequest(client, redirect_uri, state, wanted, offline, params, query)
    _check_the_rest(request, repeated)
    return _with_conditions(request, world)


def read_once(query: str) -> tuple[dict[str, str], set[str]]:
    """Return the parameters in *query*, and the names sent more than once.

    A parameter without a value counts as not sent, and one may not be repeated (RFC 6749 section 3.1).
    """
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        raise ShownError("Too many parameters.") from None
    names = [name for name, _ in pairs]
    return {name: value for name, value in pairs if value}, {name for name in names if names.count(name) > 1}


def _client(params: dict[str, str], repeated: set[str], world: World) -> Client:
    if "client_id" in repeated:
        raise ShownError("Duplicate client_id parameter.")
    if "client_id" not in params:
        raise ShownError("Missing client_id parameter.")
    client = world.client(params["client_id"])
    if client is None:
        note(reason=no_such_client(params["client_id"], world))
        raise ShownError("Invalid client_id parameter value.")
    return client


def _redirect_uri(params: dict[str, str], repeated: set[str], client: Client, world: World) -> str:
    if "redirect_uri" in repeated:
        raise ShownError("Duplicate redirect_uri parameter.")
    if "redirect_uri" not in params:
        raise ShownError("Missing redirect URI.")
    if not may_receive_codes(params["redirect_uri"], client, world):
        note(reason=how_it_differs(params["redirect_uri"], client.redirect_uris))
        registered = ", ".join(client.redirect_uris) or "none"
        details = (f"The application sent: {params['redirect_uri']}", f"Registered for it: {registered}")
        raise ShownError("Mismatching redirect URI.", details=details)
    return params["redirect_uri"]


def _known_scopes(params: dict[str, str], repeated: set[str], client: Client, world: World) -> tuple[Scope, ...]:
    if "scope" in repeated:
        return ()
    text = params.get("scope", "")
    try:
        trees = parse(text)
        unknown = unknown_scopes(trees, world.scopes.resource_servers)
        wrong = which_do_not_exist(unknown, world.scopes.resource_servers)
    except ScopeSyntaxError as error:
        trees, unknown, wrong = (), [text], f"The scope string does not follow the grammar: {error}."
    if unknown:
        note(reason=wrong)
        details = (f"Client: {client.id}", f"Scopes: {' '.join(unknown)}")
        raise ShownError("Unknown scope(s)", "UNKNOWN_SCOPE_ERROR", details)
    return trees


def _with_dependencies(trees: tuple[Scope, ...], world: World) -> tuple[Scope, ...]:
    try:
        return world.scopes.with_dependencies(trees)
    except TooManyScopesError as error:
        note(reason=str(error))
        raise ShownError("Too many scopes.", details=(str(error),)) from None


def _with_conditions(request: AuthorizeRequest, world: World) -> AuthorizeRequest:
    """Return *request* with what it demands of the session."""
    try:
        demanded = (*registered_conditions(request, world), *conditions_in(request.params, world))
        return replace(request, conditions=tuple(dict.fromkeys(demanded)))
    except RequirementError as error:
        raise ReturnedError(request, "invalid_request", str(error)) from None


def _check_the_rest(request: AuthorizeRequest, repeated: set[str]) -> None:
    """Apply the checks whose refusals go back to the application."""
    params = request.params
    if repeated:
        note(reason=f"Sent more than once: {', '.join(sorted(repeated))}.")
        raise ReturnedError(request, "invalid_request", "A parameter was sent more than once.")
    if "response_type" not in params:
        raise ReturnedError(request, "invalid_request", "The parameter response_type is missing.")
    if params["response_type"] != "code":
        raise ReturnedError(request, "unsupported_response_type", "Only the response type code is supported.")
    if not request.scopes:
        raise ReturnedError(request, "invalid_request", "The parameter scope is missing.")
    if request.client.is_public and "code_challenge" not in params:
        raise ReturnedError(request, "invalid_request", "This client must send a code_challenge.")
    if params.get("access_type", "online") not in ("online", "offline"):
        raise ReturnedError(request, "invalid_request", "The parameter access_type is online or offline.")
    if "none" in request.prompts and len(request.prompts) > 1:
        raise ReturnedError(request, "invalid_request", "The prompt none stands alone.")
