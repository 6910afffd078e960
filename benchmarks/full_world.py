"""A sandbox that remembers as much as it can, as after days of use: what a reset then has to forget."""

from trivet.sandbox import Sandbox
from trivet.sandbox.world.authorize_request import AuthorizeRequest
from trivet.sandbox.world.browsers import MAX_ATTEMPTS, MAX_BROWSERS, Attempt, Browser
from trivet.sandbox.world.codes import MAX_CODES, AuthorizationCode
from trivet.sandbox.world.orders import DeleteOrder
from trivet.sandbox.world.request_log import MAX_RECORDS, RequestRecord
from trivet.sandbox.world.sessions import Authentication
from trivet.sandbox.world.task_book import MAX_TASKS
from trivet.sandbox.world.tasks import Task
from trivet.sandbox.world.tokens import MAX_TOKENS, Grant

SCOPES = ("openid", "email", "profile")


def fill(globus: Sandbox) -> None:
    """Let *globus* remember all the tokens, codes, requests, browsers and tasks it has room for."""
    with globus.world.lock:
        issue_tokens(globus, MAX_TOKENS)
        for number in range(MAX_CODES):
            globus.world.codes.add(_code(globus, number))
        for number in range(MAX_RECORDS):
            globus.world.log.add(_record(number))
        for _ in range(MAX_BROWSERS):
            globus.world.browsers.add(_browser(globus))
        for number in range(MAX_TASKS):
            _add_task(globus, number)


def issue_tokens(globus: Sandbox, number: int) -> None:
    """Issue so many access tokens and as many refresh tokens, each two out of a sign-in of their own."""
    for each in range(number):
        grant = Grant(
            person=globus.people["ada"],
            client_id=globus.clients["portal"].id,
            resource_server="auth.globus.org",
            scopes=SCOPES,
            family=f"family {each}",
            session_id=f"session {each}",
            authentications=_signed_in(globus),
            offline=True,
        )
        globus.world.tokens.issue("access", grant)
        globus.world.tokens.issue("refresh", grant)


def _signed_in(globus: Sandbox) -> dict[str, Authentication]:
    identity = globus.people["ada"].primary
    return {identity.id: Authentication(identity, globus.world.now())}


def _request(globus: Sandbox, number: int) -> AuthorizeRequest:
    params = {"scope": " ".join(SCOPES), "state": f"state {number}", "nonce": f"nonce {number}"}
    client = globus.clients["portal"]
    return AuthorizeRequest(client, client.redirect_uris[0], params["state"], (), True, params, f"state={number}")


def _code(globus: Sandbox, number: int) -> AuthorizationCode:
    request = _request(globus, number)
    return AuthorizationCode(request, globus.people["ada"], f"session {number}", _signed_in(globus), 1e12)


def _record(number: int) -> RequestRecord:
    form = [("grant_type", "refresh_token"), ("refresh_token", f"AgSB{number}…")]
    return RequestRecord(0.0, "POST", "/v2/oauth2/token", 200, "portal", "ada", form=form)


def _browser(globus: Sandbox) -> Browser:
    browser = Browser()
    for each in _signed_in(globus).values():
        browser.sign_in(globus.people["ada"], each)
    browser.session_for(globus.clients["portal"].id)
    for number in range(MAX_ATTEMPTS):
        browser.keep(Attempt(_request(globus, number)))
    return browser


def _add_task(globus: Sandbox, number: int) -> None:
    order = DeleteOrder(
        source=globus.collections["laptop"], paths=(), recursive=False, ignore_missing=False, interpret_globs=False
    )
    task = Task(
        id=f"task {number}",
        submission_id=f"submission {number}",
        owner=globus.people["ada"].primary,
        order=order,
        label=None,
        deadline=1e12,
        now=globus.world.now,
        woken=lambda: None,
    )
    globus.world.tasks.add(task)
    task.cancel()
