"""``python -m trivet.sandbox.surface fidelity`` prints the page, ``... openapi`` the OpenAPI document."""

from __future__ import annotations

import json

import click

from trivet.sandbox.surface.fidelity import page
from trivet.sandbox.surface.openapi import description


@click.group()
def surface() -> None:
    """What the sandbox has of Globus."""


@surface.command()
def fidelity() -> None:
    """Print the fidelity page, in Markdown."""
    click.echo(page(), nl=False)


@surface.command()
@click.option("--url", default="http://localhost:8137", show_default=True, help="Where the sandbox runs.")
def openapi(url: str) -> None:
    """Print the OpenAPI document, in JSON."""
    click.echo(json.dumps(description(url), indent=2))


if __name__ == "__main__":
    surface()
