"""``/sandbox/api/seed``: the sandbox as it is now, as a seed to begin another one with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response

from trivet.sandbox.seed.exporting import exported

if TYPE_CHECKING:
    from trivet.sandbox.control.gate import Gate
    from trivet.sandbox.world import World

SEED = "/sandbox/api/seed"


def seed_routes(world: World, gate: Gate) -> Blueprint:
    routes = Blueprint("control_seed", __name__)
    gate.guard_api(routes)

    @routes.get(SEED)
    def seed() -> Response:
        headers = {"Content-Disposition": 'attachment; filename="sandbox-seed.toml"'}
        return Response(exported(world), mimetype="application/toml", headers=headers)

    return routes
