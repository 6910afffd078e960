"""``GET /v2/web/auth-code``: where the code ends up when an application has no address of its own.

The person copies it into a terminal or a notebook (``globus_sdk.NativeAppAuthClient``). Only a code that was made for
this page is shown: a page that repeats whatever its address says could be used to pass somebody a stranger's code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request

from trivet.sandbox.auth.sign_in.pages import auth_code_page
from trivet.sandbox.http.record import note
from trivet.sandbox.world.code_addresses import AUTH_CODE_PAGE

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World
    from trivet.sandbox.world.codes import AuthorizationCode


def auth_code_routes(world: World) -> Blueprint:
    routes = Blueprint("auth_code", __name__)

    @routes.get(AUTH_CODE_PAGE)
    def show() -> ResponseReturnValue:
        with world.lock:
            code = _code_for_this_page(request.args.get("code", ""), world)
            if code is not None:
                note(client=code.request.client.key, person=code.person.key)
            error = request.args.get("error_description") or request.args.get("error")
            return auth_code_page(code, error)

    return routes


def _code_for_this_page(value: str, world: World) -> AuthorizationCode | None:
    code = world.codes.find(value)
    if code is None or code.spent or world.now() >= code.expires_at:
        return None
    return code if code.request.redirect_uri == world.issuer + AUTH_CODE_PAGE else None
