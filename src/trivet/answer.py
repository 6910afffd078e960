"""
What we answer: a redirect, a page, or a JSON document, with the cookies that go along.

An `Answer` is a finished decision. An adapter turns it into its framework's response and adds nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Cookie:
    """
    A cookie to set, or to delete when ``value`` is None.

    ``max_age`` is in seconds; None keeps it until the browser closes. All of ours are HttpOnly, SameSite=Lax, for the
    path ``/``, without a domain, and Secure wherever the application is reached over https.
    """

    name: str
    value: str | None
    max_age: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A button of a page: its label, where it leads, whether it posts, and then which fields."""

    label: str
    url: str
    post: bool = False
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """
    A page in plain words, shown by the template ``trivet/page.html``. ``details`` are names and values, as a list; a
    value without a name goes with the one before.

    ``reference`` is also in the log, so that the person who reads it out and the one who reads the log find each other.
    """

    title: str
    message: str
    hint: str = ""
    details: tuple[tuple[str, str], ...] = ()
    actions: tuple[Action, ...] = ()
    reference: str | None = None
    app_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One of ``location``, ``page`` and ``document``, or an empty body."""

    status: int
    location: str | None = None
    page: Page | None = None
    document: Mapping[str, Any] | None = None
    cookies: tuple[Cookie, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    forget_framework_session: bool = False  # what the framework keeps about this browser belongs to somebody else now


def redirect(location: str, *, cookies: tuple[Cookie, ...] = (), forget_framework_session: bool = False) -> Answer:
    """Send the browser on with a GET (RFC 9110, section 15.4.4)."""
    return Answer(status=303, location=location, cookies=cookies, forget_framework_session=forget_framework_session)


def empty(status: int) -> Answer:
    """Answer with a status alone."""
    return Answer(status=status)
