"""The command that repeats a request, with ``$VARIABLES`` where secrets were."""

from __future__ import annotations

import re
import shlex
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import quote

from trivet.sandbox.world.redaction import is_secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from trivet.sandbox.world.request_log import RequestRecord

JSON = "--header 'Content-Type: application/json'"

_JSON_SECRET = re.compile(r'("(?P<name>[A-Za-z_]+)": ")[^"]*\\u2026(?=")')


def as_curl(record: RequestRecord, issuer: str, client_id: str | None) -> str:
    """Return the command, for a POSIX shell, for the request in *record* to *issuer*.

    *client_id* stands in Basic credentials; None for a client that is unknown.
    """
    return " \\\n  ".join(["curl " + _method(record), *_credentials(record, client_id), *_content(record, issuer)])


def _method(record: RequestRecord) -> str:
    return "--head" if record.method == "HEAD" else f"--request {shlex.quote(record.method)}"


def _credentials(record: RequestRecord, client_id: str | None) -> Iterator[str]:
    if record.authorization == "basic":
        yield f'--user "{client_id or "$CLIENT_ID"}:$CLIENT_SECRET"'
    if record.authorization == "bearer":
        yield '--header "Authorization: Bearer $ACCESS_TOKEN"'
    if record.with_cookie:
        yield '--cookie "$COOKIES"'


def _content(record: RequestRecord, issuer: str) -> Iterator[str]:
    if record.body is not None:
        yield f"{JSON} --data {_word(_json(record.body))}"
    elif record.too_long:
        yield f"{JSON} --data @body.json"  # too long to have been kept
    yield from (f"--data {_word(_pair(name, value))}" for name, value in record.form)
    yield _word(_address(record, issuer))


def _address(record: RequestRecord, issuer: str) -> Iterator[str]:
    yield issuer + quote(record.path)
    for number, (name, value) in enumerate(record.query):
        yield "&" if number else "?"
        yield from _pair(name, value)


def _pair(name: str, value: str) -> Iterator[str]:
    """Yield ``name=value``, encoded for an address or a form; the value of a secret is a variable."""
    yield f"{quote(name, safe='')}="
    yield f"${name.upper()}" if is_secret(name) else quote(value, safe=":/")


def _json(document: str) -> Iterator[str]:
    """Yield the JSON *document*, with variables for what was redacted."""
    at = 0
    for found in _JSON_SECRET.finditer(document):
        yield document[at : found.end(1)]
        yield f"${found['name'].upper()}"
        at = found.end()
    yield document[at:]


def _word(pieces: Iterable[str]) -> str:
    """Return *pieces* as one word of a shell. What begins with a dollar sign, all of it, is a variable."""
    words = []
    for is_variable, group in groupby(pieces, key=lambda piece: piece.startswith("$")):
        text = "".join(group)
        words.append(f'"{text}"' if is_variable else shlex.quote(text))
    return "".join(words)
