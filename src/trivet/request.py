"""
What a browser asked for, in no framework's words, and what can be told from it.

The ``Sec-Fetch-*`` headers (W3C Fetch Metadata) say what a request is for and where it comes from; a page cannot
forge them. Programs and old browsers do not send them. What a request is for is then told by ``Accept``; where it comes
from by ``Origin`` or ``Referer``, and is "elsewhere" when they do not tell either.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qsl

from trivet.seen_from import seen_from


class Headers(Protocol):
    """Header values by name, whatever its case."""

    def get(self, name: str, /) -> str | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """
    What came with a form: its fields in order, without the framework's own token against forgery.

    ``has_files`` when there were files among them; ``is_too_long`` when it was not read because of its length.
    """

    fields: tuple[tuple[str, str], ...] = ()
    has_files: bool = False
    is_too_long: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """
    One request.

    ``target`` is the path with its query as the browser sent them, ``host`` the ``Host`` header, ``address`` where the
    framework says that it comes from. ``posted`` is there when a page could not be shown that a form was sent to; None
    when it was no form, or nobody cares.
    """

    method: str
    target: str
    host: str
    headers: Headers
    cookies: Mapping[str, str]
    address: str = ""
    posted: Posted | None = None

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    def parameters(self, name: str) -> list[str]:
        """Return the values of a query parameter, as many as were sent."""
        query = self.target.partition("?")[2]
        return [value for key, value in parse_qsl(query, keep_blank_values=True) if key == name]

    def parameter(self, name: str) -> str | None:
        """Return the value of a query parameter; None when it was sent not at all, or more than once."""
        values = self.parameters(name)
        return values[0] if len(values) == 1 else None

    @property
    def seen_from(self) -> str:
        """Where it comes from, in words for the person it comes from."""
        return seen_from(self._header("User-Agent"), self.address)

    def wants_page(self) -> bool:
        """Tell whether a person is looking at the place where the answer will appear, as opposed to a script."""
        if self._is_navigation() is not None:
            return self._is_navigation() is True
        if self._header("X-Requested-With").lower() == "xmlhttprequest":
            return False
        return "text/html" in self._header("Accept")

    def may_act(self) -> bool:
        """
        Tell whether this request may start or end something.

        A request for an image or by a script of another site must not, nor one that a browser makes in advance in case
        somebody clicks (``Sec-Purpose: prefetch``), nor ``HEAD``, which only asks *about* a page.
        """
        if self.method == "HEAD" or "prefetch" in self._header("Sec-Purpose") + self._header("Purpose"):
            return False
        return self._is_navigation() is not False

    def _is_navigation(self) -> bool | None:
        """Tell whether the answer will fill a tab; None when the browser does not say."""
        mode, destination = self._header("Sec-Fetch-Mode"), self._header("Sec-Fetch-Dest")
        return mode == "navigate" and destination in {"document", ""} if mode else None

    def comes_from(self, origin: str) -> bool:
        """Tell whether a page of *origin* made this request, as far as the browser says."""
        if site := self._header("Sec-Fetch-Site"):
            return site == "same-origin"
        if source := self._header("Origin"):
            return source == origin
        return self.referring_target(origin) is not None

    def referring_target(self, origin: str) -> str | None:
        """Return the path and query of the page of *origin* that this request was made from, if one was."""
        referrer = self._header("Referer")
        return referrer.removeprefix(origin) if referrer.startswith(f"{origin}/") else None

    def _header(self, name: str) -> str:
        return self.headers.get(name) or ""
