"""Faults: each kind, and that they end."""

from __future__ import annotations

import socket
import threading
from contextlib import nullcontext

import pytest
import requests

from trivet.sandbox import Sandbox
from trivet.sandbox.script.faults import CROWDED, ENDED, MAX_WAITING, Asked, Effect, Faults, Target
from trivet.sandbox.serving import WORKER_THREADS

DISCOVERY = "/.well-known/openid-configuration"


def _get(globus, path=DISCOVERY, **options):
    return requests.get(globus.url + path, **options)


def test_fails_so_many_times(globus):
    """The next two requests fail, the third does not."""
    globus.fail(DISCOVERY, times=2)
    assert [_get(globus).status_code for _ in range(3)] == [503, 503, 200]


def test_other_paths_are_spared(globus):
    """A fault strikes its own path."""
    globus.fail(DISCOVERY)
    assert _get(globus, "/jwk.json").status_code == 200


def test_pattern_until_cleared(globus):
    """A pattern covers many paths, and ``times=None`` lasts until ``clear_faults``."""
    globus.fail("/v0.10/*", status=500, times=None)
    assert {_get(globus, f"/v0.10/{n}").status_code for n in range(3)} == {500}
    globus.clear_faults()
    assert _get(globus, "/v0.10/endpoint_search").status_code == 401


@pytest.mark.parametrize("name", [f"Ag{'x' * 46}", "code=0123456789", "x" * 3_000])
def test_a_path_that_the_log_cuts_short(globus, name):
    """A fault goes by what was asked for, whatever may be kept of it."""
    globus.fail(f"/v2/groups/{name}")
    assert [_get(globus, f"/v2/groups/{name}").status_code for _ in range(2)] == [503, 401]
    assert name not in repr(globus.requests[-1])


@pytest.mark.parametrize(("body", "text"), [({"error": "x"}, '{"error": "x"}'), ("plain", "plain"), (b"\xff", None)])
def test_body_and_headers(globus, body, text):
    """The answer is what was asked for."""
    globus.fail(DISCOVERY, status=429, body=body, headers={"Retry-After": "7"})
    response = _get(globus)
    assert (response.status_code, response.headers["Retry-After"]) == (429, "7")
    assert response.text == text or response.content == body


def test_drop(globus):
    """The connection closes without an answer; the log says so."""
    globus.fail(DISCOVERY, drop=True)
    with pytest.raises(requests.ConnectionError):
        _get(globus)
    assert (globus.requests[-1].status, globus.requests[-1].fault) == (None, True)
    assert _get(globus).status_code == 200


def test_lost_answer(globus, visitor, endpoint):
    """What was asked for is done, and the connection closes without an answer; the log says what it would have been."""
    code = visitor.sign_in()["code"]
    globus.fail("/v2/oauth2/token", lose_answer=True)
    with pytest.raises(requests.ConnectionError):
        endpoint.redeem(code)
    assert (globus.requests[-1].status, globus.requests[-1].fault) == (200, True)
    assert endpoint.redeem(code).json() == {"error": "invalid_grant"}  # it has been spent


def test_an_answer_is_dropped_or_lost():
    """A fault says whether what is asked for is done: not both ways."""
    with pytest.raises(ValueError, match="one of them"):
        Effect(drop=True, lose_answer=True)


def test_latency(globus):
    """The right answer, too late for an impatient client; later ones are prompt."""
    globus.fail(DISCOVERY, status=None, latency=0.4)
    with pytest.raises(requests.Timeout):
        _get(globus, timeout=0.1)
    assert _get(globus, timeout=5).status_code == 200


def test_in_order(globus):
    """Two faults on one path strike one after the other."""
    globus.fail(DISCOVERY, status=500)
    globus.fail(DISCOVERY, status=502)
    assert [_get(globus).status_code for _ in range(3)] == [500, 502, 200]


def _struck(globus, count, path=DISCOVERY, **headers):
    """Which of so many requests are struck, by number."""
    return [n for n in range(1, count + 1) if _get(globus, path, headers=headers).status_code != 200]


