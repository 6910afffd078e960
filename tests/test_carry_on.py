"""What was sent with a form is carried on after a step-up."""

import io
from collections.abc import Callable
from http.client import HTTPConnection
from importlib import resources
from urllib.parse import unquote, urlsplit

import pytest
from flask import render_template_string, request
from globus_sdk import TransferClient

from conftest import Clock
from navigator import Navigator, Seen
from site_under_test import TRANSFER, Site
from trivet.carry_on import MAX_KEPT
from trivet.sandbox import Sandbox
from trivet.store import Store

MakeSite = Callable[..., Site]
ALL = f"urn:globus:auth:scope:{TRANSFER}:all"


class Form:
    """A site with a form whose view needs a second factor, and what has arrived there."""

    def __init__(self, site: Site, collection: str) -> None:
        self.site = site
        self.received: list[list[tuple[str, str]]] = []
        self.address = f"{site.url}/send?to=there"

        @site.app.post("/send")
        @site.globus.login_required
        def send() -> str:
            site.globus.client(TransferClient).operation_ls(collection)
            self.received.append(list(request.form.items(multi=True)))
            return "sent"

    def submit(self, browser: Navigator, fields: dict[str, str] | list[tuple[str, str]], **options: object) -> Seen:
        return browser.open(self.address, method="POST", referrer=f"{self.site.url}/public", data=fields, **options)


@pytest.fixture
def form(make_site: MakeSite, sandbox: Sandbox, browser: Navigator) -> Form:
    """The form of a site where Ada is signed in."""
    form = Form(make_site(GLOBUS_SCOPES=[ALL]), sandbox.collections["second_factor"].id)
    browser.sign_in(f"{form.site.url}/private")
    return form


FIELDS = [("path", "/données/"), ("file", "a.csv"), ("file", "b.csv"), ("label", "line one\r\nline two"), ("empty", "")]


def test_nothing_is_typed_twice(form: Form, browser: Navigator) -> None:
    """After the step-up a page shows what was sent; one click sends it, each field as it was, to where it was for."""
    word = form.submit(browser, FIELDS)
    assert word.status == 403
    assert "is kept" in word.text
    page = browser.agree(word)
    assert page.status == 200
    assert form.received == []
    for part in ("/send", "/données/", "a.csv", "b.csv", "line two"):
        assert part in page.text
    seen = browser.press(page)
    assert (seen.text, seen.url) == ("sent", form.address)
    assert form.received == [FIELDS]


def test_several_of_a_kind_have_one_name(form: Form, browser: Navigator) -> None:
    """What was ticked in one list stands below one name, on the page that asks whether to carry on."""
    html = browser.agree(form.submit(browser, FIELDS)).response.text
    assert html.count("<dt>file</dt>") == 1
    assert html.count("<dt>") == 3
    assert html.count("<dd>") == 4


def test_a_portals_own_page_carries_on_too() -> None:
    """The portal's page in its own look sends the fields as well."""
    templates = [resources.files("trivet") / "templates", resources.files("trivet.portal") / "templates"]
    for folder in templates:
        text = (folder / "trivet" / "page.html").read_text()
        assert "for name, value in action.fields" in text
        assert "for name, value in page.details" in text


def test_it_is_sent_once(form: Form, browser: Navigator) -> None:
    """A second click, from a second tab or by the back button, sends nothing and says so."""
    page = browser.agree(form.submit(browser, FIELDS))
    browser.press(page)
    seen = browser.press(page)
    assert seen.status == 410
    assert "sent already" in seen.text
    assert browser.open(page.url).status == 410
    assert len(form.received) == 1


def test_tokens_and_secrets_are_sent_and_not_shown(form: Form, browser: Navigator) -> None:
    """What looks like a token or a password is nobody's business on a page, and arrives all the same."""
    hidden = [("token", "canary-1"), ("_method", "canary-2"), ("new_password", "canary-3"), ("csrf", "canary-4")]
    page = browser.agree(form.submit(browser, [*hidden, ("path", "/x")]))
    assert "canary" not in page.text
    browser.press(page)
    assert form.received == [[*hidden, ("path", "/x")]]


def test_long_values_are_cut_on_the_page_only(form: Form, browser: Navigator) -> None:
    """The page shows the beginning of what is long, and how many fields there are beyond thirty."""
    fields = [("text", "x" * 5000), *((f"field-{number}", "v") for number in range(40))]
    page = browser.agree(form.submit(browser, fields))
    assert "x" * 201 not in page.text
    assert "and 11 more" in page.text
    browser.press(page)
    assert form.received == [fields]


