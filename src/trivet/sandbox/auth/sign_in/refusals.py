"""The two kinds of refusal of an authorize request (seen in public issue threads).

Some Globus shows on its own page, because the address to return to cannot be trusted or because it always has; the
others go back to the application.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trivet.sandbox.world.authorize_request import AuthorizeRequest


class ShownError(Exception):
    """A refusal that is shown to the person and never redirected, with the sentence and code Globus was seen to use."""

    def __init__(self, sentence: str, code: str = "OAUTH_AUTH_REQUEST_FAILURE", details: tuple[str, ...] = ()) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
        self.details = details


class ReturnedError(Exception):
    """A refusal that goes back to the application (RFC 6749 section 4.1.2.1, OpenID Connect Core section 3.1.2.6)."""

    def __init__(self, asked: AuthorizeRequest, error: str, description: str) -> None:
        super().__init__(error)
        self.error = error
        self.description = description
        self.redirect_uri = asked.redirect_uri
        self.state = asked.state