@pytest.mark.parametrize(
    ("when", "struck"),
    [
        ({"skip": 2}, [3]),
        ({"skip": 2, "times": 2}, [3, 4]),
        ({"every": 3, "times": None}, [3, 6, 9]),
        ({"skip": 1, "every": 2, "times": 2}, [3, 5]),
        ({"times": None}, [*range(1, 11)]),
    ],
)
def test_on_schedule(globus, when, struck):
    """The n-th request, every n-th, not the first ones, so many in all."""
    globus.fail(DISCOVERY, **when)
    assert _struck(globus, 10) == struck


def test_by_chance(globus):
    """With a probability some are struck: the same ones for the same seed, others for another."""
    runs = []
    for seed in (1, 1, 2):
        globus.fail(DISCOVERY, times=None, probability=0.5, seed=seed)
        runs.append(_struck(globus, 20))
        globus.clear_faults()
    assert runs[0] == runs[1] != runs[2]
    assert 0 < len(runs[0]) < 20


def test_counted_once_by_many_threads(globus):
    """However many ask at once, as many are struck as were asked for."""
    globus.fail(DISCOVERY, every=2, times=10)
    struck = []

    def ask():
        struck.extend(_struck(globus, 10))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(struck) == 10


@pytest.mark.parametrize(
    ("which", "struck"),
    [
        ({"service": "auth"}, [DISCOVERY, "/jwk.json"]),
        ({"service": "transfer"}, ["/v0.10/endpoint_search"]),
        ({"service": "groups"}, ["/v2/groups/my_groups"]),
        ({"method": "post"}, []),
        ({"method": "GET", "path": "*.json"}, ["/jwk.json"]),
        ({}, [DISCOVERY, "/jwk.json", "/v0.10/endpoint_search", "/v2/groups/my_groups"]),
    ],
)
def test_which_requests(globus, which, struck):
    """By service, by method, by path, and all that is said has to fit."""
    globus.fail(**which, times=None, status=599)
    paths = [DISCOVERY, "/jwk.json", "/v0.10/endpoint_search", "/v2/groups/my_groups"]
    assert [path for path in paths if _get(globus, path).status_code == 599] == struck


def test_one_person(globus, visitor, new_visitor, endpoint):
    """By whom: the browser, the token, the refresh token or the code says so; others are spared."""
    grace, ada = (
        endpoint.redeem(who.sign_in(name)["code"]).json() for who, name in ((visitor, "grace"), (new_visitor(), "ada"))
    )
    code = visitor.sign_in("grace")["code"]
    globus.fail(person="grace", times=None, status=599)
    assert visitor.visit().status_code == 599
    assert endpoint.redeem(code).status_code == 599
    for tokens, expected in ((grace, 599), (ada, 200)):
        assert endpoint.refresh(tokens["refresh_token"]).status_code == expected
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        assert _get(globus, "/v2/oauth2/userinfo", headers=headers).status_code == expected
    assert _get(globus).status_code == 200
    assert globus.requests[-2].person == "ada"


def test_one_client(globus, visitor, endpoint, tokens):
    """By which application: its credentials, its id in a form or an address, or a token of its own."""
    globus.fail(client="portal", times=None, status=599)
    assert endpoint.post("/introspect", token="x").status_code == 599
    assert endpoint.post("/introspect", client="gateway", token="x").status_code == 200
    assert endpoint.post(client=None, client_id=globus.clients["portal"].id).status_code == 599
    assert visitor.visit().status_code == 599
    assert _get(globus, "/v2/oauth2/userinfo", headers=_bearer(tokens)).status_code == 599
    assert _get(globus).status_code == 200


def _bearer(tokens):
    return {"Authorization": f"Bearer {tokens['access_token']}"}


