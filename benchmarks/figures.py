"""From measured blocks to figures: plain functions, and medians, because a disturbed block is slow and never fast."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Block:
    """Some requests in a row, and what they took together."""

    requests: int
    cpu_seconds: float
    wall_seconds: float

    @property
    def cpu_microseconds(self) -> float:
        """CPU time per request."""
        return self.cpu_seconds / self.requests * 1e6

    @property
    def per_second(self) -> float:
        """Requests per second."""
        return self.requests / self.wall_seconds


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle of some values, and their ends."""

    median: float
    least: float
    most: float


def spread(values: Sequence[float]) -> Spread:
    """Return the spread of *values*, of which there is at least one."""
    return Spread(median(values), min(values), max(values))


def share_below(values: Sequence[float], share: float) -> float:
    """Return the value that *share* of *values* do not exceed, between 0 and 1."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def ratio(blocks: Sequence[Block], baseline: Sequence[Block]) -> float:
    """
    Return how many times the CPU of *baseline* the *blocks* take: the median over rounds.

    Each block is compared with its neighbour in time, so a machine that slows down for a while does not matter.
    """
    return median(
        block.cpu_seconds / block.requests / (other.cpu_seconds / other.requests)
        for block, other in zip(blocks, baseline, strict=True)
    )
