"""One sandbox while it runs: how it is put together from its plan, and taken down without leftovers."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from trivet.sandbox.address import origin
from trivet.sandbox.app import build
from trivet.sandbox.carrier.carriers import Carriers
from trivet.sandbox.control.gate import Gate
from trivet.sandbox.control.reset import back_to_seed
from trivet.sandbox.seed.sample_data import write_sample_data
from trivet.sandbox.seed.settling import Settling
from trivet.sandbox.serving import ServerThread, listening_sockets
from trivet.sandbox.world import World

if TYPE_CHECKING:
    from collections.abc import Callable

    from trivet.sandbox.seed.reading import Seed
    from trivet.sandbox.switches import Switches


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a sandbox is to be; see ``Sandbox``."""

    seed: Seed
    built_in: bool
    host: str
    issuer: str | None
    data_dir: Path | None
    clock: Callable[[], float]
    switches: Switches
    control_key: str | None


class Running:
    """Listens from when it is made until ``stop``.

    Raises:
        SeedError: the seed cannot be used.
        OSError: the port is taken.
    """

    def __init__(self, plan: Plan, port: int) -> None:
        self._stopped = False
        self._own_directory: tempfile.TemporaryDirectory[str] | None = None
        directory = self._directory(plan)
        try:
            if plan.built_in:
                write_sample_data(directory)
            inhabitants = Settling(plan.seed, own=directory).inhabitants()
            sockets = listening_sockets(plan.host, port)
            self.port: int = sockets[0].getsockname()[1]
            issuer = plan.issuer or origin(plan.host, self.port)
            self.world = World(issuer=issuer, inhabitants=inhabitants, clock=plan.clock, switches=plan.switches)
            self.carriers = Carriers(self.world.carrying, tries=plan.switches.transfer_tries)
            self.app = build(self.world, self.carriers, Gate(issuer, plan.control_key))
            self._server = ServerThread(self.app, sockets)
        except BaseException:
            self._remove_directory()
            raise

    @property
    def listens(self) -> bool:
        return not self._stopped

    def stop(self) -> None:
        """Stop listening and carrying, end all threads and remove the temporary directory. May be called twice."""
        self._stopped = True
        self.world.faults.close()
        self._server.stop()
        self.carriers.stop()
        self._remove_directory()

    def reset(self) -> None:
        """Go back to the seed; files stay as they are."""
        back_to_seed(self.world, self.carriers)

    def _directory(self, plan: Plan) -> Path:
        if plan.data_dir is not None:
            plan.data_dir.mkdir(parents=True, exist_ok=True)
            return plan.data_dir.resolve()
        self._own_directory = tempfile.TemporaryDirectory(prefix="trivet-sandbox-")
        return Path(self._own_directory.name).resolve()

    def _remove_directory(self) -> None:
        if self._own_directory is not None:
            self._own_directory.cleanup()
            self._own_directory = None
