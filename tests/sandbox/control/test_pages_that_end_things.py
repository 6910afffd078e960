"""Sessions, tokens and consents: seen, and ended; applications and collections; faults and the clock."""

from __future__ import annotations

import pytest

from trivet.sandbox.control.handles import handle


def test_sessions(globus, control, visitor):
    """Who is signed in where, by which identities; one application's session ends alone, or all with the sign-in."""
    visitor.sign_in("ada", scope="openid", access_type=None)
    page = control.get("/sandbox/sessions").text
    assert "this browser" in page
    assert globus.clients["portal"].name in page
    [browser] = globus.world.browsers
    control.do("/sandbox/sessions", browser=handle(browser.id), client=globus.clients["portal"].id)
    assert browser.sessions == {}
    control.do("/sandbox/sessions", browser=handle(browser.id))
    assert 'name="identity"' in visitor.visit().text


def test_tokens(globus, control, tokens, endpoint):
    """A token is revoked by a name that is not the token, and the log later says who did it."""
    page = control.get("/sandbox/tokens").text
    assert page.count("transfer.api.globus.org</h2>") + page.count("transfer.api.globus.org <") >= 2
    control.do("/sandbox/tokens", token=handle(tokens["access_token"]))
    assert endpoint.introspect(tokens["access_token"]) == {"active": False}
    assert globus.requests[-1].reason.endswith("was revoked: on the control page.")
    assert "on the control page" not in control.get("/sandbox/tokens").text
    assert "on the control page" in control.get("/sandbox/tokens?dead").text


def test_consents(globus, control, tokens, endpoint):
    """What is rescinded here is dead at once."""
    consent = globus.world.consents.find(globus.people["ada"].sub, globus.clients["portal"].id, ("openid",))
    assert "ada@uni.example" in control.get("/sandbox/consents").text
    control.do("/sandbox/consents", consent=str(consent.id))
    assert endpoint.introspect(tokens["access_token"]) == {"active": False}


def test_applications(globus, control, visitor):
    """A redirect address is registered and taken back; the secret is behind a fold."""
    portal = globus.clients["portal"]
    control.do("/sandbox/applications", client=portal.id, add="http://localhost:9999/cb")
    assert visitor.visit(redirect_uri="http://localhost:9999/cb").status_code == 200
    control.do("/sandbox/applications", client=portal.id, remove="http://localhost:9999/cb")
    assert visitor.visit(redirect_uri="http://localhost:9999/cb").status_code == 400
    page = control.get("/sandbox/applications").text
    assert page.index("<summary>Secret") < page.index(portal.secret)


def test_collections(globus, control, ask_transfer):
    """A collection says which directory it shows and what it asks for; paused, it refuses with the message given."""
    laptop = globus.collections["laptop"]
    page = control.get("/sandbox/collections").text
    assert str(laptop.root) in page
    assert "a sign-in and a second factor" in page
    control.do("/sandbox/collections", collection=laptop.id, do="pause", message="New\n disks")
    answer = ask_transfer(f"operation/endpoint/{laptop.id}/ls").json()
    assert (answer["code"], answer["message"]) == ("OperationPaused", "New disks")
    control.do("/sandbox/collections", collection=laptop.id, do="resume")
    assert ask_transfer(f"operation/endpoint/{laptop.id}/ls").status_code == 200


def test_faults(globus, control, ask_transfer):
    """A fault from the form strikes as often as it says, and is ended by its button; these pages are spared."""
    control.do("/sandbox/faults", answer="429", service="transfer", times="1")
    assert ask_transfer("endpoint_search?filter_scope=my-endpoints").headers["Retry-After"] == "10"
    control.do("/sandbox/faults", answer="503", path="*", times="")
    assert ask_transfer("endpoint_search?filter_scope=my-endpoints").status_code == 503
    assert control.get("/sandbox/faults").status_code == 200
    [fault] = globus.faults
    assert "<span>Any request: answer 503 <" in control.get("/sandbox/faults").text
    control.do("/sandbox/faults", end=fault.id)
    assert globus.faults == []
    control.do("/sandbox/faults", code="NO_SPACE_LEFT", side="destination", pattern="*.csv", times="2")
    control.do("/sandbox/faults", answer="drop", person="ada", client="portal", path="/jwk.json")
    assert len(globus.faults) == 2
    control.do("/sandbox/faults", clear="yes")
    assert globus.faults == []


