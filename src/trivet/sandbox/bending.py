"""What a test can bend in a running sandbox: its clock, requests, files, ID tokens, consents."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, overload

from trivet.sandbox.script.carrying import MAINTENANCE, FileFault
from trivet.sandbox.script.faults import Effect, Target, as_body
from trivet.sandbox.world.mishaps import happen
from trivet.sandbox.world.upcoming import advance_to_next, upcoming

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivet.sandbox.script.carrying import Hold, Side
    from trivet.sandbox.script.faults import Fault
    from trivet.sandbox.script.id_tokens import Change, Key
    from trivet.sandbox.script.in_force import InForce
    from trivet.sandbox.world import World
    from trivet.sandbox.world.upcoming import Moment


class Bendable(ABC):
    """The part of ``Sandbox`` that makes things go wrong, or late. ``reset`` undoes all of it but a new signing key."""

    @property
    @abstractmethod
    def world(self) -> World:
        """Everything the sandbox knows; for our own tests, and not part of what is promised."""

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
            return advance_to_next(self.world, to)
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
        lose_answer: bool = False,
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
        without any, and with *lose_answer* it does so when the request has been carried out. Who waits gets the right
        answer at once when the fault is ended, and keeps nobody else waiting; beyond ``MAX_WAITING`` requests the
        answer is not late.

        Raises:
            KeyError: there is no such person or client.
            ValueError: something else cannot be, or too many faults are in force already.
        """
        which = Target(
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
            lose_answer=lose_answer,
            latency=latency,
        )
        return self.world.add_fault(which, what, name=name)

    def mishap(self, name: str, **told: str) -> None:
        """Let something happen that does happen at Globus, such as ``maintenance`` or ``consent-rescinded``.

        ``world.mishaps.MISHAPS`` is the table of them, with what each has to be *told*: ``person="ada"``.
        What lasts is in ``faults`` until it is ended.

        Raises:
            MishapError: there is none of that name, or it has to be told something else.
            LookupError: nobody and nothing is called what it was told.
        """
        happen(self.world, name, told)

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

    def rescind(self, person: str, client_name: str, scope: str | None = None) -> None:
        """Take back what *person* agreed to for a client, as on the page for it; tokens die at once.

        All of it, or with *scope* only the consents for that scope, be it asked for on its own or as a dependency.

        Raises:
            KeyError: there is no such person or client.
            LookupError: there is no such consent.
        """
        self.world.take_back(person, client_name, scope)

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
            ValueError: Transfer has no such *code*, or too many faults are in force already.
        """
        self.world.carrying.add_fault(FileFault(pattern, code, side, times))

    def limit_rate(self, bytes_per_second: float | None) -> None:
        """Let every task copy so many bytes in a second of real time, so that its progress can be watched.

        Raises:
            ValueError: the rate is not above 0.
        """
        self.world.carrying.rate = bytes_per_second

    def pause_collection(self, name: str, message: str = MAINTENANCE) -> None:
        """Pause a collection, as its managers can: its tasks wait, and nothing else is done to its files.

        Raises:
            KeyError: there is no such collection.
        """
        self.world.carrying.pause(self.world.collection_called(name).id, message)

    def resume_collection(self, name: str) -> None:
        """Let everything go on that waits for a paused collection.

        Raises:
            KeyError: there is no such collection.
        """
        self.world.carrying.resume(self.world.collection_called(name).id)
