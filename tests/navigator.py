"""
A browser without a screen, for tests that talk HTTP to real servers.

It keeps cookies as browsers do (for a host name, whatever the port), says with ``Sec-Fetch-*`` what each request is
for, follows redirects and remembers them, and presses buttons of forms.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

HTML = "text/html,application/xhtml+xml,*/*;q=0.8"


@dataclass
class Form:
    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(values.get("action", "")))
        elif tag == "input" and self.forms and values.get("name"):
            self.forms[-1].fields.append((values["name"], values.get("value", "")))
        elif tag == "button" and self.forms:
            self.forms[-1].buttons.append((values.get("name", ""), values.get("value", "")))
        elif tag == "a":
            self.links.append(("", values.get("href", "")))

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.links:
            label, address = self.links[-1]
            self.links[-1] = (label + data, address)


class Seen:
    """A page as it arrived, at the end of its redirects."""

    def __init__(self, response: requests.Response, hops: list[str]) -> None:
        self.response = response
        self.status = response.status_code
        self.url = response.url
        self.hops = hops
        self._reader = _Reader(response.text if "html" in response.headers.get("Content-Type", "") else "")
        self.text = self._reader.text or response.text
        self.forms = self._reader.forms

    def link(self, label: str) -> str:
        """The address of the link that begins with *label*."""
        return next(address for text, address in self._reader.links if text.strip().startswith(label))

    def offers(self, label: str) -> bool:
        """Whether there is a link that begins with *label*."""
        return any(text.strip().startswith(label) for text, _ in self._reader.links)

    def has(self, name: str) -> bool:
        """Whether there is a button of that name."""
        return any(button == name for form in self.forms for button, _ in form.buttons)


class Navigator:
    """One browser, with its cookies."""

    def __init__(self, globus: Any = None) -> None:
        self.globus = globus
        self.http = requests.Session()
        self.http.trust_env = False  # no proxy is between us; looking for one takes longer than asking
        self.stop_before: str | None = None  # a redirect to an address that begins so is not followed

    @property
    def cookies(self) -> dict[str, str]:
        return {cookie.name: cookie.value or "" for cookie in self.http.cookies}

    def open(self, url: str, *, method: str = "GET", referrer: str | None = None, **options: Any) -> Seen:
        """Go to *url* as a person does, from a page at *referrer* or by typing, and follow where it leads."""
        hops: list[str] = []
        for _ in range(12):
            response = self._request(method, url, referrer, passed=hops, **options)
            if not response.is_redirect:
                return Seen(response, hops)
            url = urljoin(url, response.headers["Location"])
            hops.append(url)
            if self.stop_before and url.startswith(self.stop_before):
                return Seen(response, hops)
            if response.status_code != 307:  # which repeats the request, body and all
                method, options = "GET", {}
        raise AssertionError(f"redirected in a circle: {hops}")

    def step(self, url: str, *, method: str = "GET", referrer: str | None = None, **options: Any) -> requests.Response:
        """Go to *url* and no further."""
        return self._request(method, url, referrer, **options)

    def fetch(self, url: str, *, referrer: str | None = None, method: str = "GET") -> requests.Response:
        """Ask for *url* as a script does."""
        headers = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty", "Accept": "*/*"}
        return self._request(method, url, referrer or url, headers=headers)

    def press(self, seen: Seen, name: str = "", value: str | None = None) -> Seen:
        """Press the button of that name, and value if given, on the page in view."""
        for form in seen.forms:
            for button, offered in form.buttons:
                if button == name and value in (None, offered):
                    data = [*form.fields, *([(name, offered)] if name else [])]
                    return self.open(urljoin(seen.url, form.action), method="POST", referrer=seen.url, data=data)
        raise AssertionError(f"no button {name!r} {value!r} on {seen.url}: {[form.buttons for form in seen.forms]}")

    def agree(self, seen: Seen, person: str = "ada", *, decision: str = "allow") -> Seen:
        """
        Pass the pages of the sandbox, as many as there are: be *person*, and allow or deny.

        Where only some of their identities are offered, the first of those; and on through the page of the site that
        says what Globus is going to ask for.
        """
        for _ in range(20):
            if seen.offers("Continue to Globus"):
                seen = self.open(seen.link("Continue to Globus"), referrer=seen.url)
            elif not seen.url.startswith(self.globus.url):
                return seen
            elif seen.has("identity"):
                offered = [value for form in seen.forms for name, value in form.buttons if name == "identity"]
                own = [identity.id for identity in self.globus.people[person].identities]
                seen = self.press(seen, "identity", next(each for each in own if each in offered))
            elif seen.has("factor"):
                seen = self.press(seen, "factor")
            elif seen.has("decision"):
                seen = self.press(seen, "decision", decision)
            else:
                return seen
        raise AssertionError(f"asked in circles, last at {seen.url}")

    def sign_in(self, url: str, person: str = "ada") -> Seen:
        """Go to *url* and sign in on the way, agreeing to everything."""
        return self.agree(self.open(url), person)

    def _request(
        self, method: str, url: str, source: str | None, *, passed: Sequence[str] = (), **options: Any
    ) -> requests.Response:
        headers = {
            "Accept": HTML,
            "Sec-Fetch-Mode": "navigate",
            "Sec-Fetch-Dest": "document",
            "Sec-Fetch-Site": _site(source, [*passed, url]),
        }
        if source:
            headers["Referer"] = source
        if source and method not in {"GET", "HEAD"}:
            headers["Origin"] = _origin(source)
        headers.update(options.pop("headers", {}))
        return self.http.request(method, url, headers=headers, allow_redirects=False, timeout=20, **options)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _site(source: str | None, addresses: Sequence[str]) -> str:
    """Say where a request comes from: the page it began at, compared with every address it was sent to since."""
    if source is None:
        return "none"
    # A site is a registrable domain; ports do not matter to it, but ours stand for different companies.
    return "same-origin" if all(_origin(source) == _origin(address) for address in addresses) else "cross-site"