def test_an_outage_keeps_what_was_sent(form: Form, browser: Navigator, sandbox: Sandbox) -> None:
    """When Globus does not answer, the page that says so sends the form again at a click, each field as it was."""
    fault = sandbox.fail(service="transfer", times=None)
    page = form.submit(browser, FIELDS)
    assert page.status == 503
    assert "may not have arrived" in page.text
    assert form.received == []
    sandbox.clear_fault(fault.id)
    assert browser.press(browser.agree(browser.press(page))).text == "sent"  # what it takes is asked for on the way
    assert form.received == [FIELDS]


@pytest.mark.parametrize(
    ("referrer", "options"),
    [
        ("https://evil.example/", {"data": {"label": "forged"}}),
        (None, {"data": {"label": "of nobody"}}),
        ("own", {"data": b"{}", "headers": {"Content-Type": "application/json"}}),
        ("own", {"data": {"text": "x" * 70_000}}),
        ("own", {"files": {"upload": ("a.csv", io.BytesIO(b"1,2"))}}),
        ("own", {"data": {"label": "by a script"}, "headers": {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}}),
    ],
)
def test_an_outage_repeats_only_what_this_site_has_sent(
    form: Form, browser: Navigator, sandbox: Sandbox, referrer: str | None, options: dict[str, object]
) -> None:
    """Nothing offers to send again what another site has sent, nor what does not fit into a page, or comes by none."""
    sandbox.fail(service="transfer", times=None)
    referrer = f"{form.site.url}/public" if referrer == "own" else referrer
    page = browser.open(form.address, method="POST", referrer=referrer, **options)
    assert page.status == 503
    assert "arrived" not in page.text
    assert not any(each.action == form.address for each in page.forms)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"files": {"upload": ("a.csv", io.BytesIO(b"1,2"))}}, "files"),
        ({"data": {"text": "x" * 70_000}}, "too long"),
        ({"data": [("f", "v")] * 501}, "too long"),
        ({"data": {"text": "x" * 600_000}}, "too long"),
        ({"data": b"{}", "headers": {"Content-Type": "application/json"}}, "not saved"),
    ],
)
def test_what_cannot_be_kept_is_said_before_leaving(
    form: Form, browser: Navigator, options: dict[str, object], said: str
) -> None:
    """Files, and what is too long or no form, are named before the person leaves, who then comes back to the form."""
    word = browser.open(form.address, method="POST", referrer=f"{form.site.url}/public", **options)
    assert word.status == 403
    assert said in word.text
    assert browser.agree(word).url == f"{form.site.url}/public"
    assert form.received == []


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_what_is_far_too_long_is_not_even_read(site: Site, kind: str) -> None:
    """Nobody, signed in or not, can have this site read a form without end: it answers while most is still to come."""
    connection = HTTPConnection("localhost", urlsplit(site.url).port, timeout=20)
    connection.putrequest("POST", "/form")
    for name, value in {"Accept": "text/html", "Content-Type": kind, "Content-Length": str(10**9)}.items():
        connection.putheader(name, value)
    connection.endheaders(b"--x")
    assert connection.getresponse().status == 401
    connection.close()


def test_a_form_of_many_bytes_and_few_characters_is_kept(form: Form, browser: Navigator) -> None:
    """What counts is what was typed, not what it becomes on the way: 65 536 characters of any alphabet are kept."""
    fields = [("text", "\N{EGYPTIAN HIEROGLYPH A001}" * 65_000)]
    page = browser.agree(form.submit(browser, fields))
    browser.press(page)
    assert form.received == [fields]


def test_nobody_fills_the_store_with_forms(form: Form, browser: Navigator, clock: Clock) -> None:
    """Of one person so many forms are kept and no more; when the time of the first is over there is room again."""
    for _ in range(MAX_KEPT):
        assert "is kept" in form.submit(browser, FIELDS).text
    assert "copy it before you go on" in form.submit(browser, FIELDS).text
    clock.advance(2 * 15 * 60 + 1)
    assert "is kept" in form.submit(browser, FIELDS).text


def test_only_the_one_who_sent_it_carries_on(form: Form, browser: Navigator, sandbox: Sandbox) -> None:
    """What one person sent is neither shown to another nor sent in their name, whatever address they open."""
    page = browser.agree(form.submit(browser, [("path", "canary")]))
    other = Navigator(sandbox)
    other.sign_in(f"{form.site.url}/private", "grace")
    shown = other.open(page.url)
    assert shown.status == 410
    assert "canary" not in shown.text
    sent = other.open(page.url, method="POST", referrer=f"{form.site.url}/public", data={"path": "canary"})
    assert sent.status == 410
    assert browser.press(page).text == "sent"