def test_clock(globus, control, tokens, endpoint):
    """The clock moves by a duration, by a button and to what happens next; it stands still and goes on."""
    start = globus.world.now()
    control.do("/sandbox/clock", by="1d12h")
    control.do("/sandbox/clock", by="", step="1h")
    assert globus.world.now() - start == pytest.approx(37 * 3600, abs=60)
    assert endpoint.introspect(tokens["access_token"])["active"]
    control.do("/sandbox/clock", to="access-token-death")
    assert not endpoint.introspect(tokens["access_token"])["active"]
    control.do("/sandbox/clock", freeze="yes")
    assert "frozen" in control.get().text
    assert globus.world.now() == globus.world.now()
    control.do("/sandbox/clock", unfreeze="yes")
    assert not globus.world.clock.frozen


def test_reset(globus, control, tokens):
    """Back to the seed: nobody is signed in, nothing was issued, the clock is right; the open page still works."""
    globus.advance("49h")
    key = control.page().hidden["form_key"]
    control.do("/sandbox/reset", reset="yes")
    assert globus.tokens == []
    assert globus.world.clock.ahead < 60
    assert control.send("/sandbox/clock", by="1h", form_key=key).status_code == 303


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("sessions", {"browser": "x"}, 404),
        ("tokens", {"token": "x"}, 404),
        ("consents", {"consent": "x"}, 404),
        ("applications", {"client": "x", "add": "http://localhost/"}, 404),
        ("applications", {"client": "portal-id", "add": "javascript:alert(1)"}, 400),
        ("applications", {"client": "portal-id", "add": "http://evil.example/"}, 400),
        ("collections", {"collection": "x", "do": "pause"}, 404),
        ("faults", {"answer": "x"}, 400),
        ("faults", {"answer": "503", "times": "-1"}, 400),
        ("faults", {"answer": "503", "times": "9" * 5000}, 400),
        ("faults", {"answer": "503", "service": "x"}, 400),
        ("faults", {"answer": "503", "person": "x"}, 404),
        ("faults", {"answer": "503", "path": "*" * 501}, 400),
        ("faults", {"code": "x"}, 400),
        ("faults", {"end": "x"}, 404),
        ("clock", {"by": "yesterday"}, 400),
        ("clock", {"by": "-1h"}, 400),
        ("clock", {"by": "200000d"}, 400),
        ("clock", {"to": "doomsday"}, 400),
        ("clock", {}, 400),
    ],
)
def test_what_cannot_be(globus, control, path, fields, status):
    """A page with a sentence, never an error of the server's, and nothing has changed."""
    if fields.get("client") == "portal-id":
        fields = {**fields, "client": globus.clients["portal"].id}
    response = control.send(f"/sandbox/{path}", **fields)
    assert response.status_code == status
    assert 'id="not-done"' in response.text
    assert globus.faults == []
    assert globus.world.clock.ahead < 60


def test_named_mishaps(globus, control, ask_transfer):
    """What happens at a real Globus now and then, by name; a sentence says what a mishap needs to be told."""
    control.do("/sandbox/faults", mishap="maintenance", service="transfer", person="", path="")
    assert ask_transfer("endpoint_search?filter_scope=my-endpoints").status_code == 503
    for wrong in ({"mishap": "doomsday"}, {"mishap": "endpoint-paused"}, {"mishap": "slow", "person": "x"}):
        response = control.send("/sandbox/faults", **wrong)
        assert response.status_code == 400
        assert 'id="not-done"' in response.text
