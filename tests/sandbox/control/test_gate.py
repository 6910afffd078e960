"""Who may control the sandbox, and who may not."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

import pytest
import requests

from trivet.sandbox import Sandbox
from trivet.sandbox.address import AddressRefusedError

KEY = "correct horse battery staple"
ISSUER = "http://globus-sandbox:8137"


def _get(globus, path, host=None, method="GET", **headers):
    """Ask with exactly these headers; *host* None sends no Host at all."""
    port = globus.port if isinstance(globus, Keyed) else urlsplit(globus.url).port
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest(method, path, skip_host=True)
    for name, value in {**({"Host": host} if host is not None else {}), **headers}.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders()
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    return response.status, body


class Keyed:
    """A sandbox that others can reach, or could."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.port = sandbox.port
        self.address = f"http://127.0.0.1:{self.port}"


@pytest.fixture(scope="module")
def keyed():
    with Sandbox(host="127.0.0.1", issuer=ISSUER, control_key=KEY) as sandbox:
        yield Keyed(sandbox)


@pytest.mark.parametrize("path", ["/sandbox/", "/", "/v2/oauth2/authorize", "/jwk.json"])
@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8137",
        "localhost.evil.example",
        "",
        "a@localhost",
        "[",
        "127.0.0.1#x",
        "localhost:x",
        "localhost:8137, evil.example",
    ],
)
def test_names_that_are_not_ours(globus, host, path):
    """A page that gave its own name this computer's address gets nothing at all, for nobody here has a password."""
    status, body = _get(globus, path, host)
    assert status == 421
    assert body.startswith("The Host header")
    assert "not this sandbox's" in globus.requests[-1].reason
    assert "--issuer" in body


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1:9000", "[::1]:8137", None])
def test_names_that_are_ours(globus, host):
    """This computer's names will do, at any port: a container's is often mapped. A program may send none."""
    assert _get(globus, "/sandbox/", host)[0] == 200


def test_the_issuer_is_a_name_too(keyed):
    """Behind a proxy or between containers the issuer's name is the one that clients know."""
    assert _get(keyed, "/jwk.json", "globus-sandbox:8137")[0] == 200
    assert _get(keyed, "/jwk.json", "globus-sandbox.example")[0] == 421


