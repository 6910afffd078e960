"""
The only module that calls Globus Auth.

Each call is one request on the calling thread's connections, and ends in an answer or in one of our errors: what went
wrong is decided by the status and the ``error`` of RFC 6749, section 5.2, never by the wording of a message.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from globus_sdk import ConfidentialAppAuthClient, GlobusAPIError, NetworkError
from globus_sdk.config import get_service_url

from trivet.errors import NO_ANSWER, ClientRefused, CodeRefused, GlobusUnavailable, LoginNeeded, TrivetError
from trivet.slow_globus import Entrance
from trivet.tokens import AccessToken, ClientSecret, RefreshToken, Secret
from trivet.transport import Transports, no_retries, one_quick_retry


class GlobusAuth:
    """
    Globus Auth, as one registered application sees it.

    The address is the SDK's: ``GLOBUS_SDK_SERVICE_URL_AUTH`` and ``GLOBUS_SDK_ENVIRONMENT`` keep their meaning.
    """

    def __init__(
        self, *, client_id: str, client_secret: ClientSecret, transports: Transports, entrance: Entrance
    ) -> None:
        self.client_id = client_id
        self.url = get_service_url("auth")
        self._client_secret = client_secret
        self._transports = transports
        self._entrance = entrance
        self._lock = threading.Lock()
        self._issuer: str | None = None
        self._keys: dict[str | None, Any] = {}

    @property
    def issuer(self) -> str:
        """What ``iss`` of an ID token has to be (OpenID Connect Discovery, section 4.3). Asked for once."""
        if self._issuer is None:
            self._learn_keys()
        assert self._issuer is not None
        return self._issuer

    def signing_key(self, kid: str | None) -> Any:
        """Return the public key of that name, or None. An unknown name is looked up at Globus once: keys rotate."""
        if kid not in self._keys:
            self._learn_keys()
        return self._keys.get(kid)

    def exchange(self, *, code: str, redirect_uri: str, code_verifier: str) -> dict[str, Any]:
        """
        Exchange an authorization code for tokens, with exactly one request (RFC 6749, section 4.1.3; RFC 7636, 4.5).

        Raises:
            CodeRefused: Globus does not take this code.
            ClientRefused: Globus does not take this application.
            GlobusUnavailable: no usable answer; the code may or may not be used up.
        """
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": code_verifier,
        }
        try:
            return self._token_request(form)
        except _RequestRefused:
            raise CodeRefused(
                "Globus did not accept this sign-in; it may have taken too long or been used already.",
                hint="Sign in once more.",
            ) from None

    def refresh(self, refresh_token: RefreshToken) -> dict[str, Any]:
        """
        Exchange a refresh token for a fresh access token (RFC 6749, section 6).

        Raises:
            LoginNeeded: the grant has ended: revoked, rescinded or too long unused.
            ClientRefused: Globus does not take this application.
            GlobusUnavailable: no usable answer; what we hold stays as good as it was.
        """
        try:
            return self._token_request({"grant_type": "refresh_token", "refresh_token": refresh_token.reveal()})
        except _RequestRefused as refusal:
            if refusal.reason != "invalid_grant":
                raise GlobusUnavailable("Globus did not understand a refresh.", reason=refusal.reason) from None
            raise LoginNeeded("Globus has ended this sign-in.", hint="Sign in again to go on.") from None

    def revoke(self, token: Secret) -> None:
        """
        Revoke an access or refresh token (RFC 7009). A token that Globus no longer knows counts as revoked.

        Raises:
            ClientRefused: Globus does not take this application.
            GlobusUnavailable: no usable answer; the token may still be good.
        """
        self._post_about(token, "/v2/oauth2/token/revoke")

    def is_active(self, token: Secret) -> bool:
        """
        Tell whether an access or refresh token is still good (RFC 7662, section 2.2).

        Raises:
            ClientRefused: Globus does not take this application.
            GlobusUnavailable: no usable answer.
        """
        document = self._post_about(token, "/v2/oauth2/token/introspect")
        active = document.get("active") if isinstance(document, dict) else None
        if not isinstance(active, bool):
            raise GlobusUnavailable("Globus sent an answer about a token that cannot be read.")
        return active

    def close(self) -> None:
        """Close the calling thread's connections, when it has done with Globus for good."""
        self._transports.close()

    def _post_about(self, token: Secret, path: str) -> Any:
        with self._asking():
            return self._client().post(path, data={"token": token.reveal()}, encoding="form").data

    def introspect(self, token: AccessToken, *, include: str = "", policies: Sequence[str] = ()) -> dict[str, Any]:
        """
        Return what Globus says about *token* (RFC 7662); of one that is no good, only that it is not ``active``.

        Args:
            token: of whatever resource server.
            include: Globus's extras, joined by commas, such as ``session_info``.
            policies: ids of authentication policies to evaluate for its session.

        Raises:
            ClientRefused: Globus does not take this application.
            GlobusUnavailable: no usable answer.
        """
        form = {"token": token.reveal(), "include": include, "authentication_policies": ",".join(policies)}
        asked = {name: value for name, value in form.items() if value}
        with self._asking():
            answer = self._client(retry=True).post("/v2/oauth2/token/introspect", data=asked, encoding="form").data
        if not isinstance(answer, dict):
            raise GlobusUnavailable("Globus sent an answer about a session that cannot be read.")
        return answer

    def _token_request(self, form: dict[str, str]) -> dict[str, Any]:
        try:
            with self._entrance.entered():
                document = self._client().post("/v2/oauth2/token", data=form, encoding="form").data
        except GlobusAPIError as error:
            reason = _oauth_error(error)
            if reason and reason not in _ABOUT_US:
                raise _RequestRefused(reason) from None
            raise _translated(error) from error
        except NetworkError as error:
            raise _translated(error) from error
        if not isinstance(document, dict):
            raise GlobusUnavailable("Globus sent a token response that cannot be read.")
        return document

    def _learn_keys(self) -> None:
        client = self._client(retry=True)
        try:
            with self._asking():
                configuration = client.get("/.well-known/openid-configuration", automatic_authorization=False).data
                issuer = configuration["issuer"]
                jwks = client.get(configuration["jwks_uri"], automatic_authorization=False).data
                keys = _rsa_keys(jwks["keys"])
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise GlobusUnavailable("Globus Auth does not describe itself in a way that can be read.") from error
        if issuer != self.url.rstrip("/"):
            # A document that speaks for somebody else must not be believed (Discovery, section 4.3).
            raise GlobusUnavailable(
                f"The service at {self.url} says that it is {issuer!r}.",
                hint="Set GLOBUS_SDK_SERVICE_URL_AUTH to the address that the service gives as its issuer.",
            )
        with self._lock:
            self._issuer, self._keys = issuer, keys

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Ask in the block that follows, and raise one of our errors for one of the SDK's."""
        try:
            with self._entrance.entered():
                yield
        except (GlobusAPIError, NetworkError) as error:
            raise _translated(error) from error

    def _client(self, *, retry: bool = False) -> ConfidentialAppAuthClient:
        return ConfidentialAppAuthClient(
            self.client_id,
            self._client_secret.reveal(),
            transport=self._transports.current(),
            retry_config=one_quick_retry() if retry else no_retries(),
        )


