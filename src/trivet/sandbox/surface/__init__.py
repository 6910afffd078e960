"""What the sandbox has of Globus and what it lacks, one row for each endpoint, and how sure we are of each.

The rows stand in ``auth.py``, ``groups.py`` and ``transfer.py``. From them come the fidelity page of the documentation
and an OpenAPI description of the surface: ``python -m trivet.sandbox.surface fidelity`` and ``... openapi``. A test
compares them with the routes there are; nothing here is used to answer a request.
"""

from trivet.sandbox.surface.auth import AUTH
from trivet.sandbox.surface.endpoint import Endpoint, Grade
from trivet.sandbox.surface.groups import GROUPS
from trivet.sandbox.surface.transfer import TRANSFER

SERVICES = {"Globus Auth": AUTH, "Globus Transfer": TRANSFER, "Globus Groups": GROUPS}
"""Name of the service -> its endpoints."""

__all__ = ["AUTH", "GROUPS", "SERVICES", "TRANSFER", "Endpoint", "Grade"]
