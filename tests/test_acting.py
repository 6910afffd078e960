"""Acting for a signed-in user outside a request."""

from collections.abc import Callable

import pytest
from globus_sdk import TransferClient

from conftest import Clock
from navigator import Navigator
from site_under_test import TRANSFER, Site, fingerprint
from trivet import LoginNeeded
from trivet.acting import Acting
from trivet.sandbox import Sandbox

MakeSite = Callable[..., Site]
HOURS_48 = 172_800


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(
        GLOBUS_SCOPES=[f"urn:globus:auth:scope:{TRANSFER}:all"],
        GLOBUS_SESSION_IDLE_SECONDS=3 * HOURS_48,
        GLOBUS_SESSION_ABSOLUTE_SECONDS=9 * HOURS_48,
    )


@pytest.fixture
def acting(site: Site, browser: Navigator) -> Acting:
    """What a job gets that was begun by a page."""
    site.app.add_url_rule("/id", "id", lambda: next(each.id for each in site.globus.sessions if each.current))
    browser.sign_in(f"{site.url}/private")
    with site.app.app_context():
        return site.globus.for_session(browser.open(f"{site.url}/id").text)


def test_a_job_acts_for_the_user(acting: Acting, browser: Navigator, site: Site, sandbox: Sandbox) -> None:
    """Without a request there is the user, a client and a token, the same that the user's pages have."""
    assert acting.user.sub == sandbox.people["ada"].sub
    found = acting.client(TransferClient).endpoint_search(filter_scope="my-endpoints")
    assert [endpoint["display_name"] for endpoint in found] == browser.open(f"{site.url}/mine").response.json()
    token = acting.access_token(TRANSFER).reveal()
    assert browser.open(f"{site.url}/token").response.json()["token"] == fingerprint(token)


def test_a_jobs_tokens_stay_fresh(acting: Acting, clock: Clock, sandbox: Sandbox) -> None:
    """A client of a job that goes on for days gets fresh tokens, as in a request."""
    transfer = acting.client(TransferClient)
    transfer.endpoint_search(filter_scope="my-endpoints")
    clock.advance(HOURS_48)
    assert transfer.endpoint_search(filter_scope="my-endpoints").http_status == 200
    assert sandbox.token_is_active(acting.access_token(TRANSFER).reveal())


def test_a_job_ends_with_the_sign_out(acting: Acting, browser: Navigator, site: Site, sandbox: Sandbox) -> None:
    """From the sign-out on each step is refused, also of a client at work, and also while Globus cannot revoke."""
    transfer = acting.client(TransferClient)
    transfer.endpoint_search(filter_scope="my-endpoints")
    sandbox.fail("/v2/oauth2/token/revoke", times=None, status=503)
    browser.step(f"{site.url}/logout", method="POST", referrer=f"{site.url}/")
    assert any(token.active for token in sandbox.tokens)
    with pytest.raises(LoginNeeded):
        transfer.endpoint_search(filter_scope="my-endpoints")
    for step in (lambda: acting.user, lambda: acting.access_token(TRANSFER), lambda: acting.client(TransferClient)):
        with pytest.raises(LoginNeeded):
            step()


def test_a_job_is_no_visit(acting: Acting, clock: Clock) -> None:
    """A job does not keep a session alive: it is over when nobody has looked for the idle time."""
    for _ in range(2):
        clock.advance(HOURS_48)
        acting.access_token(TRANSFER)
    clock.advance(HOURS_48)
    with pytest.raises(LoginNeeded):
        acting.access_token(TRANSFER)


def test_an_unknown_session_is_nobodys(site: Site) -> None:
    """An id that leads to no session lets nobody act."""
    with site.app.app_context(), pytest.raises(LoginNeeded):
        _ = site.globus.for_session("A" * 43).user
