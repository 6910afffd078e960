"""Faults: each kind, and that they end."""

from __future__ import annotations

import pytest
import requests

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


def test_stopping_does_not_wait_for_a_delay():
    """A sandbox stops at once although somebody is being kept waiting."""
    import threading

    from trivet.sandbox import Sandbox

    globus = Sandbox().start()
    globus.fail(DISCOVERY, latency=60)
    waiting = threading.Thread(target=_get, args=(globus,))
    waiting.start()
    while not globus.requests:
        pass
    globus.stop()
    waiting.join(30)
    assert not waiting.is_alive()
