"""Requests to the token endpoints, as Authlib reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from authlib.oauth2.rfc6749 import InvalidRequestError, OAuth2Request
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from flask import request

from trivet.sandbox.http.record import note

if TYPE_CHECKING:
    from collections.abc import Mapping


class SandboxRequest(OAuth2Request):  # type: ignore[misc]
    """A request as Authlib reads it: parameters that were each sent once, from the place where they belong.

    ``includes_consented`` says that the address asks for whatever was agreed to before: no parameter of OAuth's.
    """

    includes_consented = False

    def __init__(self, params: Mapping[str, str], method: str = "POST", authorization: str | None = None):
        # The address is only looked at for its scheme; transport security is not the sandbox's to judge.
        super().__init__(method, "https://localhost/")
        self.payload = BasicOAuth2Payload(dict(params))
        self.authorization = authorization

    @property
    def form(self) -> dict[str, str]:
        return dict(self.payload.data)


def posted_request() -> SandboxRequest:
    """Return the current form post.

    Raises:
        InvalidRequestError: the body is no form, or a parameter came twice (RFC 6749 section 3.2).
    """
    if request.mimetype != "application/x-www-form-urlencoded":
        note(reason=f"The body is {request.mimetype or 'of no type'}, and not application/x-www-form-urlencoded.")
        raise InvalidRequestError("The body is not application/x-www-form-urlencoded.")
    repeated = [name for name, values in request.form.lists() if len(values) > 1]
    if repeated:
        note(reason=f"Sent more than once: {', '.join(repeated)}.")
        raise InvalidRequestError("A parameter was sent more than once.")
    params = {name: value for name, value in request.form.items() if value}
    posted = SandboxRequest(params, authorization=request.headers.get("Authorization"))
    posted.includes_consented = request.args.get("include_consented_scopes") == "true"
    return posted
