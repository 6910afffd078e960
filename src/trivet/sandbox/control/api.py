"""``/sandbox/api/``: what the control page does, as JSON, for programs and for ``trivet sandbox`` on the command line.

Every POST brings a JSON object, which no form of a foreign page can. What means nothing is a 400 with a sentence.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, request

from trivet.sandbox.control.fault_fields import fault_in
from trivet.sandbox.control.reset import back_to_seed
from trivet.sandbox.control.state import moments, state
from trivet.sandbox.http.json_body import json_body
from trivet.sandbox.http.record import refused
from trivet.sandbox.seed.exporting import exported
from trivet.sandbox.world.mishaps import MISHAPS, happen
from trivet.sandbox.world.upcoming import advance_to_next

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.carrier.carriers import Carriers
    from trivet.sandbox.control.gate import Gate
    from trivet.sandbox.world import World

API = "/sandbox/api"


def api_routes(world: World, carriers: Carriers, gate: Gate) -> Blueprint:
    routes = Blueprint("control_api", __name__, url_prefix=API)
    gate.guard_api(routes)
    _answer_errors(routes)
    _add_looking(routes, world)
    _add_clock(routes, world)
    _add_faults(routes, world)

    @routes.post("/reset")
    def reset() -> ResponseReturnValue:
        _sent()
        with world.lock:
            back_to_seed(world, carriers)
            return jsonify(state(world))

    return routes


def _add_looking(routes: Blueprint, world: World) -> None:
    @routes.get("/state")
    def all_of_it() -> ResponseReturnValue:
        with world.lock:
            return jsonify(state(world))

    @routes.get("/requests")
    def requests() -> ResponseReturnValue:
        return jsonify([asdict(record) for record in world.log.all()])

    @routes.get("/seed")
    def seed() -> ResponseReturnValue:
        headers = {"Content-Disposition": 'attachment; filename="sandbox-seed.toml"'}
        return Response(exported(world), mimetype="application/toml", headers=headers)


def _add_clock(routes: Blueprint, world: World) -> None:
    def now() -> ResponseReturnValue:
        with world.lock:
            return jsonify(moments(world))

    routes.get("/clock")(now)

    @routes.post("/advance")
    def advance() -> ResponseReturnValue:
        sent = _sent("by", "to")
        if len(sent) != 1:
            raise ValueError('Send {"by": "49h"}, or {"to": "refresh-token-death"}.')
        if "to" in sent:
            advance_to_next(world, str(sent["to"]))
        else:
            world.advance(sent["by"])
        return now()

    @routes.post("/freeze")
    def freeze() -> ResponseReturnValue:
        _sent()
        world.clock.freeze()
        return now()

    @routes.post("/unfreeze")
    def unfreeze() -> ResponseReturnValue:
        _sent()
        world.clock.unfreeze()
        return now()


def _add_faults(routes: Blueprint, world: World) -> None:
    def in_force() -> Response:
        return jsonify([asdict(each) for each in world.in_force()])

    routes.get("/faults")(in_force)

    @routes.post("/faults")
    def fail() -> ResponseReturnValue:
        target, effect = fault_in(_sent())
        fault = world.add_fault(target, effect)
        return jsonify(asdict(fault.in_force())), 201

    @routes.delete("/faults")
    def clear() -> ResponseReturnValue:
        world.clear_faults()
        return in_force()

    @routes.delete("/faults/<fault_id>")
    def clear_one(fault_id: str) -> ResponseReturnValue:
        world.clear_fault(fault_id)
        return in_force()

    @routes.get("/mishaps")
    def mishaps() -> ResponseReturnValue:
        table = {
            name: {"sentence": each.sentence, "needs": each.needs, "takes": each.takes}
            for name, each in MISHAPS.items()
        }
        return jsonify(table)

    @routes.post("/mishaps/<name>")
    def mishap(name: str) -> ResponseReturnValue:
        told = _sent()
        if not all(isinstance(value, str) for value in told.values()):
            raise ValueError("What a mishap is told are texts.")
        happen(world, name, told)
        return in_force()


def _sent(*known: str) -> dict[str, Any]:
    """Return the JSON object that came with the request; of a few *known* fields, if any are named.

    Raises:
        ValueError: it is none.
    """
    if not request.is_json:
        raise ValueError("A JSON object is needed, with Content-Type: application/json; {} if there is nothing to say.")
    try:
        document = json_body()
    except ValueError:
        raise ValueError("The body is no JSON.") from None
    if not isinstance(document, dict):
        raise ValueError("A JSON object is needed.")
    unknown = set(document) - set(known) if known else set()
    if unknown:
        raise ValueError(f"The fields here are: {', '.join(known)}.")
    return document


def _answer_errors(routes: Blueprint) -> None:
    def answer(code: str, sentence: str, status: int) -> ResponseReturnValue:
        refused(code, sentence)
        return jsonify({"code": code, "message": sentence}), status

    @routes.errorhandler(ValueError)
    def meaningless(error: ValueError) -> ResponseReturnValue:
        return answer("BadRequest", str(error), 400)

    @routes.errorhandler(LookupError)
    def nobody(error: LookupError) -> ResponseReturnValue:
        return answer("NotFound", str(error.args[0]), 404)
