"""The one cookie that lets the sandbox know a browser again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, request

from trivet.sandbox.http.browser_cookie import cookie_name

if TYPE_CHECKING:
    from trivet.sandbox.world import World
    from trivet.sandbox.world.browsers import Browser


def current_browser(world: World) -> Browser | None:
    """Return the browser the current request comes from, if it has been here before."""
    return world.browsers.find(request.cookies.get(cookie_name(world.issuer)))


def remember(response: Response, browser: Browser, world: World) -> Response:
    """Set the cookie, until the browser closes."""
    secure = world.issuer.startswith("https:")
    response.set_cookie(cookie_name(world.issuer), browser.id, httponly=True, samesite="Lax", secure=secure)
    return response


def forget(response: Response, world: World) -> Response:
    """Delete the cookie, and with it everything known about the browser."""
    name = cookie_name(world.issuer)
    world.browsers.forget(request.cookies.get(name))
    response.delete_cookie(name, httponly=True, samesite="Lax")
    return response
