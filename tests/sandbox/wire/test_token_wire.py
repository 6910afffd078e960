"""The token endpoint, byte by byte."""

from __future__ import annotations

import pytest

from sandbox.wire.conftest import Row

TOKEN = "POST /v2/oauth2/token"
REDEEM = "grant_type=authorization_code&code={code}&redirect_uri={callback}"
PKCE = "grant_type=authorization_code&code={pkce_code}&redirect_uri={callback}"
NATIVE = "grant_type=authorization_code&code={notebook_code}&redirect_uri={notebook_callback}"
REFRESH = "grant_type=refresh_token&refresh_token={refresh}"
ITSELF = "grant_type=client_credentials&scope=openid"
ANY_CODE = "grant_type=authorization_code&redirect_uri=x&code="
DEVICE = "grant_type=urn:ietf:params:oauth:grant-type:device_code"
EXCHANGE = "grant_type=urn:ietf:params:oauth:grant-type:token-exchange"

FINE = (200, None)
CLIENT = (401, "invalid_client")
GRANT = (401, "invalid_grant")
REQUEST = (400, "invalid_request")
UNSUPPORTED = (400, "unsupported_grant_type")

SECRETS = [
    ("scheme in any case", "RFC 7235 2.1", REDEEM, FINE, {"auth": "bAsIc {basic}"}),
    ("credentials encoded as a form", "RFC 6749 2.3.1", REDEEM, FINE, {"auth": "Basic {encoded}"}),
    ("encoded and one digit short", "RFC 6749 2.3.1", REDEEM, CLIENT, {"auth": "Basic {half_encoded}"}),
    ("id beside its own header", "RFC 6749 2.3", REDEEM + "&client_id={portal}", FINE, {}),
    ("no padding, no credentials", "RFC 4648 3.2", REDEEM, CLIENT, {"auth": "Basic {unpadded}"}),
    ("two sets of credentials", "RFC 7235 4.2", REDEEM, CLIENT, {"auth": "Basic {basic}, Basic {basic}"}),
    ("credentials without scheme", "RFC 7235 2.1", REDEEM, CLIENT, {"auth": "{basic}"}),
    ("a token is no client", "RFC 6749 2.3", REDEEM, CLIENT, {"auth": "Bearer {access}"}),
    ("empty secret of a public client", "RFC 6749 2.3.1", NATIVE, CLIENT, {"auth": "Basic {notebook_basic}"}),
    ("guessed secret of a public one", "RFC 6749 2.3.1", NATIVE, CLIENT, {"auth": "Basic {notebook_guess}"}),
    ("nobody refreshes", "live tests of globus-sdk", REFRESH, CLIENT, {"auth": None}),
    ("an id is no secret", "RFC 6749 6", REFRESH + "&client_id={portal}", CLIENT, {"auth": None}),
    ("a public client is nobody", "RFC 6749 4.4", ITSELF + "&client_id={notebook}", CLIENT, {"auth": None}),
    ("401 says how", "RFC 6749 5.2", REDEEM, CLIENT, {"auth": "Basic x", "has": {"WWW-Authenticate": "Basic realm="}}),
]

FORMS = [
    ("a charset is no matter", "RFC 6749 B", REDEEM, FINE, {"content_type": f"{Row.content_type}; charset=UTF-8"}),
    ("a type in any case", "RFC 9110 8.3", REDEEM, FINE, {"content_type": "Application/X-WWW-Form-URLencoded"}),
    ("unknown fields are ignored", "RFC 6749 3.2", REDEEM + "&colour=red&=&&", FINE, {}),
    ("plain text is no form", "RFC 6749 3.2", REDEEM, REQUEST, {"content_type": "text/plain"}),
    ("a form without a type is none", "RFC 6749 3.2", REDEEM, REQUEST, {"content_type": None}),
    ("almost the type", "RFC 6749 3.2", REDEEM, REQUEST, {"content_type": f"{Row.content_type}-2"}),
    ("nothing at all", "RFC 6749 3.2", "", REQUEST, {}),
    ("fields in the address are none", "RFC 6749 3.2", "", REQUEST, {"request": f"{TOKEN}?{REDEEM}"}),
    ("half of them there", "RFC 6749 3.2", ANY_CODE, REQUEST, {"request": TOKEN + "?code={code}"}),
    ("names are case-sensitive", "RFC 6749 1.9", REDEEM.replace("code=", "Code="), REQUEST, {}),
    ("values are case-sensitive", "RFC 6749 1.9", REDEEM.replace("auth", "Auth"), UNSUPPORTED, {}),
    ("the implicit grant asks for no token", "RFC 6749 4.2", "grant_type=implicit", UNSUPPORTED, {}),
    ("no passwords", "RFC 9700 2.4", "grant_type=password&username=ada&password=x", UNSUPPORTED, {}),
    ("no device codes", "RFC 8628 3.4", DEVICE, UNSUPPORTED, {}),
    ("no token exchange", "RFC 8693 2.1", EXCHANGE, UNSUPPORTED, {}),
    ("bytes that are no UTF-8", "RFC 6749 B", ANY_CODE + "%ff%fe", GRANT, {}),
    ("a percent sign alone", "RFC 6749 B", ANY_CODE + "%zz%", GRANT, {}),
    ("a line break", "RFC 6749 B", ANY_CODE + "a%0d%0ab", GRANT, {}),
]

