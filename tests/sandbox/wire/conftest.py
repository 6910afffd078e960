"""Requests as bytes on a connection, each a row of a table: what is sent, and what the answer has to be.

Rows name what they need in braces: ``{basic}`` is the portal's credentials, ``{code}`` a fresh code of ada's for it,
``{access}``, ``{refresh}`` and ``{transfer}`` tokens. What a row does not name is not made.
"""

from __future__ import annotations

import base64
import http.client
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

CALLBACK = "http://localhost:5000/login/callback"
NOTEBOOK = "http://localhost:5002/callback"
FORM = "application/x-www-form-urlencoded"
SECRETS = {"secret", "code", "pkce_code", "notebook_code", "verifier", "access", "refresh", "transfer", "id_token"}
NOT_PERSONAL = ("/.well-known/", "/jwk.json", "/sandbox/static")


@dataclass(frozen=True)
class Row:
    """One request and its answer. *promise* is what is kept, *source* where it is written.

    ``body`` is a form unless *content_type* says otherwise. ``error`` is the JSON member of that name, ``has`` headers
    (or parts of them) that must be there, ``page`` text that the body must hold.
    """

    promise: str
    source: str
    request: str
    status: int
    body: str = ""
    error: str | None = None
    auth: str | None = "Basic {basic}"
    content_type: str | None = FORM
    headers: dict[str, str] = field(default_factory=dict)
    has: dict[str, str] = field(default_factory=dict)
    page: str | None = None

    def __str__(self) -> str:
        return f"{self.promise} ({self.source})"


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


def send(globus: Any, method: str, target: str, headers: dict[str, str], body: bytes = b"") -> Answer:
    """Send exactly this, and nothing a library would add but Host and Content-Length."""
    connection = http.client.HTTPConnection("127.0.0.1", int(globus.url.rpartition(":")[2]), timeout=20)
    try:
        connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value.encode("latin-1", "replace"))
        connection.putheader("Connection", "close")
        if body:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body or None)
        response = connection.getresponse()
        # To HEAD it would not even look for a body; what the server sends till it hangs up is all there is.
        assert response.fp is not None
        return Answer(response.status, response.msg, response.fp.read() if method == "HEAD" else response.read())
    finally:
        connection.close()


class Needs(dict[str, str]):
    """What rows name in braces, made when it is first named."""

    def __init__(self, makers: dict[str, Callable[[], str]]) -> None:
        super().__init__()
        self._makers = makers

    def __missing__(self, name: str) -> str:
        self[name] = self._makers[name]()
        return self[name]


def _basic(client_id: str, secret: str) -> str:
    return base64.b64encode(f"{client_id}:{secret}".encode()).decode()


def _escaped(text: str) -> str:
    """Percent-encode every single character, as RFC 6749 section 2.3.1 lets a client do."""
    return "".join(f"%{ord(each):02X}" for each in text)


@pytest.fixture
def needs(globus, visitor, endpoint, pkce):
    portal, gateway, notebook = (globus.clients[key] for key in ("portal", "gateway", "notebook"))

    def tokens(which):
        answer = endpoint.redeem(visitor.sign_in()["code"]).json()
        needed.update(access=answer["access_token"], refresh=answer["refresh_token"], id_token=answer["id_token"])
        needed["transfer"] = answer["other_tokens"][0]["access_token"]
        return needed[which]

    def notebook_code():
        asked = {"client_id": notebook.id, "redirect_uri": NOTEBOOK, **pkce.asked}
        return visitor.sign_in(**asked)["code"]

    needed = Needs(
        {
            "portal": lambda: portal.id,
            "basic": lambda: _basic(portal.id, portal.secret),
            "unpadded": lambda: _basic(portal.id, portal.secret).rstrip("="),
            "encoded": lambda: _basic(_escaped(portal.id), _escaped(portal.secret)),
            "half_encoded": lambda: _basic(portal.id, _escaped(portal.secret)[:-1]),
            "gateway": lambda: gateway.id,
            "gateway_basic": lambda: _basic(gateway.id, gateway.secret),
            "notebook": lambda: notebook.id,
            "notebook_basic": lambda: _basic(notebook.id, ""),
            "notebook_guess": lambda: _basic(notebook.id, "guess"),
            "callback": lambda: quote_plus(CALLBACK),
            "notebook_callback": lambda: quote_plus(NOTEBOOK),
            "callback_in_capitals": lambda: quote_plus(CALLBACK.upper()),
            "code": lambda: visitor.sign_in()["code"],
            "pkce_code": lambda: visitor.sign_in(**pkce.asked)["code"],
            "notebook_code": notebook_code,
            "verifier": lambda: pkce.verifier,
            "challenge": lambda: pkce.challenge,
            **{name: (lambda name=name: tokens(name)) for name in ("access", "refresh", "transfer", "id_token")},
        }
    )
    needed["secret"] = portal.secret  # at once, for it is never to come back, whoever names it
    return needed


@pytest.fixture
def hold(globus, needs):
    """Send a row's request, and hold the answer to what the row says and to what every answer has to keep."""

    def hold(row: Row) -> Answer:
        method, target = row.request.format_map(needs).split(" ", 1)
        headers = {"Content-Type": row.content_type} if row.content_type and row.body else {}
        if row.auth:
            headers["Authorization"] = row.auth.format_map(needs)
        headers.update({name: value.format_map(needs) for name, value in row.headers.items()})
        answer = send(globus, method, target, headers, row.body.format_map(needs).encode("latin-1"))
        _check(row, answer, method)
        _check_always(answer, target, needs)
        return answer

    return hold


def _check(row: Row, answer: Answer, method: str) -> None:
    assert answer.status == row.status, answer.body
    if row.error is not None:
        assert answer.json["error"] == row.error
    for name, part in row.has.items():
        assert part in (answer.headers[name] or ""), f"{name}: {answer.headers[name]}"
    if row.page is not None:
        assert row.page in answer.body.decode()
    if method == "HEAD":
        assert answer.body == b""


def _check_always(answer: Answer, target: str, needs: Needs) -> None:
    """Nothing is kept or guessed at, pages run nothing and are framed nowhere, and no secret comes back."""
    assert answer.status < 500 or answer.status == 501
    if not target.startswith(NOT_PERSONAL):
        assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    if answer.headers.get_content_type() == "text/html" and answer.body:
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert b"<script" not in answer.body
    whole = answer.body + str(answer.headers).encode()
    if answer.status != 200:
        for name in SECRETS & needs.keys():
            assert needs[name].encode() not in whole
