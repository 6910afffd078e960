"""One sandbox while it runs: how it is put together from its plan, and taken down without leftovers."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from trivet.sandbox.address import origin
from trivet.sandbox.app import build
from trivet.sandbox.carrier.carriers import Carriers
from trivet.sandbox.control.gate import Gate
from trivet.sandbox.control.reset import back_to_seed
from trivet.sandbox.files.pristine import Pristine
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
    control_key: str | None = field(repr=False)


class Running:
    """Listens from when it is made until ``stop``.

    Raises:
        SeedError: the seed cannot be used.
        OSError: the port is taken.
    """

    def __init__(self, plan: Plan, port: int) -> None:
        self._stopped = False
        with ExitStack() as undoing:
            directory = _directory(plan, undoing)
            if plan.built_in:
                write_sample_data(directory)
            inhabitants = Settling(plan.seed, own=directory).inhabitants()
            sockets = [undoing.enter_context(each) for each in listening_sockets(plan.host, port)]
            self.port: int = sockets[0].getsockname()[1]
            issuer = plan.issuer or origin(plan.host, self.port)
            self.world = World(issuer=issuer, inhabitants=inhabitants, clock=plan.clock, switches=plan.switches)
            own_files = Pristine(directory) if plan.data_dir is None else None
            self.carriers = Carriers(self.world.carrying, tries=plan.switches.transfer_tries, own_files=own_files)
            undoing.callback(self.carriers.stop)
            self.app = build(self.world, self.carriers, Gate(issuer, plan.control_key))
            undoing.callback(ServerThread(self.app, sockets).stop)
            undoing.callback(self.world.faults.close)  # first of all, or the server would wait for those who wait
            self._undoing = undoing.pop_all()

    @property
    def listens(self) -> bool:
        return not self._stopped

    def stop(self) -> None:
        """Stop listening and carrying, end all threads and remove the temporary directory. May be called twice."""
        self._stopped = True
        self._undoing.close()

    def reset(self) -> None:
        """Go back to the seed, with the files that the sandbox has made itself."""
        back_to_seed(self.world, self.carriers)


def _directory(plan: Plan, undoing: ExitStack) -> Path:
    """Return where collections without a directory get one; *undoing* removes a temporary one."""
    if plan.data_dir is None:
        return Path(undoing.enter_context(tempfile.TemporaryDirectory(prefix="trivet-sandbox-"))).resolve()
    plan.data_dir.mkdir(parents=True, exist_ok=True)
    return plan.data_dir.resolve()
