"""The fidelity page of the documentation: which endpoint is how much like Globus's."""

from __future__ import annotations

import dataclasses
import inspect
import re
from typing import TYPE_CHECKING, get_args

from trivet.sandbox import switches
from trivet.sandbox.http.absent import ABSENT
from trivet.sandbox.surface import SERVICES
from trivet.sandbox.surface.endpoint import Grade
from trivet.sandbox.switches import Switches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivet.sandbox.surface.endpoint import Endpoint

INTRODUCTION = """\
# Fidelity

How much the sandbox is like Globus, endpoint by endpoint. This page is made by
`python -m trivet.sandbox.surface fidelity > docs/fidelity.md` from the tables in `src/trivet/sandbox/surface/`; tests
compare these with the routes there are, and with the calls and the test data of globus-sdk.

- **recorded**: the test data of the vendor's globus-sdk ("SDK fixture") or globus-cli has such an answer, or it was
  captured from the live service. Ours has the same members, with values of the same types.
- **documented**: the vendor's documentation or source, or the standard it follows, says what is answered.
- **guessed**: neither does. Ours is what clients are seen to rely on.
- **absent**: the sandbox answers 501 and names what is missing.

The grade is that of a successful answer. Where part of an endpoint is less sure, its row says so, and the switches
named there (`Sandbox(switches=Switches(...))`) choose between the ways Globus may be. Each default is the stricter one.
`python -m trivet.sandbox.surface openapi` prints the same surface as an OpenAPI document.
"""


def page() -> str:
    """Return the page, in Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield INTRODUCTION
    yield from _count()
    for service, endpoints in SERVICES.items():
        yield f"\n## {service}\n"
        yield "| endpoint | for | grade | how we know, and what is less sure | switches |"
        yield "| --- | --- | --- | --- | --- |"
        yield from (_row(each) for each in endpoints)
    yield "\n## Whatever else\n"
    yield "Unknown paths below these answer 501 as well, and every other unknown path 404.\n"
    yield "| path | what is missing |"
    yield "| --- | --- |"
    yield from (f"| `{prefix}...` | {words} |" for prefix, words in ABSENT.items())
    yield "\n## Switches\n"
    yield "| switch | default | what is unknown |"
    yield "| --- | --- | --- |"
    yield from _switches()


def _count() -> Iterator[str]:
    yield f"| | {' | '.join(get_args(Grade))} |"
    yield f"| --- |{' ---: |' * len(get_args(Grade))}"
    for service, endpoints in SERVICES.items():
        grades = [each.grade for each in endpoints]
        yield f"| {service} | {' | '.join(str(grades.count(grade)) for grade in get_args(Grade))} |"


def _row(endpoint: Endpoint) -> str:
    known = endpoint.source if not endpoint.note else f"{endpoint.source}. {endpoint.note}"
    named = ", ".join(f"`{each}`" for each in endpoint.switches)
    return f"| `{endpoint.method} {endpoint.path}` | {endpoint.does} | {endpoint.grade} | {known} | {named} |"


def _switches() -> Iterator[str]:
    """Yield a row for each switch, with the words that stand under it in the source."""
    source = inspect.getsource(switches)
    for field in dataclasses.fields(Switches):
        [words] = re.findall(rf'^    {field.name}: [^\n]*\n    """(.*?)"""', source, re.MULTILINE | re.DOTALL)
        sentence = " ".join(words.replace("``", "`").split())
        yield f"| `{field.name}` | `{field.default}` | {sentence} |"
