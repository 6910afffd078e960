"""Many people at once: who they are, what they do, and what each of them got to see."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from benchmarks.browser import Browser, Seen


@dataclass
class Visitor:
    """One browser with one person in front of it. ``views`` is what its pages said, in order."""

    url: str
    sub: str
    browser: Browser = field(default_factory=Browser)
    views: list[dict[str, Any]] = field(default_factory=list)

    def sign_in(self) -> None:
        self._note(self.browser.sign_in(self.url, self.sub))

    def look(self) -> None:
        self._note(self.browser.open(self.url))

    def _note(self, seen: Seen) -> None:
        assert (seen.status, seen.url) == (200, self.url), f"{seen.status} at {seen.url}:\n{seen.body}"
        self.views.append(json.loads(seen.body))


def visit_in_parallel(visitors: Sequence[Visitor], *, clients: int, looks: int) -> None:
    """
    Let *clients* work side by side, each with its share of the visitors: sign them all in, then look *looks* times.

    A client goes round its visitors, so that each request is somebody else's than the one before.
    """

    def work(share: Sequence[Visitor]) -> None:
        for visitor in share:
            visitor.sign_in()
        for _ in range(looks):
            for visitor in share:
                visitor.look()

    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(work, [visitors[client::clients] for client in range(clients)]))
