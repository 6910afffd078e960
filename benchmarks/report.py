"""What was measured, in tables, beside what we promise."""

from benchmarks.figures import Spread, ratio, spread
from benchmarks.imports import TARGET_MILLISECONDS
from benchmarks.logins import Logins
from benchmarks.pages import BASELINE, Measured
from benchmarks.table import table

TARGET_RATIOS = {"public page": 1.0, "signed-in page": 1.35, "token page": 1.5}  # times the CPU of the bare page
TARGET_CALLS = 2
TARGET_COOKIE_BYTES = 100


def pages_table(measured: Measured) -> str:
    """Return what each page costs."""
    header = ("page", "CPU µs per request", "least", "most", "× bare page", "target", "requests/s")
    rows = []
    for name, blocks in measured.items():
        cpu = spread([block.cpu_microseconds for block in blocks])
        rows.append(
            (
                name,
                f"{cpu.median:.0f}",
                f"{cpu.least:.0f}",
                f"{cpu.most:.0f}",
                f"{ratio(blocks, measured[BASELINE]):.2f}",
                f"{TARGET_RATIOS[name]:.2f}" if name in TARGET_RATIOS else "",
                f"{spread([block.per_second for block in blocks]).median:.0f}",
            )
        )
    return table(header, rows)


def logins_table(logins: Logins) -> str:
    """Return what a sign-in costs, and what a page view sends along afterwards."""
    calls = ", ".join(f"{count / logins.number:g} × {path}" for path, count in sorted(logins.calls.items()))
    rows = [
        ("logins per second", f"{logins.number / logins.wall_seconds:.0f}", ""),
        ("CPU of the portal per login, ms", f"{logins.cpu_seconds / logins.number * 1e3:.1f}", ""),
        (f"provider calls per login ({calls})", f"{logins.calls_each:g}", f"{TARGET_CALLS}"),
        ("cookie bytes per page view", f"{logins.cookie_bytes}", f"< {TARGET_COOKIE_BYTES}"),
    ]
    return table(("sign-in", "figure", "target"), rows)


def imports_table(measured: dict[str, Spread]) -> str:
    """Return how long each import takes in a fresh interpreter."""
    rows = [
        (
            f"import {module}",
            f"{took.median:.0f}",
            f"{took.least:.0f}",
            f"{took.most:.0f}",
            f"< {TARGET_MILLISECONDS}" if module == "trivet" else "",
        )
        for module, took in measured.items()
    ]
    return table(("in a fresh interpreter", "median ms", "least", "most", "target"), rows)
