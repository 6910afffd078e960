"""Read a fault from the JSON object that asks for one: the fields of its target and of its effect, side by side."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from trivet.sandbox.script.faults import Effect, Target, as_body

KINDS: dict[str, tuple[type, ...]] = {
    "path": (str,),
    "method": (str,),
    "service": (str,),
    "person": (str,),
    "client": (str,),
    "skip": (int,),
    "every": (int,),
    "times": (int, type(None)),
    "probability": (int, float),
    "seed": (int,),
    "status": (int, type(None)),
    "body": (object,),
    "headers": (dict,),
    "retry_after": (int,),
    "drop": (bool,),
    "lose_answer": (bool,),
    "latency": (int, float),
}
"""Field -> what may be in it. Null stands where it means something: no end, and the right answer."""

LONGEST_TEXT = 500
LARGEST_NUMBER = 10**9


def fault_in(sent: dict[str, Any]) -> tuple[Target, Effect]:
    """Return what *sent* asks for; what it leaves out is as in ``Sandbox.fail``.

    Raises:
        ValueError: it says nothing that can be.
    """
    for name, value in sent.items():
        _check(name, value)
    given = dict(sent)
    if "body" in given:
        given["body"] = as_body(given["body"])
    if "method" in given:
        given["method"] = given["method"].upper()
    ours = {each.name for each in fields(Target)}
    target = Target(**{name: value for name, value in given.items() if name in ours})
    return target, Effect(**{name: value for name, value in given.items() if name not in ours})


def _check(name: str, value: object) -> None:
    kinds = KINDS.get(name)
    if kinds is None:
        raise ValueError(f"A fault has no field {name[:40]!r}. It has: {', '.join(KINDS)}.")
    if not isinstance(value, kinds) or (isinstance(value, bool) and not {bool, object} & set(kinds)):
        raise ValueError(f"{name} is a {' or '.join(_word(kind) for kind in kinds)}.")
    if isinstance(value, str) and name != "body" and len(value) > LONGEST_TEXT:
        raise ValueError(f"{name} has {LONGEST_TEXT} characters at most.")
    if isinstance(value, int | float) and name != "body" and abs(value) > LARGEST_NUMBER:
        raise ValueError(f"{name} is {LARGEST_NUMBER} at most.")
    if isinstance(value, dict) and name == "headers" and not all(isinstance(each, str) for each in value.values()):
        raise ValueError("headers are texts by name.")


def _word(kind: type) -> str:
    words = {str: "text", int: "whole number", float: "number", bool: "true or false", dict: "object"}
    return words.get(kind, "null")
