"""The sandbox as one object: start it, ask it, script it, stop it."""

from __future__ import annotations

import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, overload

from trivet.sandbox.address import check_host, check_issuer, is_loopback, origin, sdk_environment
from trivet.sandbox.app import build
from trivet.sandbox.carrier.carriers import Carriers
from trivet.sandbox.control.gate import Gate, usable_key
from trivet.sandbox.script.carrying import FileFault, Hold, Side
from trivet.sandbox.script.faults import Condition, Effect, as_body
from trivet.sandbox.seed.exporting import exported
from trivet.sandbox.seed.reading import Table, read_seed
from trivet.sandbox.seed.sample_data import write_sample_data
from trivet.sandbox.seed.settling import Settling
from trivet.sandbox.serving import ServerThread, listening_sockets
from trivet.sandbox.switches import Switches
from trivet.sandbox.world import Inhabitants, World
from trivet.sandbox.world.upcoming import upcoming
from trivet.sandbox.world.web_addresses import is_redirect_address

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from trivet.sandbox.script.faults import Fault
    from trivet.sandbox.script.id_tokens import Change, Key
    from trivet.sandbox.script.in_force import InForce
    from trivet.sandbox.world.clients import Client
    from trivet.sandbox.world.collections import Collection
    from trivet.sandbox.world.groups import Group
    from trivet.sandbox.world.people import Person
    from trivet.sandbox.world.policies import Policy
    from trivet.sandbox.world.request_log import RequestRecord
    from trivet.sandbox.world.tokens import Token
    from trivet.sandbox.world.upcoming import Moment


