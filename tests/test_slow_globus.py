"""How many wait for a Globus Auth that does not answer."""

import socket
from contextlib import ExitStack

import pytest
from globus_sdk import GlobusTimeoutError

from conftest import Clock
from trivet.errors import GlobusUnavailable
from trivet.globus_auth import GlobusAuth
from trivet.slow_globus import SLOW_SECONDS, Entrance
from trivet.tokens import AccessToken, ClientSecret
from trivet.transport import Transports

SEATS = 2


@pytest.fixture
def entrance(clock: Clock) -> Entrance:
    return Entrance(seats=SEATS, clock=clock)


def wait_in_vain(entrance: Entrance) -> None:
    with pytest.raises(GlobusTimeoutError), entrance.entered():
        raise GlobusTimeoutError("no answer", TimeoutError())


def test_any_number_may_call_a_globus_that_answers(entrance: Entrance) -> None:
    """Nobody is counted as long as nobody has waited in vain."""
    with ExitStack() as under_way:
        for _ in range(10 * SEATS):
            under_way.enter_context(entrance.entered())


def test_only_so_many_wait_for_one_that_does_not(entrance: Entrance) -> None:
    """After one has waited in vain some may try, the others are told at once, and whoever is done makes room."""
    wait_in_vain(entrance)
    with ExitStack() as under_way:
        for _ in range(SEATS):
            under_way.enter_context(entrance.entered())
        with pytest.raises(GlobusUnavailable, match="slow"), entrance.entered():
            pass
    wait_in_vain(entrance)
    wait_in_vain(entrance)


@pytest.mark.parametrize("way", ["an answer", "time"])
def test_all_may_call_again(entrance: Entrance, clock: Clock, way: str) -> None:
    """An answer shows that the service is back; and after a while everybody may try whether it is."""
    wait_in_vain(entrance)
    if way == "time":
        clock.advance(SLOW_SECONDS)
    else:
        with entrance.entered():
            pass
    test_any_number_may_call_a_globus_that_answers(entrance)


def test_who_is_told_so_has_not_called(entrance: Entrance, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of calls to a service that accepts and never answers, those that are one too many do not even connect."""
    secret, transports = ClientSecret("y"), Transports(timeout_seconds=0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent, ExitStack() as under_way:
        silent.setblocking(False)
        monkeypatch.setenv("GLOBUS_SDK_SERVICE_URL_AUTH", f"http://127.0.0.1:{silent.getsockname()[1]}")
        auth = GlobusAuth(client_id="x" * 36, client_secret=secret, transports=transports, entrance=entrance)
        with pytest.raises(GlobusUnavailable, match="no answer"):
            auth.exchange(code="c", redirect_uri="r", code_verifier="v")
        silent.accept()[0].close()
        for _ in range(SEATS):
            under_way.enter_context(entrance.entered())
        for ask in (
            lambda: auth.exchange(code="c", redirect_uri="r", code_verifier="v"),
            lambda: auth.introspect(AccessToken("t")),
            lambda: auth.revoke(AccessToken("t")),
            lambda: auth.signing_key("1"),
        ):
            with pytest.raises(GlobusUnavailable, match="slow"):
                ask()
        with pytest.raises(BlockingIOError):
            silent.accept()
    transports.close()
