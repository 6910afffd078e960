"""How a request that is kept waiting steps aside, so that the thread it holds is missed by nobody."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from _typeshed.wsgi import WSGIEnvironment

ASIDE = "trivet.sandbox.aside"
"""Where in the WSGI environment a server says how: a function that returns a context manager."""


def stepped_aside(environ: WSGIEnvironment) -> AbstractContextManager[None]:
    """Return a context in which to wait. Without a server, as for visitors in a test's own thread, it does nothing."""
    context: AbstractContextManager[None] = environ[ASIDE]() if ASIDE in environ else nullcontext()
    return context