REPEATED = [
    ("redirect_uri twice", "RFC 6749 3.2", REDEEM + "&redirect_uri={callback}", REQUEST, {}),
    ("client_id twice", "RFC 6749 3.2", REDEEM + "&client_id={portal}" * 2, REQUEST, {}),
    ("code_verifier twice", "RFC 6749 3.2", PKCE + "&code_verifier={verifier}" * 2, REQUEST, {}),
    ("refresh_token twice", "RFC 6749 3.2", REFRESH + "&refresh_token={refresh}", REQUEST, {}),
    ("scope twice", "RFC 6749 3.2", REFRESH + "&scope=email&scope=openid", REQUEST, {}),
    ("an unknown field twice", "RFC 6749 3.2", REDEEM + "&colour=red&colour=red", REQUEST, {}),
    ("an empty one counts", "RFC 6749 3.2", REDEEM + "&code=", REQUEST, {}),
]

CODES = [
    ("a public client's code", "RFC 6749 4.1.3", NATIVE + "&code_verifier={verifier}", GRANT, {}),
    (
        "a server's code",
        "RFC 6749 4.1.3",
        PKCE + "&client_id={notebook}&code_verifier={verifier}",
        GRANT,
        {"auth": None},
    ),
    ("another server's code", "RFC 6749 4.1.3", REDEEM, GRANT, {"auth": "Basic {gateway_basic}"}),
    ("an address in capitals", "RFC 6749 4.1.3", REDEEM.replace("{callback}", "{callback_in_capitals}"), GRANT, {}),
    ("a space after the code", "RFC 6749 4.1.3", REDEEM.replace("{code}", "{code}+"), GRANT, {}),
    ("a refresh token is no code", "RFC 6749 4.1.3", REDEEM.replace("{code}", "{refresh}"), GRANT, {}),
    ("a code is no refresh token", "RFC 6749 6", REFRESH.replace("{refresh}", "{code}"), GRANT, {}),
    ("nor is an ID token", "RFC 6749 6", REFRESH.replace("{refresh}", "{id_token}"), GRANT, {}),
    ("the exchange asks for no scope", "RFC 6749 4.1.3", REDEEM + "&scope=no:such", FINE, {}),
]

CHALLENGES = [
    ("128 characters of another's", "RFC 7636 4.1", PKCE + "&code_verifier=" + "v" * 128, GRANT, {}),
    ("42 characters", "RFC 7636 4.1", PKCE + "&code_verifier=" + "v" * 42, REQUEST, {}),
    ("a plus sign", "RFC 7636 4.1", PKCE + "&code_verifier=" + "v" * 42 + "%2b", REQUEST, {}),
    ("one letter more", "RFC 7636 4.6", PKCE + "&code_verifier={verifier}x", GRANT, {}),
    ("an empty one", "RFC 7636 4.5", PKCE + "&code_verifier=", REQUEST, {}),
]


def _row(promise, source, body, answer, more):
    status, error = answer
    return Row(promise, source, **{"request": TOKEN, "status": status, "error": error, "body": body, **more})


@pytest.mark.parametrize("row", [_row(*each) for each in SECRETS + FORMS + REPEATED + CODES + CHALLENGES], ids=str)
def test_token_endpoint(hold, row):
    """Each row of the tables above is answered as it says, in JSON that nobody stores."""
    answer = hold(row)
    assert answer.headers.get_content_type() == "application/json"
    assert answer.headers["Pragma"] == "no-cache"


def test_who_does_not_know_the_secret_spends_no_code(hold):
    """Refused credentials leave the code for whoever has the right ones."""
    for row in (SECRETS[2], SECRETS[4], SECRETS[0]):
        hold(_row(*row))


def test_who_does_not_know_the_verifier_spends_no_code(hold):
    """A refused verifier leaves the code for whoever has the right one (RFC 7636 section 4.6)."""
    hold(_row(*CHALLENGES[0]))
    hold(_row("and then the right one", "RFC 7636 4.6", PKCE + "&code_verifier={verifier}", FINE, {}))


def test_a_replayed_code_takes_back_refreshed_tokens_too(globus, hold, endpoint):
    """What was refreshed meanwhile came out of the same code (RFC 6749 section 10.5)."""
    first = hold(_row("redeemed", "RFC 6749 4.1.3", REDEEM, FINE, {})).json
    renewed = endpoint.refresh(first["refresh_token"]).json()
    hold(_row("and again", "RFC 6749 4.1.2", REDEEM, GRANT, {}))
    assert not globus.token_is_active(renewed["access_token"])
    assert endpoint.refresh(first["refresh_token"]).status_code == 401
