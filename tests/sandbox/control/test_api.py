"""The control API: the clock, faults, mishaps, reset and a look at everything, as JSON."""

from __future__ import annotations

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from trivet.sandbox import Sandbox


@pytest.fixture
def ask(globus):
    def ask(method, path, document=None, **options):
        return requests.request(method, f"{globus.url}/sandbox/api/{path}", json=document, **options)

    return ask


def test_the_clock(globus, ask, tokens):
    """It is moved by a duration or to a moment, stands still and goes on, and each answer says what comes next."""
    before = globus.world.now()
    assert ask("POST", "freeze", {}).json()["frozen"] is True
    assert ask("POST", "advance", {"by": "49h"}).json()["now"] >= before + 49 * 3600
    clock = ask("POST", "advance", {"to": "refresh-token-death"}).json()
    assert {moment["kind"] for moment in clock["upcoming"]} <= {"refresh-token-death"}
    assert not globus.token_is_active(tokens["refresh_token"])
    assert ask("POST", "unfreeze", {}).json()["frozen"] is False
    assert ask("GET", "clock").json()["ahead"] > 180 * 86_400


def test_faults(globus, ask):
    """A fault is asked for by the fields of ``fail``, listed, and ended by its id."""
    asked = {"path": "/jwk.json", "method": "get", "status": 418, "body": {"a": 1}, "times": None, "skip": 1}
    fault = ask("POST", "faults", asked)
    assert fault.status_code == 201
    answers = [requests.get(f"{globus.url}/jwk.json") for _ in range(2)]
    assert [each.status_code for each in answers] == [200, 418]
    assert answers[1].json() == {"a": 1}
    assert ask("GET", "faults").json() == [fault.json()]
    assert ask("DELETE", f"faults/{fault.json()['id']}").json() == []
    assert ask("DELETE", f"faults/{fault.json()['id']}").status_code == 404
    ask("POST", "faults", {})
    assert ask("DELETE", "faults").json() == []


def test_mishaps(globus, ask):
    """Every mishap is listed with its sentence, and happens by its name."""
    table = ask("GET", "mishaps").json()
    assert table["consent-rescinded"]["needs"] == ["person", "client"]
    [fault] = ask("POST", "mishaps/maintenance", {"service": "transfer"}).json()
    assert fault["words"] == "maintenance: any request to transfer: answer 503"
    assert requests.get(f"{globus.url}/v0.10/endpoint_search").json()["code"] == "ServiceUnavailable"


def test_reset(globus, ask, tokens):
    """Everything is as in the seed."""
    globus.advance("1h")
    answer = ask("POST", "reset", {}).json()
    assert (answer["tokens"], answer["sessions"], answer["faults"]) == ([], [], [])
    assert abs(answer["clock"]["ahead"]) < 1
    assert not globus.token_is_active(tokens["access_token"])


def test_state(globus, ask, tokens):
    """People, applications, sessions and tokens are told, and no token, code, cookie or secret."""
    response = ask("GET", "state")
    document = response.json()
    assert document["people"]["ada"]["sub"] == globus.people["ada"].sub
    assert document["clients"]["portal"]["id"] == globus.clients["portal"].id
    assert document["sessions"][0]["client"] == "portal"
    assert {(token["kind"], token["person"]) for token in document["tokens"]} == {("access", "ada"), ("refresh", "ada")}
    told = response.text + ask("GET", "requests").text
    secrets = [each.value for each in (*globus.tokens, *globus.world.codes.all())]
    secrets += [each.id for each in globus.world.browsers]
    secrets += [client.secret for client in globus.clients.values() if client.secret]
    assert not [secret for secret in secrets if secret in told or secret[8:] in told]


