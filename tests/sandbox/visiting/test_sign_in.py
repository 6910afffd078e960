"""``sign_in``: through an application to the sandbox and back, by whatever client a test has."""

from __future__ import annotations

import httpx
import pytest
import requests
from flask import Flask, redirect

from site_under_test import Site
from trivet.sandbox import VisitError
from trivet.sandbox.world.request_log import MAX_RECORDS, RequestRecord
from trivet.store.memory import MemoryStore


@pytest.fixture
def site(sandbox, clock):
    site = Site(sandbox, store=MemoryStore(), clock=clock)
    yield site
    site.stop()


@pytest.fixture(params=["flask", "requests", "httpx"])
def http(request, site):
    """A client of each kind, for the same application."""
    match request.param:
        case "flask":
            client = site.app.test_client()
            client.base_url = site.url  # for the addresses below; Flask's own needs none
            yield client
        case "requests":
            with requests.Session() as client:
                yield client
        case "httpx":
            with httpx.Client() as client:
                yield client


def test_any_client(sandbox, site, http):
    """Flask's test client, requests and httpx sign in alike, and are signed in from then on."""
    response = sandbox.sign_in(http, "ada", f"{site.url}/private?page=2")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    again = http.get(f"{site.url}/private", headers={"Accept": "text/html"})
    assert again.status_code == 200
    assert sandbox.people["ada"].sub in again.text
    assert {token.grant.person.key for token in sandbox.tokens} == {"ada"}


def test_short_addresses(sandbox, clock):
    """A test client needs no host, and ``/login`` is where it starts if nothing is said."""
    site = Site(sandbox, store=MemoryStore(), clock=clock, GLOBUS_BASE_URL="http://localhost")
    sandbox.register_redirect_uri("portal", "http://localhost/login/callback")
    http = site.app.test_client()
    sandbox.sign_in(http, "grace")
    assert http.get("/").text == sandbox.people["grace"].username
    site.stop()


def test_a_consent_more(sandbox, clock):
    """A page that needs one more consent, and goes for it without explaining, gets it on the way, in one go."""
    site = Site(sandbox, store=MemoryStore(), clock=clock, GLOBUS_EXPLAIN_STEP_UP=False)
    assert "token" in sandbox.sign_in(site.app.test_client(), "ada", f"{site.url}/token").json
    site.stop()


def test_another_person(sandbox, site):
    """Whoever signs in next with the same client is somebody else, as in another browser window."""
    http = site.app.test_client()
    sandbox.sign_in(http, "ada", f"{site.url}/login")
    http.post(f"{site.url}/logout", headers={"Sec-Fetch-Site": "same-origin"})
    sandbox.sign_in(http, "grace", f"{site.url}/login")
    assert http.get(f"{site.url}/").text == sandbox.people["grace"].username


def test_denied(sandbox, site):
    """Pressing Deny ends on the application's own page about it, and nobody is signed in."""
    http = site.app.test_client()
    response = sandbox.sign_in(http, "ada", f"{site.url}/login", allow=False)
    assert response.status_code == 403
    assert http.get(f"{site.url}/").text == "nobody"
    assert sandbox.tokens == []


def test_nothing_to_deny(sandbox, site):
    """Whoever has agreed before is not asked again, so that denying is impossible, and said so."""
    sandbox.sign_in(site.app.test_client(), "ada", f"{site.url}/login")
    with pytest.raises(VisitError, match="agreed before"):
        sandbox.sign_in(site.app.test_client(), "ada", f"{site.url}/login", allow=False)


@pytest.fixture
def app():
    """An application that is no good, for a test to add pages to."""
    return Flask(__name__)


def _authorize(sandbox, **params):
    usual = {
        "client_id": sandbox.clients["portal"].id,
        "redirect_uri": "http://localhost:5000/login/callback",
        "response_type": "code",
        "scope": "openid",
        "state": "st4te",
    }
    query = httpx.QueryParams({**usual, **params})
    return f"{sandbox.url}/v2/oauth2/authorize?{query}"


def test_it_never_came_here(sandbox, app):
    """An application that sends nobody here is told where to start instead."""
    with pytest.raises(VisitError, match=r"answered 404 at /login and never sent the browser to http://localhost"):
        sandbox.sign_in(app.test_client(), "ada")


def test_it_goes_by_another_address(sandbox, app):
    """An application that refuses the client's address is no riddle: the setting that says its own is named."""
    app.get("/login")(lambda: ("elsewhere", 421))
    with pytest.raises(VisitError, match=r"answered 421 at /login.*GLOBUS_BASE_URL"):
        sandbox.sign_in(app.test_client(), "ada")


def test_it_went_to_globus(sandbox, app):
    """An application that does not know of the sandbox is not followed to the real Globus, and told what to set."""
    app.get("/login")(lambda: redirect("https://auth.globus.org/v2/oauth2/authorize?state=s3cret"))
    with pytest.raises(VisitError, match=r"globus\.environ") as caught:
        sandbox.sign_in(app.test_client(), "ada")
    assert "https://auth.globus.org/v2/oauth2/authorize" in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_it_is_refused_here(sandbox, app):
    """An address that is not registered is named, with those that are."""
    address = _authorize(sandbox, redirect_uri="http://localhost:5000/login/callback/")
    app.get("/login")(lambda: redirect(address))
    with pytest.raises(VisitError, match=r"Mismatching.*callback/ Registered for it: .*globus\.register_redirect_uri"):
        sandbox.sign_in(app.test_client(), "ada")


