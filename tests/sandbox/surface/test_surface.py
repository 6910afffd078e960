"""The tables of what the sandbox has of Globus say what is so."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import globus_sdk
import pytest
import requests
from click.testing import CliRunner
from globus_sdk import testing
from globus_sdk.testing import get_response_set

import trivet.sandbox
from trivet.sandbox.app import routed
from trivet.sandbox.control.gate import Gate
from trivet.sandbox.http.cors import is_open
from trivet.sandbox.script.faults import service_of
from trivet.sandbox.surface import SERVICES
from trivet.sandbox.surface.__main__ import surface
from trivet.sandbox.surface.fidelity import page
from trivet.sandbox.surface.openapi import description, fields
from trivet.sandbox.switches import Switches

ROOT = Path(__file__).parents[3]
HOUSE = Path(str(trivet.sandbox.__file__)).parent
SDK = Path(str(globus_sdk.__file__)).parent
FIXTURES = Path(str(testing.__file__)).parent / "data"
ROWS = [row for rows in SERVICES.values() for row in rows]
EVERYWHERE = {"any_header_across_origins"}
"""Switches that are about every endpoint."""

READ_BY_AUTHLIB = {"grant_type", "token_type_hint"}


def shape(path):
    """The path with every id in it replaced, whichever way it is written."""
    path = path.partition("?")[0].rstrip("/")
    return re.sub(r"<\w+>|\{\w+\}|[0-9a-f]{8}-[0-9a-f-]{27}", "*", path)


DECLARED = {(row.method, shape(row.path)): row for row in ROWS}


def documented_calls():
    """What the docstrings of the SDK's clients name, as in ``GET /v2/api/projects``."""
    for service, prefix in (("auth", ""), ("groups", ""), ("transfer", "/v0.10")):
        for path in sorted((SDK / "services" / service).rglob("*.py")):
            for method, called in re.findall(r"``(GET|POST|PUT|PATCH|DELETE) (/[^`]*)``", path.read_text("utf-8")):
                yield method, shape(called if called.startswith("/v2/") else prefix + called)


WRONG_IN_THE_SDK = {
    ("POST", "/v2/api/clients/*"),
    ("POST", "/v2/api/policies/*"),
    ("POST", "/v2/api/scopes/*"),
}
"""Its docstrings for changing something say POST; its code sends PUT."""


def fixtures(*services):
    """Name -> what the SDK's fixture of that name answers."""
    for service in services:
        for path in sorted((FIXTURES / service).rglob("[a-z]*.py")):
            name = ".".join(path.relative_to(FIXTURES).with_suffix("").parts)
            for case in get_response_set(name):
                for response in getattr(case, "responses", [case]):
                    yield name, response


def test_every_route_has_its_row(globus):
    """A new route of a Globus service needs a row, and a row that is not "absent" needs its route."""
    app = routed(globus.world, None, Gate(globus.url, None))
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule != "/" and not rule.rule.startswith("/sandbox/")]
    there = {(method, rule.rule) for rule in rules for method in rule.methods - {"HEAD", "OPTIONS"}}
    assert there <= {(row.method, row.path) for row in ROWS}
    assert {(row.method, row.path) for row in ROWS if row.grade != "absent"} <= there


@pytest.mark.parametrize(("title", "rows"), SERVICES.items())
def test_faults_know_every_endpoint(title, rows):
    """A fault of a service strikes all of that service, and answers in its shape."""
    service = title.rpartition(" ")[2].lower()
    assert {service_of(row.path) for row in rows} == {service}


def test_scripts_may_read_every_answer():
    """Whatever is no page for people, an application in a browser may ask from any origin."""
    pages = {row.path for row in ROWS if row.caller == "browser" or row.path.startswith("/v2/web/")}
    assert {row.path for row in ROWS if not is_open(row.path)} == pages


def test_every_row_is_there_once():
    """No endpoint has two grades."""
    assert len(DECLARED) == len(ROWS)


@pytest.mark.parametrize("row", [row for row in ROWS if row.grade == "absent"], ids=lambda row: row.path)
def test_what_is_absent_says_so(globus, row):
    """An endpoint that is absent answers 501, and 404 would be a silent way of saying so."""
    path = re.sub(r"<\w+>", "8ca28797-3541-4a5d-a264-05b00f91e608", row.path)
    assert requests.request(row.method, globus.url + path).status_code == 501


