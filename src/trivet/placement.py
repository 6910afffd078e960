"""
Placement: a visit under another host name than the configured one is sent to the right one.

Cookies belong to a host name: somebody who signs in at ``localhost`` is a stranger at ``127.0.0.1``. So page views are
moved before anything is set. Another port of this machine may be another program, so nobody is sent there by surprise:
there is a page instead. Where a proxy hides the host name that would go round in circles; therefore the corrected
address carries a mark, and a marked address that is wrong again is answered by a page that says what to mend.
"""

import logging
from urllib.parse import urlsplit

from trivet.answer import Action, Answer, Page, redirect
from trivet.config import LOOPBACK, Config
from trivet.redirects import location
from trivet.request import Request

_MOVED = "trivet-moved"

_log = logging.getLogger(__name__)


class Placement:
    """Compares where requests arrive with where the application is configured to be."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._host = config.host
        self._base = urlsplit(config.base_url)

    def is_right(self, host: str, query: str) -> bool:
        """
        Tell from the ``Host`` header and the query alone that `answer` has nothing to say.

        Every request asks this, public pages too, so it must cost next to nothing.
        """
        return host == self._host and _MOVED not in query

    def answer(self, request: Request) -> Answer | None:
        """Send a page view to the right host name; None when the request may go on where it is."""
        if request.method not in {"GET", "HEAD"} or not request.wants_page():
            return None
        path, _, query = request.target.partition("?")
        parts = query.split("&") if query else []
        kept = [part for part in parts if part != f"{_MOVED}=1"]
        moved = len(kept) < len(parts)
        if request.host.lower() == self._host:
            return self._moved_to(path, kept) if moved else None
        if self._is_another_port(request.host):
            return self._port_differs(request.host)
        return self._hidden_by_proxy() if moved else self._moved_to(path, [*kept, f"{_MOVED}=1"])

    def _is_another_port(self, host: str) -> bool:
        """Tell whether the visitor and the configuration both mean this machine, but different ports of it."""
        try:
            arrived = urlsplit(f"http://{host}")
            return {arrived.hostname, self._base.hostname} <= LOOPBACK and arrived.port != self._base.port
        except ValueError:
            return False

    def _port_differs(self, host: str) -> Answer:
        _log.warning("a visitor came to %r, but GLOBUS_BASE_URL is %s", host, self._config.base_url)
        page = Page(
            title="Another port",
            message=f"This application is set up to be at {self._config.base_url}, and you came to another port.",
            hint="If this is where it should be, set GLOBUS_BASE_URL to the address that you typed.",
            actions=(Action(label=f"Go to {self._config.base_url}", url=self._config.home_url),),
            app_name=self._config.app_name,
        )
        return Answer(status=421, page=page)

    def _moved_to(self, path: str, query: list[str]) -> Answer:
        return redirect(location(f"{path}?{'&'.join(query)}" if query else path, self._config.base_url))

    def _hidden_by_proxy(self) -> Answer:
        page = Page(
            title="Wrong address",
            message="This site cannot be reached in this way.",
            hint=f"It is at {self._config.base_url}. If that is what you typed, the server in front of it changes the "
            "Host header: the people who run this site have to make it pass the header on.",
            app_name=self._config.app_name,
        )
        return Answer(status=421, page=page)
