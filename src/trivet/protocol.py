"""
The wire format of signing in: addresses to send a browser to, and what Globus Auth answers.

Plain functions of their arguments; nothing here talks to anybody.
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from trivet.errors import GlobusUnavailable
from trivet.requirement import NOTHING, Requirement
from trivet.tokens import AccessToken, RefreshToken, TokenSet

AUTHORIZE_PATH = "v2/oauth2/authorize"


def code_challenge(code_verifier: str) -> str:
    """Return the S256 challenge, 43 characters (RFC 7636, section 4.2)."""
    return base64url(hashlib.sha256(code_verifier.encode("ascii")).digest())


def base64url(data: bytes) -> str:
    """Return *data* in base64url without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def authorize_url(
    auth_url: str,
    *,
    client_id: str,
    redirect_uri: str,
    scopes: Iterable[str],
    state: str,
    nonce: str,
    code_verifier: str,
    refresh_tokens: bool,
    requirement: Requirement = NOTHING,
) -> str:
    """
    Return the address that sends a person to Globus Auth to sign in and consent.

    RFC 6749, section 4.1.1; PKCE of RFC 7636, section 4.3; ``nonce`` of OpenID Connect Core, section 3.1.2.1; Globus'
    ``access_type``, where ``offline`` asks for refresh tokens. What *requirement* demands of the session goes along;
    its scopes are for the caller to have among *scopes*.
    """
    query = {
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": " ".join(scopes),
        "state": state,
        "nonce": nonce,
        "code_challenge": code_challenge(code_verifier),
        "code_challenge_method": "S256",
        "access_type": "offline" if refresh_tokens else "online",
        **_session_parameters(requirement),
    }
    return f"{auth_url}{AUTHORIZE_PATH}?{urlencode(query)}"


def _session_parameters(requirement: Requirement) -> dict[str, str]:
    """
    Return what is demanded of the session, as Globus Auth reads it (Globus docs, "Sessions Guide"): lists joined by
    commas.

    Consent alone needs no fresh sign-in. Whatever is about the session does: without ``prompt=login`` Globus may count
    an earlier one, which the service has found too old. The vendor's clients add it likewise.
    """
    parameters = {
        name: "true" if value is True else value if isinstance(value, str) else ",".join(value)
        for name, value in requirement.parameters().items()
        if name not in {"required_scopes", "prompt"}
    }
    return {**parameters, "prompt": "login"} if requirement.is_about_the_session else parameters


def helper_url(auth_url: str, page: str, *, client_id: str, redirect_uri: str, redirect_name: str) -> str:
    """
    Return a page of Globus Auth for people, with a link back (Globus docs, "Helper Pages — Auth").

    Args:
        auth_url: ends with a slash.
        page: ``logout``, which ends the browser's own Globus sign-in; ``identities``, where accounts are linked; or
            ``consents``, where they are taken back.
        client_id: whom it says one has come from.
        redirect_uri: where its link leads.
        redirect_name: what the link says.
    """
    query = {"client_id": client_id, "redirect_uri": redirect_uri, "redirect_name": redirect_name}
    return f"{auth_url}v2/web/{page}?{urlencode(query)}"


def token_sets(document: Mapping[str, Any], *, now: float) -> dict[str, TokenSet]:
    """
    Read a token response: one `TokenSet` per resource server, from the top level and ``other_tokens``.

    Raises:
        GlobusUnavailable: it is not a token response.
    """
    try:
        entries = [document, *(document.get("other_tokens") or [])]
        sets = [_token_set(entry, int(now)) for entry in entries]
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        # `from None`: the text of a KeyError or ValueError may quote a value of the response.
        raise GlobusUnavailable("Globus sent a token response that cannot be read.") from None
    return {tokens.resource_server: tokens for tokens in sets}


def _token_set(entry: Mapping[str, Any], now: int) -> TokenSet:
    if str(entry["token_type"]).lower() != "bearer":  # RFC 6749, section 7.1: do not use what you do not understand
        raise ValueError("token_type")
    if not (entry["access_token"] and entry["resource_server"]):
        raise ValueError("empty")
    kept = {name: str(entry[name]) for name in ("access_token", "resource_server", "scope")}
    refresh_token = str(entry.get("refresh_token") or "")
    if not "".join([*kept.values(), refresh_token]).isascii():  # RFC 6749, appendix A
        raise ValueError("characters")
    return TokenSet(
        resource_server=kept["resource_server"],
        access_token=AccessToken(kept["access_token"]),
        refresh_token=RefreshToken(refresh_token) if refresh_token else None,
        scopes=frozenset(kept["scope"].split()),
        obtained_at=now,
        expires_at=now + int(entry["expires_in"]),
    )
