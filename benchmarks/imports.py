"""How long an import takes, in fresh interpreters."""

import subprocess
import sys

from benchmarks.figures import Spread, spread

TARGET_MILLISECONDS = 150
MODULES = ("trivet", "trivet.flask", "trivet.sandbox")

_PROGRAM = "import time; began = time.perf_counter(); import {}; print(time.perf_counter() - began)"


def measure_imports(times: int) -> dict[str, Spread]:
    """Import each of `MODULES` that often, each time in an interpreter of its own; milliseconds."""
    return {module: spread([_import(module) * 1e3 for _ in range(times)]) for module in MODULES}


def _import(module: str) -> float:
    program = [sys.executable, "-c", _PROGRAM.format(module)]
    return float(subprocess.run(program, capture_output=True, text=True, check=True).stdout)
