"""Interleaved measurements: in every round each page has a turn, so that whatever disturbs the machine disturbs all."""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks.figures import Block

WARM_UP_REQUESTS = 100


@dataclass(frozen=True, slots=True)
class Subject:
    """What is measured: something to do once, and the CPU seconds used up so far by those who do it."""

    look: Callable[[], None]
    cpu_seconds: Callable[[], float]


def measure(subjects: Mapping[str, Subject], *, rounds: int, requests: int) -> dict[str, list[Block]]:
    """Return, for each subject, one block of that many *requests* per round."""
    for subject in subjects.values():
        _block(subject, WARM_UP_REQUESTS)
    blocks: dict[str, list[Block]] = {name: [] for name in subjects}
    order = list(subjects)
    shuffle = random.Random(0).shuffle  # always after the same neighbour, a page would find the same caches warm
    for _ in range(rounds):
        shuffle(order)
        for name in order:
            blocks[name].append(_block(subjects[name], requests))
    return blocks


def _block(subject: Subject, requests: int) -> Block:
    cpu, wall = subject.cpu_seconds(), time.perf_counter()
    for _ in range(requests):
        subject.look()
    return Block(requests, subject.cpu_seconds() - cpu, time.perf_counter() - wall)