FOREIGN = [
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost:5000"},
    {"Origin": "["},
    {"Sec_Fetch_Site": "cross-site"},
    {"Sec_Fetch_Site": "same-site"},
    {"Sec_Fetch_Site": "none"},
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_no_other_page_may_change_anything(globus, read_page, headers):
    """A form or script of another origin is refused, even another port of this computer, whatever it knows."""
    form = {**read_page(requests.get(f"{globus.url}/sandbox/").text).hidden, "advance": "1h"}
    before = globus.world.now()
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    response = requests.post(f"{globus.url}/sandbox/clock", data=form, headers=sent)
    assert response.status_code == 403
    assert "Another web site" in response.text
    assert globus.world.now() < before + 60


def test_links_from_other_pages_work(globus):
    """Following a link to the control page changes nothing, so it is let through."""
    headers = {"Sec-Fetch-Site": "cross-site", "Referer": "http://localhost:5000/"}
    assert requests.get(f"{globus.url}/sandbox/", headers=headers).status_code == 200


@pytest.mark.parametrize("form", [{}, {"form_key": ""}, {"form_key": "ä" * 32}])
def test_forms_are_bound_to_our_pages(globus, form):
    """Without the key that our own pages put into every form, nothing is changed."""
    response = requests.post(f"{globus.url}/sandbox/clock", data=form)
    assert response.status_code == 403
    assert "Load its page once more" in response.text


def test_outside_loopback_it_wants_the_key(keyed):
    """Without the key there is no control page, only the form that asks for it; everything else answers."""
    response = requests.get(f"{keyed.address}/sandbox/", allow_redirects=False)
    assert (response.status_code, response.headers["Location"]) == (303, "/sandbox/key")
    assert 'name="key"' in requests.get(f"{keyed.address}/sandbox/").text
    assert requests.post(f"{keyed.address}/sandbox/clock").status_code == 401
    assert requests.get(f"{keyed.address}/.well-known/openid-configuration").json()["issuer"] == ISSUER


def test_the_key_opens_it(keyed):
    """The right key gives a cookie that no script reads, no other site sends, and that is not the key."""
    with requests.Session() as http:
        page = http.post(f"{keyed.address}/sandbox/key", data={"key": KEY})
        assert page.url == f"{keyed.address}/sandbox/"
        assert page.status_code == 200
        [cookie] = page.history[0].headers["Set-Cookie"].splitlines()
    assert {"HttpOnly", "SameSite=Strict", "Path=/sandbox/"} <= set(cookie.split("; "))
    assert KEY not in cookie


@pytest.mark.parametrize("key", ["", "wrong", KEY + " ", KEY.upper(), "ключ", "\0"])
def test_a_wrong_key(keyed, key):
    """A wrong key gives no cookie, and is not repeated anywhere."""
    response = requests.post(f"{keyed.address}/sandbox/key", data={"key": key})
    assert response.status_code == 401
    assert "Set-Cookie" not in response.headers
    assert "That is not the control key" in response.text


def test_another_site_cannot_even_try(keyed):
    """No foreign page may let a browser enter keys."""
    response = requests.post(
        f"{keyed.address}/sandbox/key", data={"key": KEY}, headers={"Origin": "http://evil.example"}
    )
    assert (response.status_code, "Set-Cookie" in response.headers) == (403, False)


@pytest.mark.parametrize("value", [KEY, f" {KEY}"])
def test_programs_send_the_key_as_bearer(keyed, value):
    """A program has the key in its Authorization header."""
    headers = {"Authorization": f"Bearer {value}"}
    assert requests.get(f"{keyed.address}/sandbox/", headers=headers).status_code == 200


@pytest.mark.parametrize("header", ["Bearer", "Bearer wrong", f"Basic {KEY}", KEY, "Bearer \xff"])
def test_other_headers_do_not_open_it(keyed, header):
    """Nothing but the key, and nothing but Bearer."""
    headers = {"Authorization": header.encode("latin-1")}
    response = requests.get(f"{keyed.address}/sandbox/", headers=headers, allow_redirects=False)
    assert response.status_code == 303


def test_the_key_is_in_no_log(keyed, caplog):
    """Neither the request log nor Python's holds it, whichever way it was sent."""
    caplog.set_level(0)
    requests.post(f"{keyed.address}/sandbox/key", data={"key": KEY})
    requests.get(f"{keyed.address}/sandbox/", headers={"Authorization": f"Bearer {KEY}"})
    requests.get(f"{keyed.address}/sandbox/key", params={"key": KEY})
    assert KEY not in caplog.text + repr(keyed.sandbox.requests)


def test_no_key_on_this_computer(globus):
    """Where nobody else can reach it there is no key to look up."""
    assert globus.control_key is None


@pytest.mark.parametrize("place", [{"host": "0.0.0.0", "issuer": ISSUER}, {"issuer": ISSUER}])
def test_a_key_is_made_up_where_others_can_reach_it(place):
    """Listening elsewhere, or being known by another name, is reason enough; two sandboxes have two keys."""
    keys = {Sandbox(**place).control_key for _ in range(2)}
    assert len(keys) == 2
    assert all(key is not None and len(key) >= 40 for key in keys)


def test_short_keys_are_refused():
    """Nobody counts guesses, so a key that can be guessed is none."""
    with pytest.raises(ValueError, match="at least 20 characters; this one has 8"):
        Sandbox(control_key="password")


def test_listening_elsewhere_needs_an_issuer():
    """Whoever opens the sandbox to others says so, and by which address it is known: it is never taken from Host."""
    with pytest.raises(AddressRefusedError, match="--issuer"):
        Sandbox(host="0.0.0.0")
    with Sandbox(host="0.0.0.0", issuer=ISSUER) as globus:
        assert globus.url == ISSUER


@pytest.mark.parametrize("value", ["", "x", "\xff\xfe", '"\\303\\200"'])
def test_cookies_of_somebodys_own_making(keyed, value):
    """Only the cookie that the right key gave opens the page."""
    name = f"sandbox-control-{urlsplit(ISSUER).port}"
    status, _ = _get(keyed, "/sandbox/", "localhost", Cookie=f"{name}={value}")
    assert status == 303
