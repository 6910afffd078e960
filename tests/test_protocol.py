"""The wire format of signing in."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from globus_sdk.testing import get_response_set

from trivet.errors import GlobusUnavailable
from trivet.protocol import authorize_url, code_challenge, helper_url, token_sets

AUTH = "https://auth.globus.org/"


def test_the_challenge_is_the_one_of_the_rfc() -> None:
    """RFC 7636, appendix B gives a verifier and its challenge; ours agrees."""
    assert (
        code_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )


@pytest.mark.parametrize(("refresh_tokens", "access_type"), [(True, "offline"), (False, "online")])
def test_the_authorize_address_carries_everything_encoded(refresh_tokens: bool, access_type: str) -> None:
    """Each parameter arrives as it was meant, whatever characters it holds."""
    address = authorize_url(
        AUTH,
        client_id="c",
        redirect_uri="https://p.example/cb?tenant=a&b",
        scopes=["openid", "urn:x:all[*y z]"],
        state="s&t",
        nonce="n",
        code_verifier="v" * 43,
        refresh_tokens=refresh_tokens,
    )
    assert address.startswith("https://auth.globus.org/v2/oauth2/authorize?")
    assert {name: values[0] for name, values in parse_qs(urlsplit(address).query, strict_parsing=True).items()} == {
        "client_id": "c",
        "redirect_uri": "https://p.example/cb?tenant=a&b",
        "response_type": "code",
        "scope": "openid urn:x:all[*y z]",
        "state": "s&t",
        "nonce": "n",
        "code_challenge": code_challenge("v" * 43),
        "code_challenge_method": "S256",
        "access_type": access_type,
    }


def test_the_logout_address_is_encoded() -> None:
    """A name with an ampersand stays one parameter."""
    address = helper_url(AUTH, "logout", client_id="c", redirect_uri="https://p.example/", redirect_name="R&D portal")
    query = parse_qs(urlsplit(address).query, strict_parsing=True)
    assert query == {"client_id": ["c"], "redirect_uri": ["https://p.example/"], "redirect_name": ["R&D portal"]}


def test_the_vendors_own_token_response_is_read() -> None:
    """The response that the SDK ships for tests gives one token set, with its expiry counted from now."""
    document = get_response_set("auth.oauth2_exchange_code_for_tokens").lookup("default").json
    assert isinstance(document, dict)
    sets = token_sets(document, now=1000.9)
    tokens = sets["transfer.api.globus.org"]
    assert tokens.access_token.reveal() == document["access_token"]
    assert (tokens.obtained_at, tokens.expires_at, tokens.refresh_token) == (1000, 173800, None)


def entry(**changes: Any) -> dict[str, Any]:
    usual = {
        "access_token": "canary", "scope": "openid", "expires_in": 172800, "token_type": "Bearer",
        "resource_server": "auth.globus.org",
    }  # fmt: skip
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def test_other_tokens_are_read_too() -> None:
    """Every resource server's tokens are found, the top level's and the others'; an absent list is an empty one."""
    sets = token_sets(entry(other_tokens=[entry(resource_server="transfer.api.globus.org", refresh_token="r")]), now=0)
    assert set(sets) == {"auth.globus.org", "transfer.api.globus.org"}
    assert sets["auth.globus.org"].refresh_token is None
    assert sets["transfer.api.globus.org"].refresh_token


@pytest.mark.parametrize(
    "document",
    [
        {}, entry(access_token=None), entry(access_token=""), entry(expires_in="soon"), entry(token_type="mac"),
        entry(token_type=None), entry(scope=None), entry(resource_server=None), entry(other_tokens=["x"]),
        entry(other_tokens=[{}]), entry(other_tokens=7), entry(expires_in=[]),
        entry(expires_in=float("inf")), entry(expires_in=float("nan")), entry(access_token="canary\ud800"),
        entry(resource_server="é"), entry(scope="\ud800"), entry(refresh_token="\ud800"),
    ],
)  # fmt: skip
def test_what_is_no_token_response_is_no_usable_answer(document: dict[str, Any]) -> None:
    """A response that lacks what we need is refused whole, and the error does not quote it."""
    with pytest.raises(GlobusUnavailable) as caught:
        token_sets(document, now=0)
    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None
