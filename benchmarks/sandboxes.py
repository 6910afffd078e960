"""What a local Globus costs whoever tests with it: to start, to reset, to ask for tokens, to leave running."""

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Spread, share_below, spread
from benchmarks.full_world import fill, issue_tokens
from benchmarks.local_globus import FAUXBUS, SANDBOX, LocalGlobus, Program, post, token_request
from trivet.sandbox import Sandbox

STEP_SECONDS = 0.04
"""What a connection loses each time it waits for a packet that Nagle's algorithm holds back (fauxbus does)."""

LATE_SECONDS = 0.01
"""What nobody waits for who is alone with the sandbox, unless the sandbox or the machine has something else to do."""

WARM_UP_REQUESTS = 200
RESETS = 20
FULL_RESETS = 5
FAUXBUS_REQUESTS = 200
TOKENS_BEFORE_RESET = 2_000


@dataclass(frozen=True, slots=True)
class Latencies:
    """Answers over one kept-alive connection, one after another; seconds."""

    taken: Sequence[float]

    @property
    def per_second(self) -> float:
        return len(self.taken) / sum(self.taken)

    def later_than(self, seconds: float) -> int:
        """Return how many answers took longer."""
        return sum(each > seconds for each in self.taken)

    def below(self, share: float) -> float:
        """Return the seconds within which that *share* of the answers came."""
        return share_below(self.taken, share)


@dataclass(frozen=True, slots=True)
class Measured:
    """
    One program. Seconds; and megabytes in use after a quarter of the requests, and after all of them.

    *full_resets* are those of a sandbox that remembers all it can. Nobody tells fauxbus to forget anything.
    """

    cold_starts: Spread
    resets: Spread
    full_resets: Spread | None
    tokens: Latencies
    megabytes: tuple[float, float]


def measure_sandboxes(*, starts: int, requests: int) -> dict[str, Measured]:
    """Measure our sandbox, with that many *starts* and token *requests*, and fauxbus beside it."""
    with tempfile.TemporaryDirectory(prefix="trivet-bench-") as directory:
        return {
            SANDBOX.name: _measure(SANDBOX, Path(directory), starts=starts, requests=requests),
            FAUXBUS.name: _measure(FAUXBUS, Path(directory), starts=starts, requests=min(requests, FAUXBUS_REQUESTS)),
        }


def _measure(program: Program, directory: Path, *, starts: int, requests: int) -> Measured:
    cold_starts = [_cold_start(program, directory) for _ in range(starts + 1)]
    with LocalGlobus(program, directory) as running, running.connected() as connection:
        asking = token_request()
        connection.latencies(asking, min(WARM_UP_REQUESTS, requests))
        taken = connection.latencies(asking, requests // 4)
        quarter = running.megabytes()
        taken += connection.latencies(asking, requests - len(taken))
        megabytes = (quarter, running.megabytes())
        resets = connection.latencies(post(program.reset), RESETS) if program.reset else _our_resets()
    full_resets = None if program.reset else spread(_full_resets())
    return Measured(spread(cold_starts[1:]), spread(resets), full_resets, Latencies(taken), megabytes)


def _cold_start(program: Program, directory: Path) -> float:
    with LocalGlobus(program, directory) as running:
        return running.cold_start_seconds


def _our_resets() -> list[float]:
    """Reset as a test does, in its own process; each time there is something to forget."""
    with Sandbox() as globus:
        return [_reset_after_tokens(globus) for _ in range(RESETS)]


def _reset_after_tokens(globus: Sandbox) -> float:
    with globus.world.lock:
        issue_tokens(globus, TOKENS_BEFORE_RESET // 2)
    return _reset(globus)


def _full_resets() -> list[float]:
    """Reset sandboxes that remember all they can; each is one of its own, so that nothing is left of the one before."""
    return [_reset_when_full() for _ in range(FULL_RESETS)]


def _reset_when_full() -> float:
    with Sandbox() as globus:
        fill(globus)
        return _reset(globus)


def _reset(globus: Sandbox) -> float:
    began = time.perf_counter()
    globus.reset()
    return time.perf_counter() - began
