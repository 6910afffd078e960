"""The pages: escaped, framed nowhere, cached nowhere, plainly not Globus."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from trivet.sandbox.world.people import Account, Person


@pytest.fixture
def pages(globus, visitor):
    """One response of every page there is."""
    picker = visitor.visit(session_message="<script>alert(1)</script>")
    consent = visitor.identify(visitor.visit(), "zoe")
    answered = visitor.press(consent, "decision", "allow")
    assert answered.status_code == 302
    message = {"session_message": "<script>alert(1)</script>"}
    once_more = visitor.visit(session_required_mfa="true", **message)
    return {
        "picker": picker,
        "consent": consent,
        "stale": visitor.press(consent, "decision", "allow"),
        "strange": requests.get(f"{globus.url}/sandbox/consent?attempt=x"),
        "refused": visitor.visit(scope="<script>"),
        "once more": once_more,
        "second factor": visitor.identify(once_more, "zoe"),
        "not you": visitor.follow(visitor.visit(session_required_single_domain="<script>", **message)),
        "consents": visitor.visit(f"{globus.url}/v2/web/consents?redirect_uri=http://x/&redirect_name=<script>"),
        "home": visitor.visit(globus.url),
        "signed out": visitor.visit(f"{globus.url}/v2/web/logout?redirect_uri=http://x/&redirect_name=<script>"),
    }


def test_banner(pages, read_page):
    """Every page says that it is a sandbox."""
    assert all("Sandbox, not Globus" in read_page(each.text).by_id["sandbox-banner"] for each in pages.values())


def test_headers(pages):
    """No page is stored or framed, and none may run scripts."""
    for response in pages.values():
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Frame-Options"] == "DENY"
        policy = response.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "default-src 'none'" in policy
        assert "form-action" not in policy


def test_everything_is_escaped(globus, pages, read_page):
    """Names, messages, scopes and link texts full of HTML arrive as text."""
    assert not any(read_page(each.text).scripts for each in pages.values())
    zoe = globus.people["zoe"]
    for name in ("once more", "second factor", "not you"):
        assert read_page(pages[name].text).by_id["session-message"] == "<script>alert(1)</script>"
    assert "<script>" in read_page(pages["not you"].text).by_id["demanded"]
    assert read_page(pages["consent"].text).by_id["person"] == zoe.name
    assert read_page(pages["picker"].text).by_id["session-message"] == "<script>alert(1)</script>"


def test_consent_is_in_plain_words(pages, read_page):
    """The consent page names the application and says what each scope means."""
    page = read_page(pages["consent"].text)
    assert page.by_id["application"] == "Example Data Portal"
    assert "See your email address" in page.by_id["scopes"]
    assert page.buttons == [("decision", "allow"), ("decision", "deny")]


def test_session_message(visitor, read_page):
    """What the application has to say is shown where something is asked, on either page."""
    picker = visitor.visit(session_message="Once more, please")
    for page in (picker, visitor.identify(picker)):
        assert read_page(page.text).by_id["session-message"] == "Once more, please"


def test_picker_has_a_button_per_identity(globus, pages, read_page):
    """Linked identities are choices of their own."""
    identities = [identity.id for person in globus.people.values() for identity in person.identities]
    assert read_page(pages["picker"].text).buttons == [("identity", each) for each in identities]


def test_no_secret_on_a_page(globus, endpoint, new_visitor, request):
    """No client secret and no token is on any page, however many have been issued before."""
    assert endpoint.redeem(new_visitor().sign_in()["code"]).status_code == 200
    pages = request.getfixturevalue("pages")
    secrets = [each.secret for each in globus.clients.values() if each.secret]
    values = [each.value for each in globus.tokens]
    assert not any(secret in each.text for each in pages.values() for secret in (*secrets, *values))


def test_style_sheet(globus, pages):
    """The style sheet is served from here and may be cached."""
    response = requests.get(f"{globus.url}/sandbox/static/sandbox.css")
    assert response.headers["Content-Type"].startswith("text/css")
    assert response.headers["Cache-Control"] != "no-store"
    assert "/sandbox/static/sandbox.css" in pages["home"].text


def test_home_lists_what_there_is(globus, pages, read_page):
    """People, applications, collections, groups and policies, with the ids that configuration asks for."""
    page = read_page(pages["home"].text)
    for part, entries in (
        ("clients", globus.clients),
        ("collections", globus.collections),
        ("groups", globus.groups),
        ("policies", globus.policies),
    ):
        assert all(each.id in page.by_id[part] for each in entries.values())


def test_home_shows_one_moment(globus):
    """Nobody comes or goes while the page is written: it is done with the world's lock."""
    lock, held = globus.world.lock, []

    def is_held():
        free = lock.acquire(blocking=False)
        if free:
            lock.release()
        return not free

    class Watched(Account):
        def __getattribute__(self, name):
            with ThreadPoolExecutor(1) as elsewhere:
                held.append(elsewhere.submit(is_held).result())
            return super().__getattribute__(name)

    globus.world.people["watched"] = Person("watched", Watched("Watched", ()))
    held.clear()
    assert "Watched" in requests.get(globus.url).text
    assert held
    assert all(held)
