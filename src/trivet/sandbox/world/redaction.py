"""What may be kept of a request: no secret whole, wherever it was put, and no more than fits.

People put secrets where none belong: a token in a path, the whole address they came back to (with its code) as
``redirect_uri``, JSON in what they say is a form. So names decide first, and then the look of what was sent.
"""

from __future__ import annotations

import json
import re
import string
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_BODY = 4_000
"""Bytes of a JSON body that are worth remembering; a longer one is left out. Queries and forms are cut off there."""

MAX_TEXT = 2_000
"""Characters of a path, or of a reason, which may repeat what was sent."""

SHOWN_CHARACTERS = 6
"""Letters shown of a code or token: enough to tell two apart, useless otherwise."""

PREFIXED = frozenset({"code", "token", "access_token", "refresh_token", "id_token", "id_token_hint", "subject_token"})
HIDDEN = frozenset(
    {
        "assertion",
        "attempt",
        "authorization",
        "client_assertion",
        "client_secret",
        "code_verifier",
        "form_key",
        "key",
        "password",
        "secret",
    }
)

_NAME = re.compile(r"[\w.\[\]*-]{0,100}")
"""What a parameter may be called. Anything else is a document that was sent as a form."""

_ID = re.compile(r"[0-9A-Fa-f-]{0,40}")
"""What a client_id looks like. Some send the secret there."""

_TOKEN = re.compile(r"Ag[A-Za-z0-9_-]{40,}")
"""How the tokens of Globus begin, and ours."""

_TOKEN_CHARACTERS = f"{string.ascii_letters}{string.digits}_-"

_PARAMETER = re.compile(r"(?<!\w)(?P<name>\w{1,100})=(?P<value>[^&#\s]+)")


def redacted(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return *pairs* so that no secret is whole, and without what goes beyond ``MAX_BODY`` characters."""
    shown: list[tuple[str, str]] = []
    room = MAX_BODY
    for name, value in pairs:
        if room <= 0:
            break
        pair = _redacted_pair(name, _cut(value, room))
        room -= len(pair[0]) + len(pair[1]) + 2
        shown.append(pair)
    return shown


def redacted_json(document: bytes) -> str | None:
    """Return a JSON *document* in which no secret is whole; None for what is none, or longer than ``MAX_BODY``."""
    try:
        return json.dumps(_without_secrets(json.loads(document))) if len(document) <= MAX_BODY else None
    except (ValueError, RecursionError):
        return None


def redacted_text(text: str) -> str:
    """Return *text*, ``MAX_TEXT`` characters of it at most, without tokens and without secrets in addresses."""
    shown = _without_lookalikes(_cut(text, MAX_TEXT))
    return shown if len(text) <= MAX_TEXT else f"{shown.removesuffix('…')}…"


def is_secret(name: str) -> bool:
    """Say whether the parameter *name* holds something that is never shown whole."""
    return name.lower() in PREFIXED | HIDDEN


def _redacted_pair(name: str, value: str) -> tuple[str, str]:
    if not _NAME.fullmatch(name):
        return _begun(name), "…"
    return _without_lookalikes(name), _redacted_value(name, value)


def _redacted_value(name: str, value: str) -> str:
    if name.lower() in HIDDEN:
        return "…"
    if is_secret(name) or (name.lower() == "client_id" and not _ID.fullmatch(value)):
        return _begun(value)
    return _without_lookalikes(value)


def _without_lookalikes(text: str) -> str:
    return _PARAMETER.sub(_redacted_parameter, _TOKEN.sub(lambda found: _begun(found[0]), text))


def _redacted_parameter(found: re.Match[str]) -> str:
    name, value = found["name"], found["value"]
    return f"{name}={_redacted_value(name, value)}" if is_secret(name) else found[0]


def _cut(text: str, most: int) -> str:
    """Return the first *most* characters of *text*; a token that they end in the middle of is cut short like any."""
    if len(text) <= most:
        return text
    kept = text[:most]
    begin = kept.find("Ag", len(kept.rstrip(_TOKEN_CHARACTERS)))
    return kept if begin < 0 else kept[:begin] + _begun(kept[begin:])


def _begun(secret: str) -> str:
    return f"{secret[:SHOWN_CHARACTERS]}…"


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {_without_lookalikes(name): _redacted_member(name, each) for name, each in value.items()}
    if isinstance(value, list):
        return [_without_secrets(each) for each in value]
    return _without_lookalikes(value) if isinstance(value, str) else value


def _redacted_member(name: str, value: Any) -> Any:
    if isinstance(value, str) or is_secret(name):
        return _redacted_value(name, value if isinstance(value, str) else "")
    return _without_secrets(value)
