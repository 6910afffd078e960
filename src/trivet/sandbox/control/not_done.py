"""What somebody asked for and cannot have: a page with one sentence, and nothing changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template

from trivet.sandbox.http.record import refused
from trivet.sandbox.world.accounts import AccountError
from trivet.sandbox.world.clock import ClockError
from trivet.sandbox.world.room import FullError

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


class NotDoneError(Exception):
    """Nothing was changed; the message says why, and *status* is that of the answer."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.status = status


class GoneError(NotDoneError):
    """What the page or form is about is not there any more, or never was."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is not here. It may have gone with a reset.", 404)


def answer_not_done(pages: Blueprint) -> None:
    """Answer whatever cannot be done, at any of *pages*, with a page that says so."""

    def answer(sentence: str, status: int) -> ResponseReturnValue:
        refused("NotDone", sentence)
        return render_template("control/not_done.html", sentence=sentence), status

    @pages.errorhandler(NotDoneError)
    def not_done(error: NotDoneError) -> ResponseReturnValue:
        return answer(str(error), error.status)

    @pages.errorhandler(AccountError)
    @pages.errorhandler(ClockError)
    def impossible(error: ValueError) -> ResponseReturnValue:
        return answer(str(error), 400)

    @pages.errorhandler(FullError)
    def full(error: FullError) -> ResponseReturnValue:
        return answer(str(error), 409)