@pytest.mark.parametrize("requests_before", [0, MAX_RECORDS])
def test_it_fails_afterwards(sandbox, app, requests_before):
    """An application that answers with an error after the sandbox is told what the sandbox refused it meanwhile."""
    for _ in range(requests_before):
        sandbox.world.log.add(RequestRecord(0, "GET", "/", 404))
    app.get("/login")(lambda: redirect(_authorize(sandbox)))

    @app.get("/login/callback")
    def callback():
        requests.post(f"{sandbox.url}/v2/oauth2/token", data={"grant_type": "password"}, auth=("x", "y"))
        return "no", 502

    with pytest.raises(VisitError, match=r"answered 502 at .*/login/callback.*answered 400 to POST /v2/oauth2/token"):
        sandbox.sign_in(app.test_client(), "ada")


def test_it_goes_round_in_circles(sandbox, app):
    """An endless sign-in ends all the same."""
    app.get("/login")(lambda: redirect(_authorize(sandbox)))
    app.get("/login/callback", endpoint="callback")(lambda: redirect("/login"))
    with pytest.raises(VisitError, match="redirected 20 times"):
        sandbox.sign_in(app.test_client(), "ada")


def test_nobody_of_that_name(sandbox, site):
    """A person who does not exist is a KeyError that says who does."""
    with pytest.raises(KeyError, match=r"no person 'nobody' here. There are: ada, grace, "):
        sandbox.sign_in(site.app.test_client(), "nobody")


def test_the_application_itself(sandbox, app):
    """An application in place of a client for it is told apart, before it takes the visit for a route to add."""
    for application in (app, app.wsgi_app):
        with pytest.raises(TypeError, match=r"app\.test_client\(\) or TestClient\(app\)"):
            sandbox.sign_in(application, "ada")


def test_an_asynchronous_client(sandbox):
    """One that would have to be awaited is refused with the way that works."""
    with pytest.raises(TypeError, match=r"globus\.authorize"):
        sandbox.sign_in(httpx.AsyncClient(), "ada")


def test_authorize(sandbox, endpoint_of):
    """By hand: from the address an application made to the one it gets its code at."""
    back = httpx.URL(sandbox.authorize(_authorize(sandbox), "ada"))
    assert (str(back.copy_with(query=None)), back.params["state"]) == ("http://localhost:5000/login/callback", "st4te")
    assert endpoint_of(sandbox, back.params["code"]).status_code == 200


@pytest.fixture
def endpoint_of():
    def redeem(sandbox, code):
        client = sandbox.clients["portal"]
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": "http://localhost:5000/login/callback",
        }
        return requests.post(f"{sandbox.url}/v2/oauth2/token", data=form, auth=(client.id, client.secret))

    return redeem


def test_the_page_with_a_code(sandbox):
    """An installed application without an address of its own ends at the page with the code."""
    notebook = sandbox.clients["notebook"].id
    page = f"{sandbox.url}/v2/web/auth-code"
    challenge = {"code_challenge": "a" * 43, "code_challenge_method": "S256"}
    back = sandbox.authorize(_authorize(sandbox, client_id=notebook, redirect_uri=page, **challenge), "ada")
    assert back.startswith(f"{page}?code=")


def test_a_linked_identity(sandbox):
    """The identity asked for is the one that signs in; one that is not offered there is said to be missing."""
    address = _authorize(sandbox, session_required_single_domain="lab.example")
    sandbox.authorize(address, "ada", identity="aquist@lab.example")
    assert [*sandbox.world.last_authentication] == [sandbox.people["ada"].identities[2].id]
    with pytest.raises(VisitError, match="does not offer to sign in ada as nobody@x"):
        sandbox.authorize(address, "ada", identity="nobody@x")


def test_second_factor(sandbox):
    """It is confirmed when asked for, or given up on."""
    address = _authorize(sandbox, session_required_mfa="true")
    assert httpx.URL(sandbox.authorize(address, "ada")).params["code"]
    back = httpx.URL(sandbox.authorize(address, "ada", second_factor=False))
    assert back.params["error"] == "access_denied"


def test_none_of_the_identities(sandbox):
    """Where none of a person's identities will do, the error says what is asked for."""
    address = _authorize(sandbox, session_required_single_domain="elsewhere.example")
    with pytest.raises(VisitError, match=r"None of ada's identities will do.*elsewhere\.example"):
        sandbox.authorize(address, "ada")


def test_a_fault_on_the_way(sandbox):
    """Faults strike here as well, and are named."""
    sandbox.fail("/v2/oauth2/authorize", drop=True)
    with pytest.raises(VisitError, match=r"closed the connection at .*/v2/oauth2/authorize"):
        sandbox.authorize(_authorize(sandbox), "ada")
    sandbox.fail("/v2/oauth2/authorize")
    with pytest.raises(VisitError, match="The answer was 503"):
        sandbox.authorize(_authorize(sandbox), "ada")
