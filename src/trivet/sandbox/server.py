"""The sandbox as one object: start it, ask it, stop it. What a test can bend in it is in ``bending.py``."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from trivet.sandbox.address import check_host, check_issuer, environment, is_loopback
from trivet.sandbox.bending import Bendable
from trivet.sandbox.control.gate import usable_key
from trivet.sandbox.running import Plan, Running
from trivet.sandbox.seed.exporting import exported
from trivet.sandbox.seed.reading import Table, read_seed
from trivet.sandbox.switches import Switches
from trivet.sandbox.visiting.person import Conduct, Visitor
from trivet.sandbox.visiting.sign_in import SignIn
from trivet.sandbox.world.web_addresses import is_redirect_address

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from trivet.sandbox.world import World
    from trivet.sandbox.world.clients import Client
    from trivet.sandbox.world.collections import Collection
    from trivet.sandbox.world.groups import Group
    from trivet.sandbox.world.people import Person
    from trivet.sandbox.world.policies import Policy
    from trivet.sandbox.world.request_log import RequestRecord
    from trivet.sandbox.world.tokens import Token


class Sandbox(Bendable):
    """A local Globus.

    Args:
        seed: None for the built-in world, a path to a TOML file, or such a file's contents as a dictionary.
        host: ``localhost`` (also ::1, where there is one), ``127.0.0.1`` or ``::1``. Another, such as ``0.0.0.0`` in a
            container, needs an *issuer*; whoever reaches it there can sign in as anybody.
        port: 0 for a free one.
        clock: gives epoch seconds; ``advance`` adds to it.
        issuer: the address clients know, if it is not ``http://host:port``. Never taken from a request.
        data_dir: where collections without a directory get one. By default a temporary directory, removed at stop.
        switches: what to do where Globus's behaviour is unknown.
        control_key: what whoever opens the control page has to know, 20 characters or more. Where others can reach
            the sandbox it is made up if none is given; ``control_key`` of the sandbox tells it.

    Raises:
        AddressRefusedError: a host that is not loopback without an issuer, or one of either that belongs to Globus.
        ValueError: the control key is too short.
        SeedError: from ``start``, with every problem in the seed.
    """

    def __init__(
        self,
        seed: str | Path | Table | None = None,
        *,
        host: str = "localhost",
        port: int = 0,
        clock: Callable[[], float] = time.time,
        issuer: str | None = None,
        data_dir: str | Path | None = None,
        switches: Switches | None = None,
        control_key: str | None = None,
    ) -> None:
        self._plan = Plan(
            seed=read_seed(seed),
            built_in=seed is None,
            host=check_host(host, issuer),
            issuer=check_issuer(issuer) if issuer is not None else None,
            data_dir=Path(data_dir) if data_dir is not None else None,
            clock=clock,
            switches=switches or Switches(),
            control_key=usable_key(control_key, needed=not (is_loopback(host) and is_loopback(issuer or host))),
        )
        self._port = port
        self._running: Running | None = None

    def start(self) -> Self:
        """Begin to listen and return; what is asked from now on is answered.

        Raises:
            SeedError: the seed cannot be used.
            OSError: the port is taken.
        """
        if self._running is not None and self._running.listens:
            raise RuntimeError("This sandbox is running already.")
        self._running = Running(self._plan, self._port)
        self._port = self._running.port
        return self

    def stop(self) -> None:
        """Stop listening and carrying, end all threads and remove the temporary directory. May be called twice."""
        if self._running is not None:
            self._running.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def world(self) -> World:
        """Everything the sandbox knows; for our own tests, and not part of what is promised."""
        return self._started.world

    @property
    def _started(self) -> Running:
        if self._running is None:
            raise RuntimeError("Start this sandbox first: with Sandbox() as globus, or globus.start().")
        return self._running

    @property
    def control_key(self) -> str | None:
        """What whoever opens the control page has to know; None where nobody else can reach it."""
        return self._plan.control_key

    @property
    def port(self) -> int:
        """Where it listens; of use where the issuer has another."""
        return self._port

    @property
    def url(self) -> str:
        """The address and the issuer, without a slash at the end."""
        return self.world.issuer

    @property
    def environ(self) -> dict[str, str]:
        """Environment variables that send globus-sdk and globus-cli here."""
        return environment(self.url)

    @property
    def people(self) -> Mapping[str, Person]:
        """Everybody there is now, by name in the seed; those who were added by a name made from their username."""
        return self.world.people

    @property
    def clients(self) -> Mapping[str, Client]:
        """The applications there are now, by name in the seed; those registered since by id."""
        return self.world.clients

    @property
    def collections(self) -> Mapping[str, Collection]:
        """The collections of the seed, by name."""
        return self.world.collections

    @property
    def policies(self) -> Mapping[str, Policy]:
        """The policies of the seed, by name, as they are now."""
        found = {key: self.world.policies.find(policy_id) for key, policy_id in self.world.policies.seed_ids.items()}
        return {key: policy for key, policy in found.items() if policy is not None}

    @property
    def groups(self) -> Mapping[str, Group]:
        """The groups of the seed, by name, as they are now."""
        found = {key: self.world.groups.find(group_id) for key, group_id in self.world.groups.seed_ids.items()}
        return {key: group for key, group in found.items() if group is not None}

    @property
    def requests(self) -> list[RequestRecord]:
        """The latest requests, oldest first, with every secret cut short."""
        return self.world.log.all()

    @property
    def tokens(self) -> list[Token]:
        """The tokens that were issued, in order; ``MAX_TOKENS`` of a kind are remembered. For tests."""
        with self.world.lock:
            return self.world.tokens.all()

    def token_is_active(self, token: str) -> bool:
        """Say whether *token* exists, has not expired and was not revoked."""
        with self.world.lock:
            found = self.world.tokens.find(token)
            return found is not None and found.active

    def register_redirect_uri(self, client_name: str, uri: str) -> None:
        """Register one more redirect address for a client; ``reset`` forgets it.

        Raises:
            KeyError: there is no such client.
            ValueError: Globus would not register that address, or the client has too many already.
        """
        if not is_redirect_address(uri):
            raise ValueError(f"A redirect address is https, or http on localhost, without a fragment: {uri}")
        with self.world.lock:
            self.world.application(client_name).register(uri)

    def sign_in(
        self,
        http: Any,
        person: str,
        start: str = "/login",
        *,
        identity: str | None = None,
        allow: bool = True,
        second_factor: bool = True,
    ) -> Any:
        """Sign *person* in to an application without a browser, and return its last answer.

        *http* is a client for the application that keeps cookies: a test client of Flask, Starlette or Django, a
        ``requests.Session`` or an ``httpx.Client``. It asks for *start*, a page that leads here, and follows every
        redirect; here the person signs in, with the linked *identity* of that username if one is given, confirms with
        a second factor if asked, and allows what is asked for. With ``allow=False`` they press Deny, and with
        ``second_factor=False`` they give up where one is needed. Each call is a browser of its own.

        Raises:
            KeyError: there is no such person.
            VisitError: it did not come to its end, and why.
        """
        visitor = self._visitor(person, identity=identity, allow=allow, second_factor=second_factor)
        return SignIn(http, visitor, self.world).run(start, successful=allow and second_factor)

    def authorize(
        self,
        address: str,
        person: str,
        *,
        identity: str | None = None,
        allow: bool = True,
        second_factor: bool = True,
    ) -> str:
        """Take *person* from the authorize address that an application made, to the one they are sent back to.

        For clients that ``sign_in`` cannot drive. What comes back holds the code: it belongs to the application only.

        Raises:
            KeyError: there is no such person.
            VisitError: there is no way back, and why.
        """
        visitor = self._visitor(person, identity=identity, allow=allow, second_factor=second_factor)
        return visitor.pass_through(address)

    def _visitor(self, person: str, *, identity: str | None, allow: bool, second_factor: bool) -> Visitor:
        who = Conduct(person=self.world.person(person), identity=identity, allow=allow, second_factor=second_factor)
        return Visitor(self._started.app, self.url, who)

    def wait_for_tasks(self, timeout: float = 30.0) -> None:
        """Return when no transfer or delete task goes on any more.

        Raises:
            TimeoutError: one still does after *timeout* seconds.
        """
        self._started.carriers.wait_until_idle(timeout)

    def export_seed(self) -> str:
        """Return who and what there is now as the text of a seed, which another sandbox can begin with.

        What people, applications, policies, collections and groups have become since is in it; sign-ins, consents,
        tokens, tasks and files are not. The secrets of applications are.
        """
        return exported(self.world)

    def reset(self) -> None:
        """Go back to the seed: sign-ins, consents, tokens, tasks, faults, scripts, added addresses, the log are gone.

        Tasks that are going on are canceled, and touch no file any more. Files in directories that the sandbox has made
        itself are as they were at the beginning; a directory of yours stays as it is.
        """
        self._started.reset()