_ABOUT_US = {"invalid_client", "unauthorized_client"}


class _RequestRefused(Exception):
    """Globus answered with an error of RFC 6749, section 5.2, that is about the request and not about us."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _translated(error: GlobusAPIError | NetworkError) -> TrivetError:
    reason = _oauth_error(error) if isinstance(error, GlobusAPIError) else None
    if reason in _ABOUT_US:
        return ClientRefused(
            "Globus does not accept this application.",
            hint="Check GLOBUS_CLIENT_ID and GLOBUS_CLIENT_SECRET against app.globus.org/settings/developers.",
            reason=reason,
        )
    return GlobusUnavailable(NO_ANSWER, hint="Try again in a moment.")


def _oauth_error(error: GlobusAPIError) -> str | None:
    """Return the ``error`` of a 400 or 401 answer (RFC 6749, section 5.2)."""
    document = error.raw_json
    reason = document.get("error") if isinstance(document, dict) and error.http_status in {400, 401} else None
    return reason if isinstance(reason, str) else None


def _rsa_keys(jwks: list[dict[str, Any]]) -> dict[str | None, Any]:
    """Return the signing keys by ``kid`` (RFC 7517), passing over kinds that Globus does not sign with."""
    import jwt

    signing = [jwk for jwk in jwks if jwk.get("kty") == "RSA" and jwk.get("use", "sig") == "sig"]
    try:
        return {jwk.get("kid"): jwt.PyJWK(jwk, algorithm="RS512").key for jwk in signing}
    except jwt.PyJWTError:
        raise ValueError("a key that cannot be read") from None
