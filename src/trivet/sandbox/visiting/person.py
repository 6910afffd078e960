"""Somebody who passes through the sandbox's pages: from the authorize page to where they are sent back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from waitress.channel import ClientDisconnected
from werkzeug.test import Client

from trivet.sandbox.visiting.errors import VisitError, without_query
from trivet.sandbox.visiting.page import Page
from trivet.sandbox.world.code_addresses import AUTH_CODE_PAGE

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from werkzeug.test import TestResponse

    from trivet.sandbox.world.people import Person

MAX_PAGES = 20


@dataclass(frozen=True, kw_only=True)
class Conduct:
    """Who somebody is, and what they do. ``identity`` is the username of the linked identity they sign in with."""

    person: Person
    identity: str | None = None
    allow: bool = True
    second_factor: bool = True


class Visitor:
    """One person in a new browser. *app* is the sandbox's, known as *issuer*."""

    def __init__(self, app: WSGIApplication, issuer: str, conduct: Conduct) -> None:
        self._browser = Client(app)
        self._issuer = issuer
        self._conduct = conduct
        self._denied = False

    def is_here(self, address: str) -> bool:
        """Say whether *address* is one of the sandbox's."""
        parts = urlsplit(address)
        return f"{parts.scheme}://{parts.netloc}" == self._issuer

    def pass_through(self, address: str) -> str:
        """Answer whatever stands between the authorize request *address* and its end; return where that leads.

        Raises:
            VisitError: there is no way on.
        """
        response = self._ask(address)
        for _ in range(MAX_PAGES):
            location = response.headers.get("Location")
            if location is None:
                address, response = self._answer(response, address)
                continue
            address = urljoin(address, location)
            if not self.is_here(address) or urlsplit(address).path == AUTH_CODE_PAGE:
                return self._leave(address)
            response = self._ask(address)
        raise VisitError(f"After {MAX_PAGES} pages of the sandbox there still was another one.")

    def _leave(self, address: str) -> str:
        if not self._conduct.allow and not self._denied:
            raise VisitError(
                f"{self._conduct.person.key} was not asked for consent, so there was nothing to deny: they have agreed "
                "before. Take that back first, with globus.rescind(...) or globus.reset()."
            )
        return address

    def _answer(self, response: TestResponse, address: str) -> tuple[str, TestResponse]:
        """Press the right button of a page; return where that leads, with the answer."""
        page = Page(response.text) if response.mimetype == "text/html" else Page("")
        name, value = self._button(page) or self._give_up(page, response, address)
        form = page.form_with(name, value)
        goal = urljoin(address, form.action)
        return goal, self._ask(goal, {**form.fields, name: value})

    def _button(self, page: Page) -> tuple[str, str] | None:
        """Return the button to press, by name and value, unless there is no good one."""
        if page.offers("identity"):
            return "identity", self._chosen(page)
        if page.offers("factor") and self._conduct.second_factor:
            return "factor", "confirm"
        if page.offers("decision"):
            self._denied = not self._conduct.allow
            return "decision", "allow" if self._conduct.allow else "deny"
        return None

    def _chosen(self, page: Page) -> str:
        person, wanted, offered = self._conduct.person, self._conduct.identity, page.offers("identity")
        for identity in person.identities:
            if identity.id in offered and wanted in (None, identity.username):
                return identity.id
        whom = f"{person.key} as {wanted}" if wanted else person.key
        raise VisitError(f"The sandbox's page does not offer to sign in {whom} here.")

    def _give_up(self, page: Page, response: TestResponse, address: str) -> tuple[str, str]:
        """Return the button that gives up, for whoever has no second factor.

        Raises:
            VisitError: there is none, or they would have gone on.
        """
        if page.offers("factor"):
            self._denied = True
            return "give-up", "yes"
        if "demanded" in page.text:
            name, demanded = self._conduct.person.key, page.text["demanded"]
            raise VisitError(f"None of {name}'s identities will do: the application asks for {demanded}.")
        lines = f"{page.text.get('error-sentence', '')}\n{page.text.get('error-details', '')}".splitlines()
        said = " ".join(line.strip() for line in lines if line.strip()) or f"The answer was {response.status_code}."
        if said.startswith("Mismatching redirect URI."):
            said += (
                '. For a test, globus.register_redirect_uri("portal", "http://localhost/callback") registers one more.'
            )
        raise VisitError(f"The sandbox refuses at {without_query(address)}: {said}")

    def _ask(self, address: str, form: dict[str, str] | None = None) -> TestResponse:
        parts = urlsplit(address)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        try:
            if form is None:
                return self._browser.get(path, base_url=self._issuer)
            return self._browser.post(path, base_url=self._issuer, data=form)
        except ClientDisconnected:
            raise VisitError(f"A fault closed the connection at {without_query(address)}.") from None