def test_requests(globus, ask):
    """The log says what was asked and why it was refused."""
    requests.get(f"{globus.url}/v0.10/endpoint_search")
    record = next(each for each in ask("GET", "requests").json() if each["path"] == "/v0.10/endpoint_search")
    assert (record["status"], record["error"]) == (401, "AuthenticationFailed")


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("advance", {}),
        ("advance", {"by": "49h", "to": "next"}),
        ("advance", {"by": "soon"}),
        ("advance", {"by": -1}),
        ("advance", {"by": [1]}),
        ("advance", {"by": 1e300}),
        ("advance", {"to": "next"}),
        ("advance", {"to": ["next"]}),
        ("advance", {"colour": "red"}),
        ("advance", []),
        ("faults", {"colour": "red"}),
        ("faults", {"path": 7}),
        ("faults", {"path": "x" * 501}),
        ("faults", {"skip": True}),
        ("faults", {"skip": 10**300}),
        ("faults", {"times": 0}),
        ("faults", {"status": 99}),
        ("faults", {"latency": "long"}),
        ("faults", {"headers": {"X": 1}}),
        ("faults", {"headers": {"X": "a\r\nb"}}),
        ("faults", {"service": "weather"}),
        ("faults", {"body": "\ud800"}),
        ("faults", {"path": "/\ud800"}),
        ("mishaps/nothing", {}),
        ("mishaps/maintenance", {"colour": "red"}),
        ("mishaps/maintenance", {"service": "weather"}),
        ("mishaps/maintenance", {"service": 1}),
        ("mishaps/endpoint-paused", {}),
        ("mishaps/file-denied", {"path": "/\ud800"}),
    ],
)
def test_what_means_nothing(globus, ask, path, document):
    """It is refused with a sentence, and nothing has changed."""
    response = ask("POST", path, document)
    assert response.status_code == 400
    assert len(response.json()["message"]) > 10
    assert globus.faults == []


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("faults", {"person": "nobody"}),
        ("faults", {"client": "nothing"}),
        ("mishaps/session-expired", {"person": "nobody"}),
        ("mishaps/endpoint-paused", {"collection": "nothing"}),
        ("mishaps/consent-rescinded", {"person": "ada", "client": "portal"}),
    ],
)
def test_nobody_and_nothing(ask, path, document):
    """A name that is not in the seed is answered with those that are, or says what is not there."""
    response = ask("POST", path, document)
    assert response.status_code == 404
    assert response.json()["message"].endswith(".")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{}", "text/plain"),
        (b"", "application/json"),
        (b"{", "application/json"),
        (b"[" * 100_000, "application/json"),
    ],
)
def test_bodies_that_are_none(globus, body, kind):
    """Only JSON is read, said to be JSON, which a form of another page cannot say."""
    headers = {"Content-Type": kind}
    response = requests.post(f"{globus.url}/sandbox/api/reset", data=body, headers=headers)
    assert response.status_code == 400


def test_another_page_may_not(globus, ask):
    """A script of another origin changes nothing, whatever it sends."""
    response = ask("POST", "advance", {"by": "1h"}, headers={"Origin": "http://evil.example"})
    assert (response.status_code, response.json()["code"]) == (403, "ForeignPage")
    assert globus.world.clock.ahead < 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = (
    "by",
    "to",
    "path",
    "status",
    "times",
    "headers",
    "body",
    "latency",
    "drop",
    "lose_answer",
    "probability",
    "service",
    "person",
)


@settings(max_examples=60)
@given(st.sampled_from(("advance", "freeze", "faults", "mishaps/slow")), st.dictionaries(st.sampled_from(NAMES), JSON))
def test_any_document(globus, ask, path, document):
    """Whatever is sent, it is done or refused in words."""
    try:
        response = ask("POST", path, document)
    except requests.exceptions.InvalidJSONError:
        return
    assert response.status_code in (200, 201, 400, 404)
    globus.clear_faults()


def test_the_overview_offers_the_seed(globus, control):
    """A link on the first page is a file with the world as it is now, and no token is in it."""
    response = control.get(control.page().links["export"])
    assert response.text == globus.export_seed()
    assert response.headers["Content-Type"].startswith("application/toml")
    assert "sandbox-seed.toml" in response.headers["Content-Disposition"]
    assert response.headers["Cache-Control"] == "no-store"


def test_tokens_are_no_part_of_the_seed(globus, control, tokens):
    """What was issued stays here."""
    text = control.get("/sandbox/api/seed").text
    issued = [token.value for token in globus.tokens]
    assert tokens["access_token"] in issued
    assert not any(value in text for value in issued)


def test_the_seed_is_for_whoever_has_the_key():
    """Without it there is a document that says so."""
    with Sandbox(control_key="k" * 20) as globus:
        address = f"{globus.url}/sandbox/api/seed"
        answer = requests.get(address)
        assert (answer.status_code, answer.json()["code"]) == (401, "KeyNeeded")
        assert requests.get(address, headers={"Authorization": f"Bearer {'k' * 20}"}).status_code == 200
