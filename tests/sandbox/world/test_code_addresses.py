"""Which addresses may receive codes, beside those that are registered."""

from __future__ import annotations

import pytest

from trivet.sandbox import Sandbox
from trivet.sandbox.switches import Switches
from trivet.sandbox.world.clients import CONFIDENTIAL, INSTALLED, WEBAPP, Client
from trivet.sandbox.world.code_addresses import may_receive_codes

REGISTERED = "https://app.example/callback"
KINDS = {
    "confidential": Client("a", "a", "A", CONFIDENTIAL),
    "webapp": Client("b", "b", "B", WEBAPP),
    "installed": Client("c", "c", "C", INSTALLED),
    "template": Client("d", "d", "D", CONFIDENTIAL, from_template=True),
}


def _may(kind, address, globus):
    return may_receive_codes(address.replace("<here>", globus.url), KINDS[kind], globus.world)


@pytest.mark.parametrize("kind", KINDS)
def test_registered_addresses(globus, kind):
    """Whatever the client, an address that is registered is one of its own."""
    client = KINDS[kind]
    client.redirect_uris[:] = [REGISTERED]
    assert may_receive_codes(REGISTERED, client, globus.world)
    assert not may_receive_codes(REGISTERED + "/", client, globus.world)


@pytest.mark.parametrize(
    ("kind", "may"), [("confidential", False), ("webapp", True), ("installed", True), ("template", True)]
)
def test_the_page_that_shows_codes(globus, kind, may):
    """Public clients and instances of a template may have it; a server has an address of its own."""
    assert _may(kind, "<here>/v2/web/auth-code", globus) is may
    assert not _may(kind, "<here>/v2/web/auth-code?x=1", globus)
    assert not _may(kind, "https://auth.globus.org/v2/web/auth-code", globus)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
@pytest.mark.parametrize("port", ["1", "8080", "65535"])
@pytest.mark.parametrize(
    ("kind", "may"), [("confidential", False), ("webapp", False), ("installed", True), ("template", True)]
)
def test_loopback_at_any_port(globus, host, port, kind, may):
    """Only programs on people's own computers may listen at whatever port is free."""
    assert _may(kind, f"http://{host}:{port}", globus) is may


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost",
        "http://localhost:",
        "http://localhost:0",
        "http://localhost:65536",
        "http://localhost:8080/",
        "http://localhost:8080/callback",
        "http://localhost:8080#x",
        "http://localhost:8080?x=1",
        "http://localhost:80\n",
        "http://localhost:٨٠",
        "http://localhost:8080@evil.example",
        "http://localhost.evil.example:8080",
        "http://user@localhost:8080",
        "https://localhost:8080",
        "HTTP://localhost:8080",
        "http://127.0.0.2:8080",
        "http://[::1]:8080",
    ],
)
def test_what_is_almost_loopback(globus, address):
    """Anything more, less or else is no such address."""
    assert not _may("installed", address, globus)


def test_paths_by_switch():
    """With the switch a path may follow, and still no fragment."""
    with Sandbox(switches=Switches(loopback_with_any_path=True)) as globus:
        assert _may("installed", "http://localhost:8080/callback", globus)
        assert not _may("installed", "http://localhost:8080/callback#x", globus)
        assert not _may("webapp", "http://localhost:8080/callback", globus)
