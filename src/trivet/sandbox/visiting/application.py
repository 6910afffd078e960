"""The application under test, through whatever HTTP client the test has.

All that is asked of a client: ``get(address, headers=...)``, a ``status_code`` and ``headers`` in what it returns, and
cookies that it keeps. Only how to say that redirects are not to be followed differs.
"""

from __future__ import annotations

import inspect
from typing import Any
from urllib.parse import urlsplit

KEYWORDS = {"resolve_redirects": "allow_redirects", "force_login": "follow"}
"""Method that only such a client has -> its word for following redirects: ``requests.Session``, Django's test client.

Everybody else says ``follow_redirects``: Flask's and Werkzeug's test clients, httpx, Starlette's test client.
"""

HEADERS = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


class Application:
    """The application that *client* talks to.

    Raises:
        TypeError: the client is asynchronous, or is the application itself.
    """

    def __init__(self, client: Any) -> None:
        if callable(client):  # as applications are (WSGI, ASGI), and clients are not
            raise TypeError(
                "This is the application; sign_in wants a client for it, such as app.test_client() or TestClient(app)."
            )
        if inspect.iscoroutinefunction(client.get):
            raise TypeError(
                "sign_in drives a synchronous client. With an asynchronous one, ask for the login page yourself, give "
                "its redirect to globus.authorize(address, person), and ask for the address that returns."
            )
        self._client = client
        keyword = next((KEYWORDS[each] for each in KEYWORDS if hasattr(client, each)), "follow_redirects")
        self._options = {"headers": HEADERS, keyword: False}

    @property
    def host(self) -> str | None:
        """Where its relative addresses lead, if the client says so."""
        return urlsplit(str(getattr(self._client, "base_url", ""))).hostname

    def get(self, address: str) -> Any:
        """Return the answer, be it a redirect."""
        return self._client.get(address, **self._options)


def location_of(response: Any) -> str | None:
    """Return where *response* redirects to, or None."""
    if not 300 <= response.status_code < 400:
        return None
    location = response.headers.get("Location")
    return None if location is None else str(location)