class Sandbox:
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
        self._host = check_host(host, issuer)
        self._port = port
        self._issuer = check_issuer(issuer) if issuer is not None else None
        self._seed = read_seed(seed)
        self.control_key = usable_key(control_key, needed=not (is_loopback(host) and is_loopback(issuer or host)))
        self._built_in = seed is None
        self._clock = clock
        self._data_dir = Path(data_dir) if data_dir is not None else None
        self._switches = switches or Switches()
        self._closing = threading.Event()
        self._world: World | None = None
        self._carriers: Carriers | None = None
        self._server: ServerThread | None = None
        self._own_directory: tempfile.TemporaryDirectory[str] | None = None

    def start(self) -> Self:
        """Begin to listen and return; what is asked from now on is answered.

        Raises:
            SeedError: the seed cannot be used.
            OSError: the port is taken.
        """
        if self._server is not None:
            raise RuntimeError("This sandbox is running already.")
        directory = self._directory()
        try:
            if self._built_in:
                write_sample_data(directory)
            inhabitants = Settling(self._seed, own=directory).inhabitants()
            sockets = listening_sockets(self._host, self._port)
            self._port = sockets[0].getsockname()[1]
            self._closing.clear()
            self._world = self._new_world(inhabitants)
            self._carriers = Carriers(self._world.carrying, tries=self._switches.transfer_tries)
            gate = Gate(self._world.issuer, self.control_key)
            self._server = ServerThread(build(self._world, self._carriers, gate, self._closing), sockets)
        except BaseException:
            self._remove_directory()
            raise
        return self

    def _new_world(self, inhabitants: Inhabitants) -> World:
        issuer = self._issuer or origin(self._host, self._port)
        return World(issuer=issuer, inhabitants=inhabitants, clock=self._clock, switches=self._switches)

    def _directory(self) -> Path:
        if self._data_dir is not None:
            self._data_dir.mkdir(parents=True, exist_ok=True)
            return self._data_dir.resolve()
        self._own_directory = tempfile.TemporaryDirectory(prefix="trivet-sandbox-")
        return Path(self._own_directory.name).resolve()

    def _remove_directory(self) -> None:
        if self._own_directory is not None:
            self._own_directory.cleanup()
            self._own_directory = None

    def stop(self) -> None:
        """Stop listening and carrying, end all threads and remove the temporary directory. May be called twice."""
        self._closing.set()
        if self._server is not None:
            self._server.stop()
            self._server = None
        if self._carriers is not None:
            self._carriers.stop()
            self._carriers = None
        self._remove_directory()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def world(self) -> World:
        """Everything the sandbox knows; for our own tests, and not part of what is promised."""
        if self._world is None:
            raise RuntimeError("Start this sandbox first: with Sandbox() as globus, or globus.start().")
        return self._world

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
        """Environment variables that send globus-sdk here."""
        return sdk_environment(self.url)

    @property
    def people(self) -> Mapping[str, Person]:
        return self.world.people

    @property
    def clients(self) -> Mapping[str, Client]:
        return self.world.clients

    @property
    def collections(self) -> Mapping[str, Collection]:
        return self.world.collections

    @property
    def policies(self) -> Mapping[str, Policy]:
        """The policies of the seed, as they are now."""
        found = {key: self.world.policies.find(policy_id) for key, policy_id in self.world.policies.seed_ids.items()}
        return {key: policy for key, policy in found.items() if policy is not None}

    @property
    def groups(self) -> Mapping[str, Group]:
        """The groups of the seed, as they are now."""
        found = {key: self.world.groups.find(group_id) for key, group_id in self.world.groups.seed_ids.items()}
        return {key: group for key, group in found.items() if group is not None}

    @property
    def requests(self) -> list[RequestRecord]:
        """The latest requests, oldest first, with every secret cut short."""
        return self.world.log.all()

    @property
    def tokens(self) -> list[Token]:
        """Every token ever issued, in order. For tests."""
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
            ValueError: Globus would not register that address.
        """
        if not is_redirect_address(uri):
            raise ValueError(f"A redirect address is https, or http on localhost, without a fragment: {uri}")
        with self.world.lock:
            client = self.world.clients[client_name]
            if uri not in client.redirect_uris:
                client.redirect_uris.append(uri)

    def rescind(self, person: str, client_name: str, scope: str | None = None) -> None:
        """Take back what *person* agreed to for a client, as on the page for it; tokens die at once.

        All of it, or with *scope* only the consents for that scope, be it asked for on its own or as a dependency.

        Raises:
            KeyError: there is no such person or client.
            LookupError: there is no such consent.
        """
        with self.world.lock:
            given = self.world.consents.of_person(self.world.people[person], self.world.clients[client_name].id)
            chosen = [each for each in given if (each.is_root if scope is None else each.scope_name == scope)]
            if not chosen:
                raise LookupError(f"{person} has given {client_name} no such consent.")
            for consent in chosen:
                self.world.rescind(consent)

    @overload
    def advance(self, duration: float | str) -> None: ...

    @overload
    def advance(self, *, to: str) -> Moment: ...

    def advance(self, duration: float | str = 0, *, to: str | None = None) -> Moment | None:
        """Move the clock on by *duration*, in seconds or such as ``49h``, ``90d``, ``1d12h``: everything ages with it.

        Or *to* the next moment of a kind, which is returned: ``access-token-death``, ``refresh-token-death``,
        ``code-death``, ``session-timeout``, ``task-deadline``, or ``next`` for whichever comes first.

        Raises:
            ClockError: that is no duration, or nothing like that will happen.
        """
        if to is not None:
            return self.world.advance_to_next(to)
        self.world.advance(duration)
        return None

    def freeze(self) -> None:
        """Let the clock stand still until ``unfreeze`` or ``reset``; ``advance`` moves it all the same."""
        self.world.clock.freeze()

    def unfreeze(self) -> None:
        """Let the clock go on from where it stands."""
        self.world.clock.unfreeze()

    @property
    def upcoming(self) -> list[Moment]:
        """What will happen by the clock alone, soonest first: tokens die, sign-ins grow too old, deadlines pass."""
        with self.world.lock:
            return upcoming(self.world)

    def rotate_key(self) -> None:
        """Sign ID tokens with a new key from now on."""
        with self.world.lock:
            self.world.keys.rotate()

    def script_id_token(self, change: Change, *, key: Key | str | None = None, times: int | None = 1) -> None:
        """Change the next *times* ID tokens (None: until ``reset``), to see a client refuse them.

        *change* gets the claims and the header. It edits them, or returns new ones as ``(claims, header)``, or
        returns a whole token as a string. Setting the header's ``alg`` to ``none`` or ``HS256`` is obeyed. *key*
        signs instead of the sandbox's own: an RSA key, bytes for HMAC, or ``"foreign"`` for a new RSA key.
        """
        self.world.id_token_script.add(change, key=key, times=times)

    def fail(
        self,
        path: str = "*",
        *,
        method: str | None = None,
        service: str | None = None,
        person: str | None = None,
        client: str | None = None,
        skip: int = 0,
        every: int = 1,
        times: int | None = 1,
        probability: float = 1.0,
        seed: int = 0,
        status: int | None = 503,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        retry_after: int | None = None,
        drop: bool = False,
        latency: float = 0.0,
        name: str | None = None,
    ) -> Fault:
        """Make requests fail, and return the fault, by whose ``id`` it can be cleared.

        Which requests: those to *path*, exact or a pattern with ``*``, with *method*, to one *service* (``auth``,
        ``transfer``, ``groups``), by one *person*, from one *client*. The first *skip* of them are spared, then every
        *every*-th is struck, with *probability* only some, the same for the same *seed*; *times* in all, or with None
        until cleared.

        What becomes of them: after *latency* seconds the answer is *status* with *headers* and *body* (bytes, text, or
        something to send as JSON; None: in the shape of the service's own errors). *retry_after*, in seconds, is the
        header of that name. With ``status=None`` the right answer comes, only late; with *drop* the connection closes
        without any.

        Raises:
            KeyError: there is no such person or client.
            ValueError: something else cannot be.
        """
        if person is not None:
            person = self.people[person].key
        if client is not None:
            client = self.clients[client].key
        which = Condition(
            path=path,
            method=method.upper() if method else None,
            service=service,
            person=person,
            client=client,
            skip=skip,
            every=every,
            times=times,
            probability=probability,
            seed=seed,
        )
        what = Effect(
            status=status,
            body=as_body(body),
            headers=headers or {},
            retry_after=retry_after,
            drop=drop,
            latency=latency,
        )
        return self.world.faults.add(which, what, name=name)

    @property
    def faults(self) -> list[InForce]:
        """What was asked to go wrong and still will: requests, files, ID tokens, pauses."""
        return self.world.in_force()

    def clear_fault(self, fault_id: str) -> None:
        """End one of ``faults``.

        Raises:
            LookupError: none with that id is in force.
        """
        self.world.clear_fault(fault_id)

    def clear_faults(self) -> None:
        """End all of ``faults``."""
        self.world.clear_faults()

    def wait_for_tasks(self, timeout: float = 30.0) -> None:
        """Return when no transfer or delete task goes on any more.

        Raises:
            TimeoutError: one still does after *timeout* seconds.
        """
        if self._carriers is not None:
            self._carriers.wait_until_idle(timeout)

    def hold_files(self, pattern: str = "*", *, after: int = 0) -> Hold:
        """Make files wait, while they are copied or before they are deleted, when *after* bytes of each are done.

        *pattern* is the path at the source, such as ``/run1/a.csv`` or ``*.csv``. They wait until ``release`` of what
        this returns, or to the end of a ``with`` block; its ``wait_until_reached`` tells when one does.
        """
        return self.world.carrying.hold(pattern, after)

    def fail_file(
        self, pattern: str, code: str = "PERMISSION_DENIED", *, side: Side = "source", times: int | None = 1
    ) -> None:
        """Make files fail in transfer and delete tasks, the next *times* they are tried (None: until ``reset``).

        A file is tried several times before its fault ends the task, see ``transfer_tries`` in the switches.

        Raises:
            ValueError: Transfer has no such *code*.
        """
        self.world.carrying.add_fault(FileFault(pattern, code, side, times))

    def limit_rate(self, bytes_per_second: float | None) -> None:
        """Let every task copy so many bytes in a second of real time, so that its progress can be watched.

        Raises:
            ValueError: the rate is not above 0.
        """
        self.world.carrying.rate = bytes_per_second

    def pause_collection(self, name: str, message: str = "Paused for maintenance") -> None:
        """Pause a collection, as its managers can: its tasks wait, and nothing else is done to its files.

        Raises:
            KeyError: there is no such collection.
        """
        self.world.carrying.pause(self.collections[name].id, message)

    def resume_collection(self, name: str) -> None:
        self.world.carrying.resume(self.collections[name].id)

    def export_seed(self) -> str:
        """Return who and what there is now as the text of a seed, which another sandbox can begin with.

        What people, applications, policies, collections and groups have become since is in it; sign-ins, consents,
        tokens, tasks and files are not. The secrets of applications are.
        """
        return exported(self.world)

    def reset(self) -> None:
        """Go back to the seed: sign-ins, consents, tokens, tasks, faults, scripts, added addresses, the log are gone.

        Tasks that are going on are canceled, and touch no file any more. Files stay as they are.
        """
        world = self.world
        with world.lock:
            if self._carriers is not None:
                self._carriers.drop_everything()
            world.reset()
