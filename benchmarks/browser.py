"""
A browser for many parallel users: it keeps cookies, follows redirects, and signs in at the sandbox.

On `http.client` alone, because a dozen times as many of them fit on one core as of anything more comfortable.
"""

import re
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

TIMEOUT_SECONDS = 30
MAX_REDIRECTS = 10
NAVIGATION = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en-GB,en;q=0.5",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "none",
}

_ATTEMPT = re.compile(r'name="attempt" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Seen:
    """What is in view after the last redirect. ``url`` is where it came from."""

    status: int
    url: str
    body: str


class Browser:
    """One person's browser. Everything is at localhost, where cookies of all ports share one jar."""

    def __init__(self) -> None:
        self.cookies: dict[str, str] = {}

    @property
    def cookie_header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def open(self, url: str) -> Seen:
        """Go to *url*, and on to where it leads."""
        return self._go("GET", url)

    def submit(self, url: str, **fields: str) -> Seen:
        """Send a form to *url*, and go on to where it leads."""
        return self._go("POST", url, urlencode(fields))

    def sign_in(self, url: str, identity: str) -> Seen:
        """Go to *url*, sign in at the sandbox as the person with that identity id, allow what is asked, and return."""
        seen = self.open(url)
        if 'name="identity"' in seen.body:
            seen = self.submit(urljoin(seen.url, "/sandbox/sign-in"), attempt=_attempt(seen), identity=identity)
        if 'name="decision"' in seen.body:
            seen = self.submit(urljoin(seen.url, "/sandbox/consent"), attempt=_attempt(seen), decision="allow")
        return seen

    def _go(self, method: str, url: str, form: str | None = None) -> Seen:
        for _ in range(MAX_REDIRECTS):
            status, location, body = self._request(method, url, form)
            if location is None:
                return Seen(status, url, body)
            method, url, form = "GET", urljoin(url, location), None
        raise RuntimeError(f"There is no end to the redirects; the last was to {url}.")

    def _request(self, method: str, url: str, form: str | None) -> tuple[int, str | None, str]:
        parts = urlsplit(url)
        headers = {**NAVIGATION, "Host": parts.netloc, "Cookie": self.cookie_header}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        # By number: "localhost" would be tried on IPv6 first, each time.
        connection = HTTPConnection("127.0.0.1", parts.port, timeout=TIMEOUT_SECONDS)
        try:
            connection.request(method, f"{parts.path or '/'}?{parts.query}".removesuffix("?"), form, headers)
            response = connection.getresponse()
            self._remember(response)
            return response.status, response.getheader("Location"), response.read().decode()
        finally:
            connection.close()

    def _remember(self, response: HTTPResponse) -> None:
        for line in response.headers.get_all("Set-Cookie", []):
            for name, cookie in SimpleCookie(line).items():
                if cookie["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = cookie.value


def _attempt(seen: Seen) -> str:
    found = _ATTEMPT.search(seen.body)
    assert found, f"no form of the sandbox at {seen.url}"
    return found[1]
