"""What goes wrong at a real Globus now and then, by name: each is one sentence, what it is told, and a function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trivet.sandbox.script.carrying import FileFault
from trivet.sandbox.script.faults import Effect, Target
from trivet.sandbox.script.id_tokens import FOREIGN

if TYPE_CHECKING:
    from collections.abc import Callable

    from trivet.sandbox.script.id_tokens import Change
    from trivet.sandbox.world.world import World

LATE_SECONDS = 10.0
RETRY_SECONDS = 30


class MishapError(ValueError):
    """There is no such mishap, or it was told too little or too much."""


@dataclass(frozen=True)
class Mishap:
    """``needs`` is what it has to be told, ``takes`` what it may be: names as in the seed, a service, a path."""

    sentence: str
    happen: Callable[..., None]
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()


def happen(world: World, name: str, told: dict[str, str]) -> None:
    """Let the mishap of that *name* happen.

    Raises:
        MishapError: there is none, or it needs to be told something else.
        LookupError: nobody and nothing is called what it was told.
        ValueError: there is no such service.
    """
    mishap = MISHAPS.get(name)
    if mishap is None:
        raise MishapError(f"There is no mishap {name!r}. There are: {', '.join(MISHAPS)}.")
    unknown = set(told) - {*mishap.needs, *mishap.takes}
    missing = [each for each in mishap.needs if each not in told]
    if unknown or missing:
        may = " and may be told ".join(", ".join(each) or "nothing" for each in (mishap.needs, mishap.takes))
        raise MishapError(f"{name} needs {may}. {mishap.sentence}")
    with world.lock:
        mishap.happen(world, **told)


def _requests(name: str, effect: Effect) -> Callable[..., None]:
    """Return what lets all requests, or those to one service, by one person or from one client, come to *effect*."""

    def fail(
        world: World,
        *,
        path: str = "*",
        service: str | None = None,
        person: str | None = None,
        client: str | None = None,
    ) -> None:
        which = Target(path=path, service=service, person=person, client=client, times=None)
        world.add_fault(which, effect, name=name)

    return fail


def _endpoint_paused(world: World, *, collection: str) -> None:
    world.carrying.pause(world.collection_called(collection).id)


def _file_denied(world: World, *, path: str) -> None:
    world.carrying.add_fault(FileFault(path, "PERMISSION_DENIED", "source", None))


def _session_expired(world: World, *, person: str) -> None:
    world.age_sign_ins(world.person(person))


def _consent_rescinded(world: World, *, person: str, client: str, scope: str | None = None) -> None:
    world.take_back(person, client, scope)


def _key_rotated(world: World) -> None:
    world.keys.rotate()


def _id_token(name: str, change: Change, key: str | None = None) -> Callable[..., None]:
    def script(world: World) -> None:
        world.id_token_script.add(change, key=key, times=1, name=name)

    return script


def _with(**claims: Any) -> Change:
    return lambda found, header: (found | claims, header)


def _unsigned(claims: dict[str, Any], header: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    return claims, {**header, "alg": "none"}


def _expired(claims: dict[str, Any], header: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    return {**claims, "iat": claims["iat"] - 2 * 86_400, "exp": claims["iat"] - 86_400}, header


WHICH = ("service", "path", "person", "client")

MISHAPS = {
    "maintenance": Mishap(
        "Every request is answered 503, as the service struck says it, until this is ended.",
        _requests("maintenance", Effect(status=503)),
        takes=WHICH,
    ),
    "slow": Mishap(
        "Every right answer comes ten seconds late.",
        _requests("slow", Effect(status=None, latency=LATE_SECONDS)),
        takes=WHICH,
    ),
    "dropped": Mishap(
        "Every connection closes without an answer.", _requests("dropped", Effect(drop=True)), takes=WHICH
    ),
    "answer-lost": Mishap(
        "Every request is carried out, and its connection closes instead of an answer.",
        _requests("answer-lost", Effect(lose_answer=True)),
        takes=WHICH,
    ),
    "rate-limited": Mishap(
        "Every request is answered 429, to come back in half a minute.",
        _requests("rate-limited", Effect(status=429, retry_after=RETRY_SECONDS)),
        takes=WHICH,
    ),
    "endpoint-paused": Mishap(
        "The managers of a collection have paused it: its tasks wait, and nothing else is done to its files.",
        _endpoint_paused,
        needs=("collection",),
    ),
    "file-denied": Mishap(
        "Nobody may read one file, or those of a pattern: transfers of it fail.", _file_denied, needs=("path",)
    ),
    "session-expired": Mishap(
        "Every sign-in of one person is too old for whatever asks for a recent one; the clock stays.",
        _session_expired,
        needs=("person",),
    ),
    "consent-rescinded": Mishap(
        "A person takes back what they agreed to for an application; its tokens die at once.",
        _consent_rescinded,
        needs=("person", "client"),
        takes=("scope",),
    ),
    "key-rotated": Mishap("ID tokens are signed with a new key from now on.", _key_rotated),
    "id-token-audience": Mishap(
        "The next ID token is for another application.", _id_token("another audience", _with(aud="someone-else"))
    ),
    "id-token-issuer": Mishap(
        "The next ID token is from somebody else.", _id_token("another issuer", _with(iss="https://issuer.example"))
    ),
    "id-token-nonce": Mishap(
        "The next ID token answers another sign-in.", _id_token("another nonce", _with(nonce="another"))
    ),
    "id-token-expired": Mishap("The next ID token died yesterday.", _id_token("expired", _expired)),
    "id-token-forged": Mishap(
        "The next ID token is signed with a key that is in nobody's list.", _id_token("forged", _with(), FOREIGN)
    ),
    "id-token-unsigned": Mishap("The next ID token has no signature.", _id_token("unsigned", _unsigned)),
}
