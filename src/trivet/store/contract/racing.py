"""Races: the same thing, or two that exclude each other, from many threads at one moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

THREADS = 8
ROUNDS = 10  # races are run this often, because one round may happen to go well


def together(*calls: Callable[[], T]) -> list[T]:
    """Run all *calls* at once, each in a thread of its own, and return their results in the same order."""
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], T]) -> T:
        start.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))
