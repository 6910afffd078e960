"""Somebody with a browser of their own, and a note of everything in it that went wrong."""

import re
from typing import Protocol
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response, expect

from navigator import Navigator
from trivet.sandbox import Sandbox

SECONDS = 1000


class Place(Protocol):
    """What can be visited: an application at an address, and the Globus it signs people in at."""

    @property
    def url(self) -> str: ...

    @property
    def sandbox(self) -> Sandbox: ...


class Visitor:
    """
    One browser profile, visiting an application: the portal of the demo, unless a test says otherwise.

    ``troubles`` fills with console errors, failed requests for parts of a page, and pages that say 500 or more; a
    visitor whose story is about such a page puts its status into ``expected``.
    """

    def __init__(self, context: BrowserContext, place: Place) -> None:
        self.context = context
        self.place = place
        self.troubles: list[str] = []
        self.expected: set[int] = set()
        context.set_default_timeout(10 * SECONDS)
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.troubles.append(str(error.error)))
        context.on("response", self._see)
        context.on("requestfailed", self._miss)
        self.page = context.new_page()

    def open(self, address: str = "/", page: Page | None = None) -> Page:
        """Go to an address of the application, as if typed."""
        page = page or self.page
        page.goto(address if "://" in address else self.place.url + address)
        return page

    def start_sign_in(self, page: Page | None = None) -> Page:
        """Open the portal and press the button, up to the page of Globus."""
        page = self.open("/", page)
        page.get_by_role("link", name="Sign in with Globus").click()
        page.wait_for_url(f"{self.place.sandbox.url}/**")
        return page

    def choose(self, person: str, page: Page | None = None) -> None:
        """Pick an account at Globus: somebody's first, or the one of that username."""
        people = self.place.sandbox.people
        name = people[person].username if person in people else person
        (page or self.page).get_by_role("button").filter(has_text=re.compile(re.escape(name))).first.click()

    def to_globus(self, page: Page | None = None) -> None:
        """Go on from the page that says what Globus will ask for."""
        page = page or self.page
        page.get_by_role("link", name="Continue to Globus").click()
        page.wait_for_url(f"{self.place.sandbox.url}/**")

    def confirm(self, page: Page | None = None) -> None:
        """Show the second factor, and wait until Globus has let go of the browser."""
        page = page or self.page
        page.get_by_role("button", name="It is me").click()
        page.wait_for_url(f"{self.place.url}/**")

    def give_up(self, page: Page | None = None) -> None:
        """Go back from Globus without having done what it asks for."""
        page = page or self.page
        page.get_by_role("button", name="Back to").click()
        page.wait_for_url(f"{self.place.url}/**")

    def consent(self, answer: str = "Allow", page: Page | None = None) -> None:
        """Answer the question of Globus, and wait until it has let go of the browser."""
        page = page or self.page
        page.get_by_role("button", name=answer, exact=True).click()
        page.wait_for_url(f"{self.place.url}/**")

    def agree(self, person: str = "ada", page: Page | None = None) -> None:
        """Pass through Globus as *person*."""
        self.choose(person, page)
        self.consent(page=page)

    def sign_in(self, person: str = "ada") -> Page:
        """Arrive at the dashboard as *person*, who has not consented before."""
        self.start_sign_in()
        self.agree(person)
        expect(self.page).to_have_url(f"{self.place.url}/dashboard")
        return self.page

    def be_signed_in(self, person: str = "ada") -> Page:
        """
        Have signed in as *person* before, for a story that begins after that: with the cookies of it, and no page open.

        Pages in a browser cost a hundred times as much as the same by HTTP.
        """
        before = Navigator(self.place.sandbox)
        before.sign_in(f"{self.place.url}/login", person)
        for each in before.http.cookies:
            cookie = {"name": each.name, "value": each.value or "", "domain": "localhost", "path": each.path}
            self.context.add_cookies([{**cookie, "httpOnly": True}])
        return self.page

    def sign_out(self, page: Page | None = None) -> Page:
        """Press the button, and wait for the page on which Globus says goodbye."""
        page = page or self.page
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url(f"{self.place.sandbox.url}/v2/web/logout**")
        return page

    @property
    def session_cookie(self) -> str | None:
        """The value of the portal's session cookie."""
        name = f"trivet-{urlsplit(self.place.url).port}"
        return next((cookie["value"] for cookie in self.context.cookies() if cookie["name"] == name), None)

    def _hear(self, message: ConsoleMessage) -> None:
        # What failed to load is judged by its response, which says more.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.troubles.append(f"console: {message.text}")

    def _see(self, response: Response) -> None:
        is_part = response.request.resource_type not in {"document", "fetch"}
        if response.status >= (400 if is_part else 500) and response.status not in self.expected:
            self.troubles.append(f"{response.status} {response.url.partition('?')[0]}")

    def _miss(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # a page that was left before it had arrived
            self.troubles.append(f"{request.failure} {request.url.partition('?')[0]}")
