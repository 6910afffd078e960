"""Many people, many workers, one store: nobody is turned away and nobody sees what is somebody else's."""

import hashlib
from typing import Any

import pytest
from benchmarks.server import Server
from benchmarks.setting import environ
from benchmarks.stores import new_store
from tests.load.crowd import Visitor, visit_in_parallel

from trivet.sandbox import Sandbox

CLIENTS = 20
WORKERS = 4
PROCESSES = ("--workers", str(WORKERS))
THREADS = (*PROCESSES, "--worker-class", "gthread", "--threads", "4")


def test_a_crowd_on_four_workers_and_sqlite() -> None:
    """40 logins and 400 page views by 20 clients at once: no error, and each page shows its own person and token."""
    crowd_visits(store="sqlite", gunicorn=PROCESSES, logins=40, views=400)


@pytest.mark.soak
@pytest.mark.parametrize("gunicorn", [PROCESSES, THREADS], ids=["processes", "threads"])
@pytest.mark.parametrize("store", ["sqlite", "postgresql", "valkey"])
def test_large_crowds(store: str, gunicorn: tuple[str, ...]) -> None:
    """The same holds for fifty times as many, on every kind of store, with threads in the workers or without."""
    crowd_visits(store=store, gunicorn=gunicorn, logins=2_000, views=20_000)


def crowd_visits(*, store: str, gunicorn: tuple[str, ...], logins: int, views: int) -> None:
    with (
        Sandbox(seed_of(people=CLIENTS + 1)) as sandbox,  # one more than clients, so that nobody stays at one client
        new_store(store) as url,
        Server("benchmarks.who_is_looking:app", *gunicorn) as server,
    ):
        server.start(environ(sandbox, server, url))
        subs = [person.sub for person in sandbox.people.values()]
        visitors = [Visitor(f"{server.url}/me", subs[number % len(subs)]) for number in range(logins)]
        visit_in_parallel(visitors, clients=CLIENTS, looks=views // logins)
        assert server.log == ""
        check_views(visitors, sandbox)


def check_views(visitors: list[Visitor], sandbox: Sandbox) -> None:
    names = {person.sub: person.name for person in sandbox.people.values()}
    owners = {hashlib.sha256(token.value.encode()).hexdigest(): token.sub for token in sandbox.tokens}
    for visitor in visitors:
        (token,) = {view["token"] for view in visitor.views}
        assert owners[token] == visitor.sub
        assert {(view["sub"], view["name"]) for view in visitor.views} == {(visitor.sub, names[visitor.sub])}
    # Two sessions of one person do not share a token either.
    assert len({visitor.views[0]["token"] for visitor in visitors}) == len(visitors)
    assert len({view["worker"] for visitor in visitors for view in visitor.views}) == WORKERS


def seed_of(*, people: int) -> dict[str, Any]:
    return {
        "identity_providers": {"university": {"display_name": "University of Example", "domain": "uni.example"}},
        "clients": {"portal": {"name": "Portal", "redirect_uris": ["http://localhost:5000/login/callback"]}},
        "people": {
            f"person{number}": {
                "name": f"Person Number {number}",
                "identities": [{"idp": "university", "username": f"person{number}@uni.example"}],
            }
            for number in range(people)
        },
    }
