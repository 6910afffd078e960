"""The outermost layer: every request is logged here, and here the faults strike, before any route sees it.

A browser's preflight is answered here too. It is no request of the application's, so no fault is spent on it.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from waitress.channel import ClientDisconnected
from werkzeug.wsgi import ClosingIterator

from trivet.sandbox.http.aside import stepped_aside
from trivet.sandbox.http.caller import who_asks
from trivet.sandbox.http.control_paths import is_control
from trivet.sandbox.http.cors import across_origins, is_open, is_preflight, preflight_headers
from trivet.sandbox.http.fault_answer import error_body, phrase
from trivet.sandbox.http.own_names import OwnNames
from trivet.sandbox.http.record import RECORD
from trivet.sandbox.script.faults import ENDED, Asked
from trivet.sandbox.world.redaction import redacted, redacted_text
from trivet.sandbox.world.request_log import RequestRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from trivet.sandbox.script.faults import Effect, Fault
    from trivet.sandbox.world import World


LONGEST_METHOD = 20


class FrontDoor:
    """A WSGI application around the real one."""

    def __init__(self, app: WSGIApplication, world: World) -> None:
        self._app = app
        self._world = world
        self._names = OwnNames(world.issuer)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self._world.remains.take_apart()
        path = _path(environ)
        record = self._record(environ, path)
        ours = self._names.include(environ.get("HTTP_HOST"))
        if not (ours and _only_looks(record)):
            self._world.log.add(record)
        if not ours:
            return self._misdirected(record, start_response)
        if is_preflight(environ) and is_open(record.path):
            return self._answer_preflight(environ, record, start_response)
        fault = None if is_control(record.path) else self._world.faults.take(self._asked(environ, path, record))
        if fault is not None and self._strikes(fault, environ, record):
            return self._fail(fault.effect, environ, record, start_response)
        return self._app(environ, _noting_status(start_response, record))

    def _record(self, environ: WSGIEnvironment, path: str) -> RequestRecord:
        method = environ["REQUEST_METHOD"][:LONGEST_METHOD]
        record = RequestRecord(self._world.now(), method, redacted_text(path))
        record.query = redacted(_query_pairs(environ.get("QUERY_STRING", "")))
        record.authorization = _scheme(environ.get("HTTP_AUTHORIZATION"))
        record.with_cookie = "HTTP_COOKIE" in environ
        environ[RECORD] = record
        return record

    def _misdirected(self, record: RequestRecord, start_response: StartResponse) -> Iterable[bytes]:
        record.status = 421
        record.reason = (
            f"The Host header has a name that is not this sandbox's, which is known as {self._world.issuer}: "
            "ask there, or give that name with --issuer when it starts."
        )
        headers = [("Content-Type", "text/plain; charset=utf-8")]
        return _answer(record, "Misdirected Request", headers, record.reason.encode(), start_response)

    def _asked(self, environ: WSGIEnvironment, path: str, record: RequestRecord) -> Asked:
        """Return what faults go by: the whole path, and who asks only if one of them goes by that."""
        if self._world.faults.are_personal:
            record.person, record.client = who_asks(environ, self._world)
        return Asked(path=path, method=record.method, person=record.person, client=record.client)

    def _strikes(self, fault: Fault, environ: WSGIEnvironment, record: RequestRecord) -> bool:
        """Keep the request waiting for as long as *fault* says; return whether it fails then."""
        record.fault, record.reason = True, f"Fault {fault}"
        effect, shortened = fault.effect, None
        if effect.latency:
            shortened = self._world.faults.keep_waiting(fault, stepped_aside(environ))
        if shortened is not None:
            record.reason = f"{record.reason}. {shortened}"
        return shortened != ENDED and effect.fails

    def _answer_preflight(
        self, environ: WSGIEnvironment, record: RequestRecord, start_response: StartResponse
    ) -> Iterable[bytes]:
        asked_for = environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "")
        headers = preflight_headers(asked_for, any_header=self._world.switches.any_header_across_origins)
        record.status = 204
        start_response("204 No Content", headers)
        return []

    def _fail(
        self, effect: Effect, environ: WSGIEnvironment, record: RequestRecord, start_response: StartResponse
    ) -> Iterable[bytes]:
        if effect.lose_answer:
            self._carry_out(environ, record)
        if effect.drop or effect.lose_answer or effect.status is None:
            # The one exception waitress answers by closing the connection and writing nothing.
            raise ClientDisconnected
        status = record.status = effect.status
        headers = [*effect.answer_headers.items(), *across_origins(record.path)]
        body = error_body(status, record.path) if effect.body is None else effect.body
        return _answer(record, phrase(status), headers, body, start_response)

    def _carry_out(self, environ: WSGIEnvironment, record: RequestRecord) -> None:
        with closing(ClosingIterator(self._app(environ, _noting_status(_to_nobody, record)))) as answer:
            for _part in answer:
                pass


def _to_nobody(_status: str, _headers: list[tuple[str, str]], _exc_info: Any = None, /) -> Callable[[bytes], object]:
    return lambda _part: None


def _answer(
    record: RequestRecord, reason: str, headers: list[tuple[str, str]], body: bytes, start_response: StartResponse
) -> Iterable[bytes]:
    """Answer with the record's status; HEAD is told the length of *body* and gets none (RFC 9110 section 9.3.2)."""
    start_response(f"{record.status} {reason}", [*headers, ("Content-Length", str(len(body)))])
    return [] if record.method == "HEAD" else [body]


def _path(environ: WSGIEnvironment) -> str:
    return str(environ.get("PATH_INFO", "")).encode("latin-1", "replace").decode("utf-8", "replace")


def _scheme(header: str | None) -> str | None:
    """Return how somebody proves who they are; what is none of the known ways may be a secret itself."""
    scheme = (header or "").partition(" ")[0].lower()
    return scheme if scheme in ("basic", "bearer") else None


def _only_looks(record: RequestRecord) -> bool:
    """Say whether somebody looks at the control page: the log they may be looking at is not about that."""
    return record.method in ("GET", "HEAD") and is_control(record.path)


def _query_pairs(query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query, keep_blank_values=True, max_num_fields=500)
    except ValueError:
        return []


def _noting_status(start_response: StartResponse, record: RequestRecord) -> StartResponse:
    def noting(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
        record.status = int(status.split(" ", 1)[0])
        return start_response(status, headers, exc_info)

    return noting
