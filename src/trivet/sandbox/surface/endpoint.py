"""One endpoint of Globus: what it is for, what it takes, and how we know what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Grade = Literal["recorded", "documented", "guessed", "absent"]
"""How we know what a successful answer looks like.

``recorded``: the vendor's own test data has one, or it was captured from the live service; ``documented``: the
vendor's documentation, or the standard it follows, says it; ``guessed``: neither; ``absent``: not in the sandbox.
"""

Caller = Literal["nobody", "client", "token", "client or token", "browser"]
"""Who has to be known: a client by its credentials, a person by an access token, or a browser by its cookie."""

Kind = Literal["text", "number", "flag", "id", "texts", "objects", "object"]


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One row of a service's table.

    Args:
        method: of HTTP.
        path: as the routes write it, with ``<name>`` for what varies.
        does: what it is for, in a few words.
        grade: of its successful answer; what is less sure about it, *note* and *switches* say.
        source: how we know.
        note: what is not as sure as the grade says, or not there.
        switches: fields of ``Switches`` that change what it answers.
        caller: who has to be known.
        query, form, json: names of parameters, form fields and fields of the JSON body, separated by spaces; after a
            colon the kind of each that is not a text, as in ``limit:number``.
        inside: the JSON fields are those of an object in the body, under this name.
    """

    method: str
    path: str
    does: str
    grade: Grade
    source: str
    note: str = ""
    switches: tuple[str, ...] = ()
    caller: Caller = "token"
    query: str = ""
    form: str = ""
    json: str = ""
    inside: str = ""


def lacking(method: str, path: str, does: str, source: str = "globus-sdk") -> Endpoint:
    """Return the row of something that the sandbox does not have."""
    return Endpoint(method=method, path=path, does=does, grade="absent", source=source)
