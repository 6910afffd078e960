"""Refusals by the token endpoint that say more than ``{"error": ...}``."""

from __future__ import annotations

import re
import uuid
from typing import Any

from authlib.oauth2.rfc6749 import InvalidScopeError, OAuth2Error


class DocumentedError(OAuth2Error):  # type: ignore[misc]
    """A refusal with a list of ``errors``, as Globus answers where a program is expected to read on."""

    def __init__(self, error: str, description: str, *, status: int = 400, **more: object) -> None:
        super().__init__(description=description)
        self.error = error
        self.globus_status = status
        self.more = more

    def document(self) -> dict[str, Any]:
        """Return the body (``globus_sdk.gare`` reads the one for ``dependent_consent_required``)."""
        words = self.error.replace("_", " ")
        entry = {
            "status": str(self.globus_status),
            "id": str(uuid.uuid4()),
            "code": self.error.upper(),
            "title": words.capitalize(),
            "detail": self.description,
            **self.more,
        }
        return {"error": self.error, "error_description": self.description, "errors": [entry]}


def no_such_scope(names: list[str]) -> InvalidScopeError:
    """Return the refusal of scopes that do not exist, named as far as a description may (RFC 6749 section 5.2)."""
    return InvalidScopeError(re.sub(r'[^ -~]|["\\]', "?", f"Unknown scope(s): {' '.join(names)}"))
