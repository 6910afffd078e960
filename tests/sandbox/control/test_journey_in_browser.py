"""The control page in a real Chromium, with JavaScript and without."""

from __future__ import annotations

import pytest
import requests

from trivet.sandbox import Sandbox


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (390, False)], ids=["desk", "phone without scripts"])
def test_from_somebody_new_to_the_end_of_their_session(chromium, globus, visitor, callback, width, scripts):
    """Add a person, link an identity, sign in as them, read why something was refused, move the clock, end it all."""
    with chromium.new_context(viewport={"width": width, "height": 844}, java_script_enabled=scripts) as context:
        page, complaints = context.new_page(), []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        _add_and_link(page, globus)
        mary = globus.people["mary"]

        page.goto(visitor.url(redirect_uri=callback, scope="openid"))
        page.click(f"button[name=identity][value='{mary.identities[1].id}']")
        page.click("button[name=decision][value=allow]")
        page.wait_for_url(f"{callback}?code=*")

        page.goto(visitor.url(redirect_uri=f"{callback}/"))
        page.goto(f"{globus.url}/")
        page.click("#control")
        assert page.inner_text("#person") == "Mary Somerville"
        assert page.inner_text("#signed-in") == "1"
        page.click("nav >> text=Requests")
        refused = page.locator("li.request.refused").first
        assert "differs by a trailing slash" in refused.inner_text()
        refused.locator("summary").click()
        assert f"redirect_uri={callback}/" in refused.locator("pre").inner_text().replace("%3A", ":").replace(
            "%2F", "/"
        )

        page.click("nav >> text=Clock")
        page.fill("input[name=by]", "49h")
        page.press("input[name=by]", "Enter")
        assert "2d 1h ahead" in page.inner_text("#ahead")
        page.click("nav >> text=Sessions")
        assert "2 days 1 hour ago" in page.inner_text("#sessions")
        page.click("button[name=browser]")
        assert page.locator("#nobody").is_visible()
        page.goto(visitor.url(redirect_uri=callback, scope="openid"))
        assert page.locator("button[name=identity]").count() > 1
        assert [each for each in complaints if "400 (" not in each] == []


def _add_and_link(page, globus):
    page.goto(f"{globus.url}/sandbox/people")
    page.fill("#new-person input[name=username]", "mary@lab.example")
    page.fill("#new-person input[name=name]", "Mary Somerville")
    page.click("#new-person button")
    assert page.inner_text("#name") == "Mary Somerville"
    page.fill("#link-new input[name=username]", "somerville@uni.example")
    page.fill("#link-new input[name=name]", "M. Somerville")
    page.click("#link-new button")
    assert page.locator("#identities > li").count() == 2


def test_the_log_is_live(chromium, globus):
    """With scripts a new request turns up by itself, what is open stays open, and a press copies the command."""
    requests.get(f"{globus.url}/jwk.json")
    with chromium.new_context(permissions=["clipboard-read", "clipboard-write"]) as context:
        page = context.new_page()
        page.goto(f"{globus.url}/sandbox/requests")
        page.click("li.request summary")
        page.click("li.request .copy-button")
        assert page.evaluate("navigator.clipboard.readText()") == f"curl --request GET \\\n  {globus.url}/jwk.json"
        page.click("li.request summary >> nth=0")
        page.click("li.request summary >> nth=0")  # closed and open again: it has the focus, and keeps it
        requests.get(f"{globus.url}/v2/oauth2/userinfo")
        page.locator("li.request.refused", has_text="No Authorization header came.").wait_for()
        assert page.locator("li.request details[open]").count() == 1
        assert page.locator("li.request summary:focus").inner_text().endswith("/jwk.json")
        assert "/jwk.json" in page.locator("li.request details[open]").inner_text()


WIDTHS = {"desk": 1280, "phone": 390}
PAGES = "requests people people/zoe applications collections sessions tokens consents faults clock"


def test_nothing_is_wider_than_the_screen(chromium, globus, tokens):
    """Every page fits, full of what there is, long names and addresses included."""
    globus.clients["portal"].redirect_uris.append("https://" + "long." * 40 + "example/")
    requests.get(f"{globus.url}/{'x' * 300}?{'y' * 300}={'z' * 300}")
    globus.fail("/" + "f" * 200)
    with chromium.new_context() as context:
        page = context.new_page()
        for path in ("", *PAGES.split()):
            page.goto(f"{globus.url}/sandbox/{path}")
            for drawer in page.locator("details > summary").all():
                drawer.click()
            for name, width in WIDTHS.items():
                page.set_viewport_size({"width": width, "height": 844})
                assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, name)


def test_the_key(chromium):
    """Where others can reach it, the page asks for the key once, and shows itself then."""
    with Sandbox(control_key="correct horse battery staple") as globus, chromium.new_context() as context:
        page = context.new_page()
        page.goto(f"{globus.url}/sandbox/people")
        page.fill("#key", "wrong")
        page.press("#key", "Enter")
        assert page.locator("#wrong").is_visible()
        page.fill("#key", "correct horse battery staple")
        page.press("#key", "Enter")
        page.click("nav >> text=People")
        assert page.locator("#people").is_visible()
