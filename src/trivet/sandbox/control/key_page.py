"""``/sandbox/key``: the form that asks for the control key, where one is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request

from trivet.sandbox.control.gate import KEY_PAGE, PAGES
from trivet.sandbox.http.record import refused

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.control.gate import Gate


def key_routes(gate: Gate) -> Blueprint:
    routes = Blueprint("control_key", __name__)

    @routes.get(KEY_PAGE)
    def ask() -> ResponseReturnValue:
        return render_template("control/key.html", wrong=False)

    @routes.post(KEY_PAGE)
    def take() -> ResponseReturnValue:
        foreign = gate.refuse_foreign()
        if foreign is not None:
            return foreign
        response = redirect(PAGES, 303)
        if gate.admit(response, request.form.get("key", "")):
            return response
        refused("WrongKey", "That is not the control key.")
        return render_template("control/key.html", wrong=True), 401

    return routes
