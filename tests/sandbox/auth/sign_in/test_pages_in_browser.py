"""The pages in a real Chromium, with JavaScript switched off."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

WIDTHS = {"desk": 1280, "phone": 390}


@pytest.mark.parametrize("width", WIDTHS)
def test_sign_in(chromium, globus, visitor, callback, width):
    """Pick, allow, arrive: no scripts needed, nothing blocked by policy, nothing wider than the screen."""
    with chromium.new_context(viewport={"width": WIDTHS[width], "height": 844}, java_script_enabled=False) as context:
        page = context.new_page()
        complaints = []
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(visitor.url(redirect_uri=callback))
        _fits(page, WIDTHS[width])
        page.click(f"button[name=identity][value='{globus.people['zoe'].id}']")
        assert page.inner_text("#person") == globus.people["zoe"].name
        _fits(page, WIDTHS[width])
        page.click("button[name=decision][value=allow]")
        page.wait_for_url(f"{callback}?*")
        assert parse_qs(urlsplit(page.url).query).keys() == {"code", "state"}
        page.goto(f"{globus.url}/v2/web/logout?redirect_uri={callback}&redirect_name=Home")
        page.click("#continue")
        page.wait_for_url(callback)
        assert complaints == []


def _fits(page, width):
    for name in ("main", "#sandbox-banner"):
        box = page.locator(name).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


@pytest.mark.parametrize("width", WIDTHS)
def test_step_up_and_taking_back(chromium, globus, visitor, callback, width):
    """A demand, a second factor, a box unticked, and the page that takes it all back: no scripts, nothing too wide."""
    tape = f"https://auth.globus.org/scopes/{globus.collections['tape'].id}/data_access"
    demands = {"session_required_single_domain": "lab.example", "session_required_mfa": "true"}
    scope = f"openid urn:globus:auth:scope:transfer.api.globus.org:all[*{tape}]"
    with chromium.new_context(viewport={"width": WIDTHS[width], "height": 844}, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(visitor.url(redirect_uri=callback, scope=scope, **demands))
        uni, _, lab = globus.people["ada"].identities
        for identity in (uni, lab):
            page.click(f"button[name=identity][value='{identity.id}']")
            _fits(page, WIDTHS[width])
        page.click("button[name=factor]")
        page.uncheck("input[type=checkbox]")
        _fits(page, WIDTHS[width])
        page.click("button[name=decision][value=allow]")
        page.wait_for_url(f"{callback}?*")
        assert tape not in {each.scope_name for each in globus.world.consents.of(uni.id)}
        page.goto(f"{globus.url}/v2/web/consents")
        _fits(page, WIDTHS[width])
        page.click("button[name=application]")
        assert page.locator("#nothing").is_visible()
        page.goto(visitor.url(redirect_uri=callback, session_required_single_domain="nowhere.example"))
        _fits(page, WIDTHS[width])
        page.click("button[name=give-up]")
        page.wait_for_url(f"{callback}?error=access_denied*")
