"""Who asks, as far as can be told before any route has looked: for faults that strike one person, or one application.

Nothing is decided by it. A token counts as its owner's be it alive or not, and a client's name is not checked.
"""

from __future__ import annotations

import io
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote_plus

from trivet.sandbox.http.basic import basic_credentials
from trivet.sandbox.http.browser_cookie import cookie_name

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from trivet.sandbox.world import World
    from trivet.sandbox.world.clients import Client
    from trivet.sandbox.world.people import Person

MAX_FORM_BYTES = 1_000_000
TOKEN_FIELDS = ("refresh_token", "token", "access_token")


def who_asks(environ: WSGIEnvironment, world: World) -> tuple[str | None, str | None]:
    """Return the person's and the client's names in the seed, where they can be told."""
    with world.lock:
        fields = {**_pairs(environ.get("QUERY_STRING", "")), **_form(environ)}
        header = environ.get("HTTP_AUTHORIZATION", "")
        scheme, _, credentials = header.partition(" ")
        bearer = credentials.strip() if scheme.lower() == "bearer" else ""
        person, client_id = _owner([bearer, *(fields.get(name, "") for name in TOKEN_FIELDS)], world)
        code = world.codes.find(fields.get("code", ""))
        browser = world.browsers.find(_cookie(environ, cookie_name(world.issuer)))
        person = person or (code.person if code else None) or (browser.person if browser else None)
        client = world.client(client_id or _basic_client(header) or fields.get("client_id"))
        return _key(person), _key(client or (code.request.client if code else None))


def _owner(values: list[str], world: World) -> tuple[Person | None, str | None]:
    found = (world.tokens.find(value) for value in values if value)
    token = next((each for each in found if each is not None), None)
    return (token.grant.person, token.client_id) if token else (None, None)


def _key(who: Person | Client | None) -> str | None:
    return who.key if who is not None else None


def _basic_client(header: str) -> str:
    """Return the client id in Basic credentials, form-encoded or not (RFC 6749 section 2.3.1)."""
    credentials = basic_credentials(header)
    return unquote_plus(credentials[0]) if credentials else ""


def _cookie(environ: WSGIEnvironment, name: str) -> str | None:
    try:
        found = SimpleCookie(environ.get("HTTP_COOKIE", "")).get(name)
    except CookieError:
        return None
    return found.value if found else None


def _form(environ: WSGIEnvironment) -> dict[str, str]:
    """Return the fields of a form, and leave it to be read again."""
    size = environ.get("CONTENT_LENGTH") or "0"
    if not environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded") or not size.isdecimal():
        return {}
    if int(size) > MAX_FORM_BYTES:
        return {}
    body = environ["wsgi.input"].read(int(size))
    environ["wsgi.input"] = io.BytesIO(body)
    return _pairs(body.decode("utf-8", "replace"))


def _pairs(text: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(text, max_num_fields=500))
    except ValueError:
        return {}
