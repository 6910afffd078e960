"""What was measured, in tables, beside what we promise."""

from benchmarks.contention import Contention
from benchmarks.figures import Spread, ratio, spread
from benchmarks.imports import TARGET_MILLISECONDS
from benchmarks.logins import Logins
from benchmarks.pages import BASELINE, Measured
from benchmarks.sandboxes import LATE_SECONDS, STEP_SECONDS
from benchmarks.sandboxes import Measured as MeasuredSandbox
from benchmarks.slow_globus import Latencies
from benchmarks.table import table

TARGET_RATIOS = {  # times the CPU of the bare page
    "sqlite": {"public page": 1.0, "signed-in page": 1.35, "token page": 1.5},
    "postgresql": {"public page": 1.0, "signed-in page": 1.8},
    "valkey": {"public page": 1.0, "signed-in page": 1.6},
}
TARGET_CALLS = 2
TARGET_COOKIE_BYTES = 100
TARGET_START_SECONDS = 0.7
TARGET_RESET_MILLISECONDS = 10
TARGET_TOKENS_PER_SECOND = 1000


def pages_table(measured: Measured, store: str) -> str:
    """Return what each page costs with that kind of store."""
    targets = TARGET_RATIOS[store]
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
                f"{targets[name]:.2f}" if name in targets else "",
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


def slow_globus_table(measured: dict[str, Latencies]) -> str:
    """Return how long pages take that need nothing from Globus."""
    normal, *_ = measured.values()
    rows = [
        (name, f"{took.median:.1f}", f"{took.p99:.1f}", f"{took.p99 / normal.p99:.1f}", f"{took.most:.0f}")
        for name, took in measured.items()
    ]
    return table(("public page while", "median ms", "p99 ms", "× normal p99", "most ms"), rows)


def contention_table(measured: dict[str, Contention]) -> str:
    """Return how many refreshes one expiry makes, and how long everybody waits for the new token."""
    rows = [(store, f"{of.refreshes}", f"{of.failures}", f"{of.seconds * 1e3:.0f}") for store, of in measured.items()]
    return table(("64 requests, 4 processes, 300 ms", "refreshes", "failures", "ms until all have it"), rows)


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


def sandboxes_table(measured: dict[str, MeasuredSandbox]) -> str:
    """Return what our sandbox costs, beside others; the targets are for ours."""
    columns = [_sandbox_figures(each) for each in measured.values()]
    targets = {
        "cold start to first answer, s": f"< {TARGET_START_SECONDS}",
        "reset, ms": f"< {TARGET_RESET_MILLISECONDS}",
        "reset of all it can remember, ms": f"< {TARGET_RESET_MILLISECONDS}",
        "tokens per second, one connection": f"> {TARGET_TOKENS_PER_SECOND}",
        f"answers later than {STEP_SECONDS * 1e3:.0f} ms": "0",
    }
    rows = [(name, *(each[name] for each in columns), targets.get(name, "")) for name in columns[0]]
    return table(("a local Globus", *measured, "target"), rows)


def _sandbox_figures(measured: MeasuredSandbox) -> dict[str, str]:
    tokens, starts, resets, full = measured.tokens, measured.cold_starts, measured.resets, measured.full_resets
    return {
        "cold start to first answer, s": f"{starts.median:.2f}",
        "– least and most, s": f"{starts.least:.2f} – {starts.most:.2f}",
        "reset, ms": f"{resets.median * 1e3:.1f}",
        "– at most, ms": f"{resets.most * 1e3:.1f}",
        "reset of all it can remember, ms": f"{full.median * 1e3:.1f}" if full else "",
        "– at most of those, ms": f"{full.most * 1e3:.1f}" if full else "",
        "tokens asked for": f"{len(tokens.taken)}",
        "tokens per second, one connection": f"{tokens.per_second:.0f}",
        "– half of them within, ms": f"{tokens.below(0.5) * 1e3:.2f}",
        "– 99 % within, ms": f"{tokens.below(0.99) * 1e3:.2f}",
        "– 99.9 % within, ms": f"{tokens.below(0.999) * 1e3:.2f}",
        "– latest, ms": f"{max(tokens.taken) * 1e3:.1f}",
        f"answers later than {LATE_SECONDS * 1e3:.0f} ms": f"{tokens.later_than(LATE_SECONDS)}",
        f"answers later than {STEP_SECONDS * 1e3:.0f} ms": f"{tokens.later_than(STEP_SECONDS)}",
        "memory after a quarter of them, MB": f"{measured.megabytes[0]:.0f}",
        "memory after all of them, MB": f"{measured.megabytes[1]:.0f}",
    }
