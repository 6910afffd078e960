"""The Sandbox object: starting, stopping, addresses, the clock, reset."""

from __future__ import annotations

import os
import socket
import tempfile
import threading
import time
from pathlib import Path

import pytest
import requests

from trivet.sandbox import Sandbox
from trivet.sandbox.address import AddressRefusedError
from trivet.sandbox.seed import SeedError

SECRET = "only-for-the-test-of-this-page"


def _threads():
    return {each.name for each in threading.enumerate() if "sandbox" in each.name}


def test_leaves_nothing():
    """After a stop there is no thread, no open port and no directory."""
    before = _threads()
    with Sandbox() as globus:
        assert requests.get(globus.url).status_code == 200
        root = globus.collections["laptop"].root
        port = int(globus.url.rpartition(":")[2])
    assert not root.exists()
    assert _threads() == before
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=1)


def test_stopping_with_open_connections():
    """Kept-alive connections do not hold up a stop, and stopping twice is fine."""
    globus = Sandbox().start()
    with requests.Session() as http:
        http.get(globus.url)
        globus.stop()
        globus.stop()


def test_start_again_on_the_same_port():
    """A stopped sandbox starts again, at its old address."""
    globus = Sandbox().start()
    url = globus.url
    globus.stop()
    with globus:
        assert globus.url == url
        assert requests.get(url).status_code == 200


def test_a_taken_port():
    """A port in use is an OSError, and nothing is left behind."""
    with Sandbox() as globus, pytest.raises(OSError, match="in use"):
        Sandbox(port=int(globus.url.rpartition(":")[2])).start()


def _broken_clock():
    raise ZeroDivisionError


def test_a_start_that_fails_leaves_nothing(tmp_path, monkeypatch):
    """Whatever it fails at, no socket stays open and no directory behind."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = set(os.listdir("/proc/self/fd"))
    with pytest.raises(ZeroDivisionError):
        Sandbox(clock=_broken_clock).start()
    assert set(os.listdir("/proc/self/fd")) <= before
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("more", [{}, {"peple": {}}])
def test_a_start_that_fails_shows_no_secret(more):
    """Neither the control key nor an application's secret is in what pytest prints beside a traceback."""
    seed = {"clients": {"portal": {"name": "Portal", "secret": SECRET}}, **more}
    with pytest.raises((ZeroDivisionError, SeedError)) as caught:
        Sandbox(seed, clock=_broken_clock, control_key=SECRET).start()
    inside = [each for each in caught.traceback if each.path.name != Path(__file__).name]
    assert inside
    assert SECRET not in repr([each.frame.f_locals for each in inside])


def test_not_started():
    """Asking an idle sandbox says what to do."""
    with pytest.raises(RuntimeError, match="Start this sandbox first"):
        _ = Sandbox().url


def test_twice():
    """Starting a running sandbox is a mistake."""
    with Sandbox() as globus, pytest.raises(RuntimeError, match="running"):
        globus.start()


def test_two_side_by_side(globus):
    """Two sandboxes share nothing: not the port, the keys or the tokens."""
    with Sandbox() as other:
        assert other.url != globus.url
        assert requests.get(f"{other.url}/jwk.json").json() != requests.get(f"{globus.url}/jwk.json").json()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_reachable_by_address(host):
    """``localhost`` answers on 127.0.0.1 as well."""
    with Sandbox(host=host) as globus:
        assert globus.url.startswith(f"http://{host}:")
        assert requests.get(f"http://127.0.0.1:{globus.url.rpartition(':')[2]}/jwk.json").status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "auth.globus.org", "192.0.2.1", "localhost.globus.org", ""])
def test_other_hosts_are_refused(host):
    """Loopback, unless it was said by which address others know it."""
    with pytest.raises(AddressRefusedError):
        Sandbox(host=host)


@pytest.mark.parametrize("host", ["auth.globus.org", "localhost.globus.org", "GLOBUS.ORG.", ""])
def test_hosts_that_are_always_refused(host):
    """A name of Globus's, whatever else was said."""
    with pytest.raises(AddressRefusedError):
        Sandbox(host=host, issuer="http://globus:8137")


