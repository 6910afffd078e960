"""Who may control the sandbox: no web page but its own, and outside this computer nobody without the key.

a request ──▶ for one of our names? (``http/own_names.py``, at the front door)
          ──▶ with the key, if there is one: ``Authorization: Bearer``, or the cookie that the form for it gives
          ──▶ if it changes something: from no page but our own, and a form with the key that our pages put into it
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request

from trivet.sandbox.http.record import refused as refuse

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response as AnyResponse

PAGES = "/sandbox/"
KEY_PAGE = "/sandbox/key"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
SHORTEST_KEY = 20
"""Characters of a key: nobody counts guesses, so it has to be beyond guessing."""


@dataclass(frozen=True)
class Refused:
    """Why a request may not control the sandbox: a status, a code for programs and a sentence for people."""

    status: int
    code: str
    sentence: str


NO_KEY = Refused(401, "KeyNeeded", "This needs the control key that the sandbox printed when it started.")
FOREIGN = Refused(403, "ForeignPage", "Another web site sent this. Only the sandbox's own pages may change it.")
STALE = Refused(403, "StaleForm", "This form is from before the sandbox was started again. Load its page once more.")


def usable_key(given: str | None, *, needed: bool) -> str | None:
    """Return the key that was *given*, or a new one if one is *needed*.

    Raises:
        ValueError: it is too short.
    """
    if given is None:
        return secrets.token_urlsafe(32) if needed else None
    if len(given) < SHORTEST_KEY:
        raise ValueError(f"A control key has at least {SHORTEST_KEY} characters; this one has {len(given)}.")
    return given


class Gate:
    """The gate of one sandbox.

    Args:
        issuer: the address its pages have, which may be another than requests say behind a proxy.
        key: what whoever controls it has to know; None where nobody else can reach it.
    """

    def __init__(self, issuer: str, key: str | None = None) -> None:
        self._issuer = issuer
        self._digest = None if key is None else _digest(key)
        self._pass = secrets.token_urlsafe(32)
        self._cookie = f"sandbox-control-{urlsplit(issuer).port or 'default'}"
        self.form_key = secrets.token_urlsafe(24)
        """What every form of our pages sends along. It lasts as long as the process: resets change no open page."""

    def guard_api(self, routes: Blueprint) -> None:
        """Let only those at *routes* who may control the sandbox; the others get a document with ``code``."""

        @routes.before_request
        def check() -> ResponseReturnValue | None:
            refused = self._key_missing() or self._from_elsewhere()
            return None if refused is None else _documented(refused)

    def guard_pages(self, routes: Blueprint) -> None:
        """Let only those at *routes* who may control the sandbox; the others get a page, or are asked for the key."""

        @routes.before_request
        def check() -> ResponseReturnValue | None:
            refused = self._key_missing() or self._from_elsewhere() or self._form_not_ours()
            if refused is NO_KEY and request.method in SAFE_METHODS:
                return redirect(KEY_PAGE, 303)
            return None if refused is None else _shown(refused)

    def admit(self, response: AnyResponse, key: str) -> bool:
        """Say whether *key* is the one; if so, *response* gets a cookie that stands for it until the browser closes."""
        if self._digest is None or not hmac.compare_digest(_digest(key), self._digest):
            return False
        response.set_cookie(
            self._cookie,
            self._pass,
            path=PAGES,
            httponly=True,
            samesite="Strict",
            secure=self._issuer.startswith("https:"),
        )
        return True

    def refuse_foreign(self) -> ResponseReturnValue | None:
        """Return a page for what another site sends, or None; for the form that asks for the key."""
        refused = self._from_elsewhere()
        return None if refused is None else _shown(refused)

    def _key_missing(self) -> Refused | None:
        if self._digest is None:
            return None
        cookie = request.cookies.get(self._cookie, "")
        if hmac.compare_digest(cookie.encode(), self._pass.encode()):
            return None
        scheme, _, value = request.headers.get("Authorization", "").partition(" ")
        known = scheme.lower() == "bearer" and hmac.compare_digest(_digest(value.strip()), self._digest)
        return None if known else NO_KEY

    def _from_elsewhere(self) -> Refused | None:
        """Refuse what a page of another origin makes a browser send.

        Browsers say where a request comes from in ``Sec-Fetch-Site``, and in ``Origin`` with whatever changes
        something; programs say nothing. Other ports of this computer are other origins.
        """
        if request.method in SAFE_METHODS:
            return None
        origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
        here = f"{urlsplit(self._issuer).scheme}://{request.headers.get('Host')}"
        return None if origin in (None, self._issuer, here) and site in (None, "same-origin") else FOREIGN

    def _form_not_ours(self) -> Refused | None:
        if request.method in SAFE_METHODS:
            return None
        sent = request.form.get("form_key", "")
        return None if hmac.compare_digest(sent.encode(), self.form_key.encode()) else STALE


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


def _documented(refused: Refused) -> Response:
    refuse(refused.code, refused.sentence)
    response = jsonify({"code": refused.code, "message": refused.sentence})
    response.status_code = refused.status
    if refused is NO_KEY:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _shown(refused: Refused) -> Response:
    refuse(refused.code, refused.sentence)
    return make_response(render_template("control/refused.html", sentence=refused.sentence), refused.status)
