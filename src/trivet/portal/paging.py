"""Which part of a long list a page shows, and the addresses of the parts before and after it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import quote, urlencode

from flask import request

MAX_PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """One part of a list: page *number*, counted from 1, of *size* entries each, holding *count* of them."""

    number: int
    size: int
    count: int = 0
    more: bool = False

    @classmethod
    def asked_for(cls, args: Mapping[str, str], *, size: int) -> Self:
        """Read ``page`` from a query; anything but a sensible number is the first page."""
        text = args.get("page", "1")
        number = int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 1
        return cls(number=min(max(number, 1), MAX_PAGE), size=size)

    def holding(self, count: int, *, more: bool) -> Self:
        """Return the same page, now that it is known how many entries it has and whether others follow."""
        return replace(self, count=count, more=more)

    @property
    def offset(self) -> int:
        """How many entries come before this page."""
        return (self.number - 1) * self.size

    @property
    def first(self) -> int:
        return self.offset + 1

    @property
    def last(self) -> int:
        return self.offset + self.count

    @property
    def previous_url(self) -> str | None:
        return _this_page(page=self.number - 1) if self.number > 1 else None

    @property
    def next_url(self) -> str | None:
        return _this_page(page=self.number + 1) if self.more and self.number < MAX_PAGE else None


def _this_page(*, page: int) -> str:
    """
    Return the address in view with another page number, and everything else as it is.

    Put together by hand: `url_for` would take a parameter called ``_scheme`` or ``_external`` for an order to itself.
    """
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "page"]
    query = urlencode([*kept, ("page", page)] if page > 1 else kept)
    return quote(request.path) + (f"?{query}" if query else "")