@pytest.mark.parametrize(
    "issuer",
    [
        "https://auth.globus.org",
        "http://globus.org",
        "https://AUTH.GLOBUS.ORG",
        "https://auth.globus.org.",
        "https://auth.sandbox.globuscs.info",
        "http://localhost:8000/",
        "http://localhost:8000/path",
        "http://localhost:port",
        "http://localhost:99999",
        "http://ada:pw@localhost:8000",
        "http://[::1",
        "localhost:8000",
        "ftp://localhost",
    ],
)
def test_issuers_that_are_refused(issuer):
    """Never a name of Globus's, and always a plain origin."""
    with pytest.raises(AddressRefusedError):
        Sandbox(issuer=issuer)


def test_configured_issuer():
    """The issuer may differ from the address listened on, as between containers."""
    with Sandbox(host="127.0.0.1", port=0, issuer="http://globus-sandbox:8137") as globus:
        assert globus.url == "http://globus-sandbox:8137"
        assert globus.environ["GLOBUS_SDK_SERVICE_URL_AUTH"] == "http://globus-sandbox:8137/"


def test_environ(globus, visitor):
    """Every service of the SDK is pointed here, with the slash it needs; globus-cli keeps its real logins apart.

    The home page says the same.
    """
    addresses = {name: value for name, value in globus.environ.items() if name.startswith("GLOBUS_SDK_SERVICE_URL_")}
    assert set(addresses.values()) == {f"{globus.url}/"}
    assert {"GLOBUS_SDK_SERVICE_URL_AUTH", "GLOBUS_SDK_SERVICE_URL_TRANSFER"} <= addresses.keys()
    assert globus.environ.items() - addresses.items() == {("GLOBUS_PROFILE", f"sandbox-{globus.port}")}
    home = visitor.visit(globus.url).text
    assert all(f"export {name}={value}\n" in home for name, value in globus.environ.items())


def test_clock():
    """The injected clock is the time of tokens; ``advance`` adds to it."""
    moment = 1_800_000_000.0
    with Sandbox(clock=lambda: moment) as globus:
        globus.advance(5)
        assert globus.world.now() == moment + 5


def test_reset(globus, visitor, tokens, read_page):
    """Back to the seed: tokens dead, browser and consents forgotten, added addresses gone, clock back."""
    globus.register_redirect_uri("portal", "http://localhost:9999/x")
    globus.advance(1000)
    globus.fail("/*", times=None)
    globus.reset()
    assert (globus.tokens, globus.requests) == ([], [])
    assert not globus.token_is_active(tokens["access_token"])
    assert "http://localhost:9999/x" not in globus.clients["portal"].redirect_uris
    assert abs(globus.world.now() - time.time()) < 5
    assert any(name == "identity" for name, _ in read_page(visitor.visit().text).buttons)


def test_register_redirect_uri(globus, visitor):
    """An added address is accepted at once; one Globus would not register is a ValueError."""
    globus.register_redirect_uri("portal", "http://localhost:6001/cb")
    globus.register_redirect_uri("portal", "http://localhost:6001/cb")
    assert visitor.visit(redirect_uri="http://localhost:6001/cb").status_code == 200
    with pytest.raises(ValueError, match="https"):
        globus.register_redirect_uri("portal", "http://elsewhere.example/cb")


def test_data_dir(tmp_path):
    """With ``data_dir`` the sample files stay, and changes to them survive a restart."""
    with Sandbox(data_dir=tmp_path) as globus:
        (globus.collections["laptop"].root / "mine.txt").write_text("x")
    with Sandbox(data_dir=tmp_path) as globus:
        assert (globus.collections["laptop"].root / "mine.txt").read_text() == "x"


def test_imports_nothing_else_of_trivet():
    """The sandbox stands apart: no module of it imports the rest of the package."""
    import subprocess
    import sys

    program = (
        "import sys, trivet.sandbox, trivet.sandbox.command;"
        "print([m for m in sys.modules if m.startswith('trivet.') and not m.startswith('trivet.sandbox')])"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert set(eval(found.stdout)) <= _imported_by_the_package_itself()


def _imported_by_the_package_itself():
    import subprocess
    import sys

    program = "import sys, trivet; print([m for m in sys.modules if m.startswith('trivet.')])"
    return set(eval(subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout))
