"""``/sandbox/faults``: what goes wrong on purpose, how to end it, and a form for more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, render_template, request

from trivet.sandbox.control.not_done import GoneError, NotDoneError
from trivet.sandbox.script.carrying import FAULT_CODES, FileFault
from trivet.sandbox.script.faults import SERVICES, Effect, Target
from trivet.sandbox.world.mishaps import MISHAPS, happen

if TYPE_CHECKING:
    from flask import Blueprint
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World

PATH = "/sandbox/faults"
ANSWERS = {
    "503": ("503, down for maintenance", Effect(status=503)),
    "500": ("500, broken", Effect(status=500)),
    "429": ("429, to come back in 10 seconds", Effect(status=429, retry_after=10)),
    "401": ("401, as if the token were dead", Effect(status=401)),
    "403": ("403, not allowed", Effect(status=403)),
    "drop": ("no answer: the connection is dropped", Effect(drop=True)),
    "lost": ("no answer, though all is done: it is lost on the way", Effect(lose_answer=True)),
    "late": ("the right answer, 5 seconds late", Effect(status=None, latency=5)),
}
"""What the form offers -> its words, and what becomes of a request."""

TOLD = ("service", "path", "person", "client", "collection", "scope")
"""What a named mishap may be told."""

LONGEST_PATTERN = 500


def add_faults(pages: Blueprint, world: World) -> None:
    @pages.get(PATH)
    def faults() -> ResponseReturnValue:
        with world.lock:
            return render_template(
                "control/faults.html",
                faults=world.in_force(),
                answers={key: words for key, (words, _) in ANSWERS.items()},
                services=list(SERVICES),
                codes=FAULT_CODES,
                mishaps=MISHAPS,
            )

    @pages.post(PATH)
    def change_faults() -> ResponseReturnValue:
        with world.lock:
            if "end" in request.form:
                _end(request.form["end"], world)
            elif "clear" in request.form:
                world.clear_faults()
            elif "mishap" in request.form:
                _let_happen(world)
            elif "code" in request.form:
                _let_files_fail(world)
            else:
                _let_requests_fail(world)
        return redirect(PATH, 303)


def _end(fault_id: str, world: World) -> None:
    try:
        world.clear_fault(fault_id)
    except LookupError:
        raise GoneError("That fault") from None


def _let_happen(world: World) -> None:
    """Let the named mishap happen to what the form says; what is left empty is not told."""
    told = {name: request.form[name] for name in TOLD if request.form.get(name)}
    try:
        happen(world, request.form["mishap"], told)
    except (LookupError, ValueError) as error:
        raise NotDoneError(str(error.args[0])) from None


def _let_requests_fail(world: World) -> None:
    """Add the fault that the form describes; what is left empty does not matter."""
    form, answer = request.form, ANSWERS.get(request.form.get("answer", ""))
    if answer is None:
        raise NotDoneError("There is no such answer.")
    try:
        which = Target(
            path=_pattern("path"),
            service=form.get("service") or None,
            person=form.get("person") or None,
            client=form.get("client") or None,
            times=_times(),
        )
        world.add_fault(which, answer[1])
    except KeyError as error:
        raise NotDoneError(str(error.args[0]), 404) from None
    except ValueError as error:
        raise NotDoneError(str(error)) from None


def _let_files_fail(world: World) -> None:
    try:
        world.carrying.add_fault(_file_fault())
    except ValueError as error:
        raise NotDoneError(str(error)) from None


def _file_fault() -> FileFault:
    """Return the fault of files that the form describes."""
    code, side = request.form["code"], request.form.get("side")
    if code not in FAULT_CODES:
        raise NotDoneError("Transfer has no such code.")
    return FileFault(_pattern("pattern"), code, "destination" if side == "destination" else "source", _times())


def _pattern(field: str) -> str:
    pattern = request.form.get(field, "").strip() or "*"
    if len(pattern) > LONGEST_PATTERN:
        raise NotDoneError(f"A pattern has {LONGEST_PATTERN} characters at most.")
    return pattern


def _times() -> int | None:
    """Return how often the fault strikes; None, until it is ended, for an empty field."""
    text = request.form.get("times", "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and int(text[:6]) >= 1 and len(text) <= 6):
        raise NotDoneError("How often is a whole number above zero, or nothing for until it is ended.")
    return int(text)
