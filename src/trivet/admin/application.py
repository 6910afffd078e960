"""The application that a command is about: ``trivet --app module:app ...``, ``FLASK_APP``, or what lies at hand."""

import click
from flask.cli import NoAppException, ScriptInfo

from trivet.core import Core
from trivet.errors import TrivetError


def core_of(context: click.Context) -> Core:
    """
    Return the core of the application.

    Raises:
        ClickException: there is no application, it is not configured, or it does not use Trivet.
    """
    try:
        app = ScriptInfo(app_import_path=context.find_root().params.get("app")).load_app()
    except NoAppException as error:
        hint = "Name the application, as for flask: trivet --app module:app ..., or set FLASK_APP."
        raise click.ClickException(f"{error.message.strip()}\n\n{hint}") from None
    except TrivetError as error:
        raise click.ClickException(str(error)) from None
    core = app.extensions.get("trivet")
    if not isinstance(core, Core):
        raise click.ClickException(f"The application {app.import_name!r} does not use Trivet: it has no Globus(app).")
    return core