def test_nobody_who_writes_to_the_store_sends_a_form(
    form: Form, browser: Navigator, store: Store, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """What lies under another form's key, or is cut short, is refused, and the log says so without the address."""
    now = int(clock())
    words = [form.submit(browser, [("path", path)]) for path in "ab"]
    one, other = (unquote(word.link("Continue to Globus")).partition("?what=")[2][:22] for word in words)
    planted = store.kept(f"carried {one}", now=now)
    assert planted
    browser.agree(words[1])
    for value in (planted, planted[:-1], b""):
        store.keep(f"carried {other}", value, now=now, until=now + 60)
        caplog.clear()
        assert browser.open(f"{form.site.url}/login/continue?what={other}").status == 410
        (said,) = [record.getMessage() for record in caplog.records if record.name == "trivet.kept"]
        assert "does not open" in said
        assert other not in said
    assert form.received == []


def test_no_other_site_carries_on(form: Form, browser: Navigator) -> None:
    """A form on somebody else's page cannot press the button."""
    page = browser.agree(form.submit(browser, FIELDS))
    seen = browser.open(page.url, method="POST", referrer="https://evil.example/", data={})
    assert seen.status == 410
    assert form.received == []
    assert browser.press(page).text == "sent"


def test_a_form_of_another_site_is_not_kept(form: Form, browser: Navigator) -> None:
    """Only what a page of this site has sent is kept."""
    seen = browser.open(form.address, method="POST", referrer="https://evil.example/", data={"path": "/"})
    assert "not saved" in seen.text


def test_who_has_signed_out_is_nobody(form: Form, browser: Navigator) -> None:
    """A form that is sent after signing out is not kept: whoever sits there now is nobody in particular."""
    cookie = browser.cookies[form.site.session_cookie]
    browser.open(f"{form.site.url}/logout", method="POST", referrer=f"{form.site.url}/")
    browser.http.cookies.set(form.site.session_cookie, cookie, domain="localhost.local")
    assert "not saved" in form.submit(browser, FIELDS).text


@pytest.mark.parametrize("what", ["", "x", "A" * 22, "%00", "A" * 5000])
def test_an_address_that_leads_to_nothing_is_a_page(form: Form, browser: Navigator, what: str) -> None:
    """Whatever stands in the address, nothing is sent and a page says that there is nothing."""
    address = f"{form.site.url}/login/continue?what={what}"
    assert browser.open(address).status == 410
    assert browser.open(address, method="POST", referrer=f"{form.site.url}/public", data={}).status == 410


@pytest.mark.parametrize("swept", [True, False])
def test_a_session_that_ended_over_a_form_loses_nothing(
    form: Form, browser: Navigator, clock: Clock, swept: bool
) -> None:
    """Who has filled in a form for longer than their session lasts signs in again, and carries on."""
    clock.advance(13 * 3600)
    if swept:
        form.site.app.extensions["trivet"].sweeper.sweep()
    page = browser.agree(form.submit(browser, FIELDS))
    assert "a.csv" in page.text
    again = browser.agree(browser.press(page))  # the new session has no second factor yet
    assert browser.press(again).text == "sent"
    assert form.received == [FIELDS]


def test_a_session_that_ended_before_the_click_loses_nothing(form: Form, browser: Navigator) -> None:
    """Who has signed out in another tab before carrying on signs in again, and comes back to the same page."""
    page = browser.agree(form.submit(browser, FIELDS))
    browser.open(f"{form.site.url}/logout", method="POST", referrer=f"{form.site.url}/")
    again = browser.agree(browser.press(page))
    assert (again.url, "a.csv" in again.text) == (page.url, True)
    assert form.received == []


def test_the_sites_own_protection_is_satisfied(
    make_site: MakeSite, sandbox: Sandbox, browser: Navigator, clock: Clock
) -> None:
    """Where forms carry Flask-WTF's token, the one that is sent in the end is fresh, even after another sign-in."""
    form = Form(make_site(GLOBUS_SCOPES=[ALL], PROTECTED=True), sandbox.collections["second_factor"].id)

    @form.site.app.get("/form")
    def show() -> str:
        return render_template_string('<form><input name="csrf_token" value="{{ csrf_token() }}"><button></form>')

    browser.sign_in(f"{form.site.url}/private")
    token = browser.open(f"{form.site.url}/form").forms[0].fields
    clock.advance(13 * 3600)
    page = browser.agree(form.submit(browser, [*token, ("path", "/x")]))
    assert [name for name, _ in page.forms[0].fields] == ["csrf_token", "path"]
    assert page.forms[0].fields[0] != token[0]
    assert browser.press(browser.agree(browser.press(page))).text == "sent"
    assert form.received[0][-1] == ("path", "/x")
    assert form.submit(browser, [("path", "/x")]).status == 400
