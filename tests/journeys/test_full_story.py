"""The whole story: come, sign in, look around, leave, and nothing is left behind."""

from collections.abc import Callable

import requests
from playwright.sync_api import expect

from journeys.visitor import Visitor
from trivet.demo import Demo
from trivet.portal.wording import file_size


def still_active(demo: Demo, token: str) -> bool:
    """Ask the sandbox about a token, as a Globus service would."""
    client = demo.sandbox.clients["portal"]
    answer = requests.post(
        f"{demo.sandbox.url}/v2/oauth2/token/introspect",
        data={"token": token},
        auth=(client.id, client.secret or ""),
        timeout=10,
    )
    assert answer.status_code == 200
    return bool(answer.json()["active"])


def test_sign_in_browse_and_sign_out(visitor: Visitor, new_visitor: Callable[..., Visitor], demo: Demo) -> None:
    """Ada signs in, sees who she is, browses real files and signs out; her cookie and all her tokens are dead then."""
    page = visitor.sign_in("ada")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ada Quist")
    identities = page.get_by_role("region", name="Your identities")
    for identity in demo.sandbox.people["ada"].identities:
        expect(identities).to_contain_text(identity.username)
        expect(identities).to_contain_text(identity.idp)
    services = page.get_by_role("region", name="What this portal may do for you")
    expect(services.get_by_role("heading", name="Globus Transfer")).to_be_visible()
    expect(services).to_contain_text("48 hours from now")

    page.get_by_role("link", name="Your collections").click()
    page.get_by_role("link", name="Ada's laptop").click()
    root = demo.sandbox.collections["laptop"].root
    table = page.get_by_role("table")
    visible = [path for path in root.iterdir() if not path.name.startswith(".")]
    expect(table.get_by_role("row")).to_have_count(len(visible) + 1)
    page.get_by_role("link", name="field notes").click()
    expect(page.get_by_role("navigation", name="Folders")).to_contain_text("field notes")
    for path in (root / "field notes").iterdir():
        row = table.get_by_role("row").filter(has_text=path.name)
        expect(row.get_by_role("cell").first).to_have_text(file_size(path.stat().st_size))

    tokens = [token.value for token in demo.sandbox.tokens]
    assert len(tokens) == 4  # access and refresh tokens of Auth and Transfer
    assert all(still_active(demo, token) for token in tokens)
    cookies = visitor.context.cookies()

    visitor.sign_out()
    page.get_by_role("link", name="Continue to Example Data Portal").click()
    expect(page.get_by_role("link", name="Sign in with Globus")).to_be_visible()
    assert visitor.session_cookie is None

    assert [token.value for token in demo.sandbox.tokens] == tokens
    assert not any(still_active(demo, token) for token in tokens)
    assert not any(demo.sandbox.token_is_active(token) for token in tokens)
    thief = new_visitor()
    thief.context.add_cookies([cookie for cookie in cookies if cookie["name"].startswith(("trivet", "portal"))])
    thief.open("/dashboard")
    expect(thief.page.get_by_role("heading", name="Choose an account")).to_be_visible()