@pytest.mark.parametrize("call", sorted(set(documented_calls()) - WRONG_IN_THE_SDK), ids=" ".join)
def test_every_call_of_the_sdk_has_a_row(call):
    """What the SDK's clients for Auth, Groups and Transfer can call is there, or known to be absent."""
    assert call in DECLARED


def test_every_fixture_of_the_sdk_has_a_row(globus):
    """What the SDK has an answer for is in the tables, and calls of other services answer 501."""
    for name, response in fixtures("auth", "groups", "transfer"):
        assert (response.method, shape(response.path)) in DECLARED, name
    for name, response in fixtures("search", "flows", "timer", "compute"):
        assert requests.request(response.method, globus.url + response.path).status_code == 501, name


def test_recorded_means_recorded():
    """A fixture that a row names exists, and is of that endpoint; a recorded row names one, or who captured it."""
    answers = {}
    for name, response in fixtures("auth", "groups", "transfer"):
        answers.setdefault(name, set()).add((response.method, shape(response.path)))
    for row in ROWS:
        named = re.findall(r"`(\w+\.\w+)`", row.source + row.note) if "fixture" in row.source else []
        assert all((row.method, shape(row.path)) in answers[name] for name in named if name in answers), row
        assert all(name in answers for name in named if row.grade == "recorded" and name in row.source), row
        if row.grade == "recorded":
            assert named or "captured from the live service" in row.source or "globus-cli's test data" in row.source, (
                row
            )


def test_switches_are_named():
    """A switch concerns some endpoint, and a row names no switch that is not there."""
    named = {switch for row in ROWS for switch in row.switches}
    assert named | EVERYWHERE == {field.name for field in dataclasses.fields(Switches)}


def test_parameters_are_read():
    """Each parameter, form field and JSON field is one that is read by that name."""
    rooms = [HOUSE / name for name in ("auth", "groups", "transfer", "world")]
    source = "\n".join(path.read_text("utf-8") for room in rooms for path in room.rglob("*.py"))
    named = {name for row in ROWS for text in (row.query, row.form, row.json) for name in fields(text)}
    assert {name for name in named if f'"{name}"' not in source} == READ_BY_AUTHLIB


def test_the_fidelity_page_is_up_to_date():
    """``docs/fidelity.md`` is what ``python -m trivet.sandbox.surface fidelity`` prints."""
    assert (ROOT / "docs" / "fidelity.md").read_text("utf-8") == page()
    assert CliRunner().invoke(surface, ["fidelity"]).output == page()


def test_each_switch_has_its_own_words():
    """The row of a switch says what stands below that switch in the source, and no two rows say the same."""
    rows = dict(re.findall(r"^\| `(\w+)` \| `[^`]+` \| (.+) \|$", page(), re.MULTILINE))
    assert list(rows) == [field.name for field in dataclasses.fields(Switches)]
    assert len(set(rows.values())) == len(rows)
    assert rows["code_seconds"].startswith("How long an authorization code lives.")
    assert rows["my_groups_wants_sessions"].startswith("Leave groups of high assurance out of `my_groups`")


def test_the_openapi_document():
    """It has every row under its path and method, and declares exactly the parameters that the path has."""
    found = json.loads(CliRunner().invoke(surface, ["openapi", "--url", "http://localhost:9"]).output)
    assert found == json.loads(json.dumps(description("http://localhost:9")))
    assert sum(len(methods) for methods in found["paths"].values()) == len(ROWS)
    for path, methods in found["paths"].items():
        for operation in methods.values():
            in_path = [each["name"] for each in operation["parameters"] if each["in"] == "path"]
            assert in_path == re.findall(r"\{(\w+)\}", path)


def test_the_cookie_in_the_openapi_document(globus, visitor):
    """A browser is known by the cookie that the document names, which goes by the port."""
    visitor.visit()
    scheme = description(globus.url)["components"]["securitySchemes"]["browser"]
    assert scheme["name"] in visitor.http.cookies