def test_the_form_can_still_be_read(globus, tokens, endpoint):
    """Looking for who asks takes nothing from the request."""
    globus.fail(person="grace", times=None)
    assert endpoint.refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Basic !"},
        {"Authorization": "Basic /w=="},
        {"Authorization": "Bearer"},
        {"Cookie": "a[=1; ]=[; ="},
        {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": "0"},
    ],
)
def test_strange_callers(globus, headers):
    """Whoever asks in a strange way is nobody, and gets the usual answer."""
    globus.fail(person="grace", times=None)
    assert _get(globus, headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("/v0.10/endpoint_search", {"code": "ServiceUnavailable", "resource": "/v0.10/endpoint_search"}),
        ("/v2/groups/my_groups", {"code": "SERVICE_UNAVAILABLE"}),
        ("/v2/oauth2/userinfo", {"error": "service_unavailable"}),
        ("/", {"code": "ServiceUnavailable"}),
    ],
)
def test_in_the_words_of_the_service(globus, path, document):
    """Without a body of its own a fault answers in the shape in which the service struck sends its errors."""
    globus.fail(path)
    response = _get(globus, path)
    assert response.headers["Content-Type"] == "application/json"
    assert document.items() <= response.json().items()
    assert "was asked to answer 503" in response.text


@pytest.mark.parametrize(("host", "status"), [("localhost", b" 503 "), ("evil.example", b" 421 ")])
def test_no_body_for_head(globus, host, status):
    """HEAD gets the headers only: a body would be taken for the next answer of the connection (RFC 9110 9.3.2)."""
    globus.fail(DISCOVERY)
    with socket.create_connection(("127.0.0.1", globus.port)) as connection:
        connection.sendall(f"HEAD {DISCOVERY} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert status in answer.partition(b"\r\n")[0]
    assert answer.partition(b"\r\n\r\n")[2] == b""


def test_retry_after(globus):
    """A 429 that says when to come back."""
    globus.fail(DISCOVERY, status=429, retry_after=30)
    response = _get(globus)
    assert (response.status_code, response.headers["Retry-After"]) == (429, "30")


def test_in_force(globus):
    """What is in force is listed in words with what is left of it, and can be ended one by one."""
    first = globus.fail("/v0.10/*", person="ada", times=3)
    second = globus.fail(DISCOVERY, status=429, latency=0.001, times=2)
    _get(globus)
    assert [(each.id, each.words, each.left) for each in globus.faults] == [
        (first.id, "any request to /v0.10/* by ada: answer 503", 3),
        (second.id, f"any request to {DISCOVERY}: answer 429, 0.001 seconds late", 1),
    ]
    globus.clear_fault(second.id)
    assert _get(globus).status_code == 200
    assert [each.id for each in globus.faults] == [first.id]
    with pytest.raises(LookupError, match=second.id):
        globus.clear_fault(second.id)


def test_spared_requests_are_counted_from_the_beginning(globus):
    """How many are spared is said as it was asked for, however many of them have come."""
    globus.fail(DISCOVERY, skip=2)
    _get(globus)
    [fault] = globus.faults
    assert fault.words == f"any request to {DISCOVERY} after the first 2: answer 503"


def test_what_has_struck_often_enough_is_gone(globus):
    """A fault that has struck as often as it was to is in force no more."""
    globus.fail(DISCOVERY)
    _get(globus)
    assert globus.faults == []


def test_no_fault_is_in_the_way_of_control(globus):
    """Whatever fails, the pages that could end it do not."""
    globus.fail(times=None, status=599)
    assert _get(globus, "/sandbox/static/sandbox.css").status_code == 200
    assert _get(globus, "/sandbox/sign-in").status_code == 599


@pytest.mark.parametrize(
    "wrong",
    [
        {"service": "weather"},
        {"skip": -1},
        {"every": 0},
        {"times": 0},
        {"probability": 0},
        {"probability": 1.1},
        {"status": 99},
        {"status": 600},
        {"latency": -1},
        {"latency": float("nan")},
        {"headers": {"X": "a\r\nb"}},
        {"headers": {"": "a"}},
        {"headers": {"Content-Length": "5"}},
        {"headers": {"Connection": "close"}},
        {"retry_after": -1},
        {"path": ""},
        {"body": object()},
    ],
)
def test_faults_that_cannot_be(globus, wrong):
    """What says nothing that can be is refused at once, with what would do."""
    with pytest.raises(ValueError, match=r"\w+"):
        globus.fail(**wrong)
    assert globus.faults == []


@pytest.mark.parametrize("who", [{"person": "nobody"}, {"client": "nothing"}])
def test_nobody_of_that_name(globus, who):
    """A fault for somebody who does not exist would strike nobody, so it is refused."""
    with pytest.raises(KeyError):
        globus.fail(**who)


class Crowd:
    """Clients who all ask at once, and wait for their answers."""

    def __init__(self, globus, number):
        self.answers = []
        self._globus = globus
        self._threads = [threading.Thread(target=self._ask) for _ in range(number)]
        for thread in self._threads:
            thread.start()
        while len(self.waiting) < number:  # each look is a request that has to be answered meanwhile
            pass

    def _ask(self):
        self.answers.append(_get(self._globus, timeout=60).status_code)

    @property
    def waiting(self):
        seen = _get(self._globus, "/sandbox/api/requests", timeout=60).json()
        return [each for each in seen if each["path"] == DISCOVERY and each["fault"] and each["status"] is None]

    def come_back(self):
        for thread in self._threads:
            thread.join(60)
        assert not any(thread.is_alive() for thread in self._threads)
        return self.answers


HOUR = 3600
MANY = 2 * WORKER_THREADS
WAYS_TO_END = {
    "one": lambda globus: requests.delete(f"{globus.url}/sandbox/api/faults/{globus.faults[0].id}"),
    "all": lambda globus: requests.delete(f"{globus.url}/sandbox/api/faults"),
    "reset": lambda globus: requests.post(f"{globus.url}/sandbox/api/reset", json={}),
}


@pytest.mark.parametrize("end", WAYS_TO_END.values(), ids=WAYS_TO_END)
def test_nobody_else_waits(globus, end):
    """More late answers than there are threads keep nobody else waiting, and all come at once when the fault ends."""
    globus.fail(DISCOVERY, status=503, latency=HOUR, times=None)
    crowd = Crowd(globus, MANY)
    assert _get(globus, "/jwk.json").status_code == 200
    assert end(globus).ok
    assert crowd.come_back() == [200] * MANY


def test_in_force_while_somebody_waits(globus):
    """A fault that will strike no more is listed while somebody waits for it, and can be ended; the log says so."""
    fault = globus.fail(DISCOVERY, status=None, latency=HOUR)
    crowd = Crowd(globus, 1)
    words = f"any request to {DISCOVERY}: the right answer, 3600 seconds late"
    assert [(each.words, each.left) for each in globus.faults] == [(f"{words} (1 waiting)", 0)]
    assert _get(globus).status_code == 200
    [waiting] = [each for each in globus.requests if each.status is None]
    globus.clear_fault(fault.id)
    assert (crowd.come_back(), globus.faults) == ([200], [])
    assert waiting.reason == f"Fault {words}. {ENDED}"


def _server_threads():
    return sum(each.name.startswith("waitress") for each in threading.enumerate())


def test_threads_are_as_many_as_before(globus):
    """Whoever was kept waiting leaves no thread behind."""
    before = _server_threads()
    globus.fail(DISCOVERY, status=None, latency=HOUR, times=None)
    crowd = Crowd(globus, MANY)
    globus.clear_faults()
    crowd.come_back()
    assert any(_server_threads() == before for _ in range(1000) if _get(globus).ok)


def test_no_more_than_so_many_wait():
    """Beyond a number the answer comes without delay: each who waits takes up a thread and a connection."""
    faults = Faults()
    faults.add(Target(times=None), Effect(latency=HOUR))
    shortened = []

    def wait():
        shortened.append(faults.keep_waiting(faults.take(Asked(path="/")), nullcontext()))

    threads = [threading.Thread(target=wait) for _ in range(MAX_WAITING)]
    for thread in threads:
        thread.start()
    while faults.all()[0].waiting < MAX_WAITING:
        pass
    wait()
    assert shortened == [CROWDED]
    faults.clear()
    for thread in threads:
        thread.join(60)
    assert shortened[1:] == [ENDED] * MAX_WAITING


def test_stopping_does_not_wait_for_a_delay():
    """A sandbox stops at once although somebody is being kept waiting."""
    globus = Sandbox().start()
    globus.fail(DISCOVERY, latency=60)
    waiting = threading.Thread(target=_get, args=(globus,))
    waiting.start()
    while not globus.requests:
        pass
    globus.stop()
    waiting.join(30)
    assert not waiting.is_alive()
