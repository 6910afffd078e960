"""How clients prove themselves, and every way of not doing so."""

from __future__ import annotations

import base64

import pytest
import requests

from trivet.sandbox import Sandbox
from trivet.sandbox.switches import Switches

REFUSED = (401, {"error": "invalid_client"})


def _basic(text):
    return "Basic " + base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


def _post(globus, *, header=None, path="", **form):
    headers = {"Authorization": header} if header else {}
    return requests.post(
        f"{globus.url}/v2/oauth2/token{path}",
        data={"grant_type": "refresh_token", "refresh_token": "x", "token": "x", **form},
        headers=headers,
    )


@pytest.mark.parametrize(
    "header",
    [
        None,
        "Basic",
        "Basic !!!",
        "Basic é",
        "Bearer abc",
        _basic("no colon"),
        _basic(b"\xff\xfe:x"),
        _basic(":"),
        _basic("nobody:secret"),
    ],
)
@pytest.mark.parametrize("path", ["", "/revoke", "/introspect"])
def test_no_credentials_or_bad_ones(globus, header, path):
    """No, unknown or unreadable credentials: 401 ``invalid_client``, at every endpoint, never more."""
    if header and not header.isascii():
        header = header.encode()
    response = _post(globus, header=header, path=path)
    assert (response.status_code, response.json()) == REFUSED
    assert response.headers["WWW-Authenticate"].startswith("Basic")


@pytest.mark.parametrize("secret", ["wrong", "", "sandbox-secret-of-the-portal ", "SANDBOX-SECRET-OF-THE-PORTAL"])
def test_wrong_secret(globus, secret):
    """A secret is right or wrong, to the letter."""
    header = _basic(f"{globus.clients['portal'].id}:{secret}")
    response = _post(globus, header=header)
    assert (response.status_code, response.json()) == REFUSED


def test_another_clients_secret(globus):
    """A right secret with the wrong id opens nothing."""
    header = _basic(f"{globus.clients['portal'].id}:{globus.clients['gateway'].secret}")
    assert _post(globus, header=header).status_code == 401


def test_secret_in_the_form(globus):
    """``client_secret_post`` is not advertised and not accepted."""
    portal = globus.clients["portal"]
    response = _post(globus, client_id=portal.id, client_secret=portal.secret)
    assert (response.status_code, response.json()) == REFUSED


def test_secret_in_the_form_by_switch():
    """The switch for ``client_secret_post`` turns it on."""
    with Sandbox(switches=Switches(accept_client_secret_post=True)) as globus:
        portal = globus.clients["portal"]
        assert _post(globus, client_id=portal.id, client_secret=portal.secret).json() == {"error": "invalid_grant"}


def test_secret_in_the_query(globus):
    """Credentials in the address are not looked at (RFC 6749 section 2.3.1)."""
    portal = globus.clients["portal"]
    query = f"?client_id={portal.id}&client_secret={portal.secret}"
    assert _post(globus, path=query).status_code == 401


def test_confidential_client_by_id_alone(globus):
    """A client that has a secret must use it."""
    response = _post(globus, client_id=globus.clients["portal"].id)
    assert (response.status_code, response.json()) == REFUSED


def test_two_mechanisms(globus):
    """Header and form secret together are ``invalid_request`` (RFC 6749 section 2.3)."""
    portal = globus.clients["portal"]
    header = _basic(f"{portal.id}:{portal.secret}")
    response = _post(globus, header=header, client_id=portal.id, client_secret=portal.secret)
    assert (response.status_code, response.json()) == (400, {"error": "invalid_request"})


def test_two_client_ids(globus):
    """A form that names another client than the header does is refused."""
    portal, gateway = globus.clients["portal"], globus.clients["gateway"]
    response = _post(globus, header=_basic(f"{portal.id}:{portal.secret}"), client_id=gateway.id)
    assert (response.status_code, response.json()) == (400, {"error": "invalid_request"})


def test_public_client_may_not_introspect(globus):
    """Introspection needs a confidential client (RFC 7662 section 2.1)."""
    response = _post(globus, path="/introspect", client_id=globus.clients["notebook"].id)
    assert (response.status_code, response.json()) == REFUSED


@pytest.mark.parametrize("quoted", [True, False])
def test_form_encoded_and_raw_basic(quoted):
    """RFC 6749 section 2.3.1 form-encodes credentials and the SDK does not; both get in."""
    secret = "p%q+r s:é"
    encoded = requests.utils.quote(secret, safe="") if quoted else secret
    seed = {"clients": {"odd": {"name": "Odd", "secret": secret, "redirect_uris": []}}}
    with Sandbox(seed) as globus:
        response = _post(globus, header=_basic(f"{globus.clients['odd'].id}:{encoded}"))
        assert response.json() == {"error": "invalid_grant"}
