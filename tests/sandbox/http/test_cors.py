"""Applications that live in a browser: who may ask and read from another origin, and where nobody may."""

from __future__ import annotations

import pytest
import requests

from trivet.sandbox import Sandbox
from trivet.sandbox.http.absent import ABSENT
from trivet.sandbox.switches import Switches

ORIGIN = "https://app.example"
OPEN = [
    "/.well-known/openid-configuration",
    "/jwk.json",
    "/v2/oauth2/token",
    "/v2/oauth2/token/revoke",
    "/v2/oauth2/token/validate",
    "/v2/oauth2/userinfo",
    "/v2/api/identities",
    "/v0.10/endpoint_search",
    "/v2/groups/my_groups",
]
CLOSED = [
    "/",
    "/v2/oauth2/authorize",
    "/v2/web/nothing",
    "/v2/web/auth-code",
    "/v2/web/logout",
    "/v2/web/consents",
    "/sandbox/sign-in",
    "/sandbox/consent",
]


def _preflight(globus, path, **headers):
    asked = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,x-globus-client-info",
    }
    return requests.options(globus.url + path, headers={**asked, **headers})


@pytest.mark.parametrize("path", OPEN)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_anybody_may_read_what_a_token_decides(globus, path, method):
    """Answers, refusals and what is missing, to any method: all readable from any origin, none with cookies."""
    response = requests.request(method, globus.url + path, headers={"Origin": ORIGIN})
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.mark.parametrize("path", OPEN)
def test_preflight(globus, path):
    """A browser may send the headers the vendor's SDK sends, by every method there is."""
    response = _preflight(globus, path)
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    allowed = response.headers["Access-Control-Allow-Headers"].lower().split(", ")
    assert {"authorization", "content-type", "x-globus-client-info"} <= set(allowed)
    assert {"GET", "POST", "PUT", "DELETE"} <= set(response.headers["Access-Control-Allow-Methods"].split(", "))


@pytest.mark.parametrize("path", CLOSED)
def test_nobody_may_read_what_the_cookie_decides(globus, path):
    """The pages people see are closed to scripts from elsewhere, by preflight and without."""
    for response in (requests.get(globus.url + path, headers={"Origin": ORIGIN}), _preflight(globus, path)):
        assert not [name for name in response.headers if name.lower().startswith("access-control-")]


@pytest.mark.parametrize("prefix", [each for each in ABSENT if each != "/v2/web/"])
def test_what_is_missing_can_be_read(globus, prefix):
    """A script that asks for something of Globus that is not here learns so, instead of that the network is down."""
    path = f"{prefix.rstrip('/')}/what-nobody-has/made"
    assert _preflight(globus, path).headers["Access-Control-Allow-Origin"] == "*"
    response = requests.post(globus.url + path, headers={"Origin": ORIGIN})
    assert (response.status_code, response.headers["Access-Control-Allow-Origin"]) == (501, "*")


def test_unknown_headers_are_not_allowed(globus):
    """A header the vendor's SDK does not send is not among those allowed."""
    response = _preflight(globus, "/v0.10/endpoint_search", **{"Access-Control-Request-Headers": "x-mine"})
    assert "x-mine" not in response.headers["Access-Control-Allow-Headers"].lower()


def test_any_header_by_switch():
    """With the switch whatever is asked for is allowed."""
    with Sandbox(switches=Switches(any_header_across_origins=True)) as globus:
        response = _preflight(globus, "/jwk.json", **{"Access-Control-Request-Headers": "x-mine"})
        assert response.headers["Access-Control-Allow-Headers"] == "x-mine"


def test_faults_can_be_read(globus):
    """A failure on purpose reaches the script as a status, and its preflight spends none of the failures."""
    globus.fail("/v2/oauth2/token", status=503, times=1)
    assert _preflight(globus, "/v2/oauth2/token").status_code == 204
    response = requests.post(f"{globus.url}/v2/oauth2/token", headers={"Origin": ORIGIN})
    assert (response.status_code, response.headers["Access-Control-Allow-Origin"]) == (503, "*")


def test_options_without_preflight(globus):
    """Somebody who asks for the methods of a resource by hand is answered by the resource."""
    response = requests.options(f"{globus.url}/v2/oauth2/token")
    assert (response.status_code, "POST" in response.headers["Allow"]) == (200, True)
