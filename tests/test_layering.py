"""Which way the arrows point, seen from a fresh interpreter."""

import subprocess
import sys
from pathlib import Path

import trivet

FRAMEWORKS = {"flask", "werkzeug", "django", "starlette", "fastapi", "blinker", "jinja2"}
DRIVERS = {"sqlalchemy", "sqlite3", "psycopg", "redis"}
STORES = {"trivet.store.sql", "trivet.store.redis", "trivet.store.memory"}
OURS = {"trivet.sandbox", "trivet.portal", "trivet.flask", *STORES}

OUTSIDE = {"__init__", "flask", "cli", "demo", "pytest_plugin"}  # adapters, programs, and what is there for tests
CORE = sorted({path.stem for path in Path(trivet.__file__).parent.glob("*.py")} - OUTSIDE | {"store"})


def imported_by(statement: str) -> set[str]:
    """What a fresh interpreter has imported after *statement*."""
    program = f"import sys; {statement}; print(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(result.stdout.split())


def test_the_core_imports_no_framework_driver_or_sandbox() -> None:
    """All of the core can be imported without a web framework, a database driver or our own outer parts."""
    imported = imported_by(f"import {', '.join(f'trivet.{module}' for module in CORE)}")
    assert not imported & (FRAMEWORKS | DRIVERS | OURS)


def test_importing_trivet_brings_in_nothing_optional() -> None:
    """``import trivet`` works with the bare package: no framework, no driver, not even the SDK."""
    assert not imported_by("import trivet") & (FRAMEWORKS | DRIVERS | OURS | {"requests", "globus_sdk", "cryptography"})


def test_the_pytest_plugin_is_light() -> None:
    """pytest loads the plugin in every project that has Trivet installed; it brings in nothing beside pytest itself."""
    brought = imported_by("import pytest, trivet.pytest_plugin") - imported_by("import pytest")
    assert {name.partition(".")[0] for name in brought} <= {"trivet", *sys.stdlib_module_names}
    assert not brought & OURS


def test_the_sandbox_stands_apart() -> None:
    """The sandbox imports nothing of the library, so a shared misreading of the wire cannot hide."""
    loaded = {name for name in imported_by("import trivet.sandbox.server") if name.startswith("trivet.")}
    library = {name for name in loaded if not name.startswith("trivet.sandbox")}
    # The package itself names its public parts; none of them is used by the sandbox.
    assert library <= imported_by("import trivet")
