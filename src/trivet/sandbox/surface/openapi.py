"""The surface as an OpenAPI document (OpenAPI Specification 3.1), for tools that try out whatever an API takes.

What answers look like is left open; the fixtures of the SDK and the tests say that better.
"""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from trivet.sandbox.http.browser_cookie import cookie_name
from trivet.sandbox.surface import SERVICES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivet.sandbox.surface.endpoint import Caller, Endpoint

SCHEMAS: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "number": {"type": "integer"},
    "flag": {"type": "boolean"},
    "id": {"type": "string", "format": "uuid"},
    "texts": {"type": "array", "items": {"type": "string"}},
    "objects": {"type": "array", "items": {"type": "object"}},
    "object": {"type": "object"},
}
"""Kind of a field -> its schema."""

SECURITY: dict[Caller, list[dict[str, list[str]]]] = {
    "nobody": [],
    "client": [{"client": []}, {}],
    "token": [{"token": []}],
    "client or token": [{"token": []}, {"client": []}],
    "browser": [{"browser": []}, {}],
}
"""Who has to be known -> by which scheme. A public client has no secret, and a browser no cookie at first."""


def description(url: str) -> dict[str, Any]:
    """Return the document for a sandbox at *url*; what is absent is in it, and answers 501."""
    paths: dict[str, dict[str, Any]] = {}
    for service, endpoints in SERVICES.items():
        for each in endpoints:
            path = re.sub(r"<(\w+)>", r"{\1}", each.path)
            paths.setdefault(path, {})[each.method.lower()] = _operation(each, service)
    return {
        "openapi": "3.1.0",
        "info": {"title": "The sandbox's part of Globus", "version": version("trivet")},
        "servers": [{"url": url}],
        "paths": paths,
        "components": {"securitySchemes": _schemes(url)},
    }


def _schemes(url: str) -> dict[str, dict[str, str]]:
    return {
        "client": {"type": "http", "scheme": "basic"},
        "token": {"type": "http", "scheme": "bearer"},
        "browser": {"type": "apiKey", "in": "cookie", "name": cookie_name(url)},
    }


def fields(names: str) -> dict[str, dict[str, Any]]:
    """Return name -> schema for what a row lists, such as ``path limit:number``."""
    pairs = (each.partition(":") for each in names.split())
    return {name: SCHEMAS[kind or "text"] for name, _, kind in pairs}


def _operation(endpoint: Endpoint, service: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "tags": [service],
        "summary": endpoint.does,
        "description": f"{endpoint.grade}: {endpoint.source}",
        "parameters": list(_parameters(endpoint)),
        "security": SECURITY[endpoint.caller],
        "responses": {"default": {"description": "See the fidelity page"}},
    }
    if endpoint.form:
        found["requestBody"] = _body("application/x-www-form-urlencoded", fields(endpoint.form))
    if endpoint.json:
        inner = fields(endpoint.json)
        wrapped = {endpoint.inside: {"type": "object", "properties": inner}} if endpoint.inside else inner
        found["requestBody"] = _body("application/json", wrapped)
    return found


def _parameters(endpoint: Endpoint) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"<(\w+)>", endpoint.path):
        yield {"name": name, "in": "path", "required": True, "schema": SCHEMAS["text"]}
    for name, schema in fields(endpoint.query).items():
        yield {"name": name, "in": "query", "schema": schema}


def _body(media_type: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {"content": {media_type: {"schema": {"type": "object", "properties": properties}}}}
