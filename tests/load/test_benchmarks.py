"""The benchmarks: that they run, and that their figures are what they say."""

import re

import pytest
from benchmarks import many_sessions
from benchmarks.__main__ import main
from benchmarks.figures import Block, Spread, ratio, share_below, spread
from benchmarks.table import table


def cells_of(printed: str) -> dict[str, str]:
    """Return the second cell of each row of the tables, by the first."""
    lines = [[cell.strip() for cell in line.split("|")] for line in printed.splitlines()]
    return {cells[1].split(" (")[0]: cells[2] for cells in lines if len(cells) > 3}


def test_the_benchmarks_run(capsys: pytest.CaptureFixture[str]) -> None:
    """Even the shortest run measures every page, and finds two provider calls per login and under 100 cookie bytes."""
    few = "--starts 1 --rounds 1 --requests 1 --logins 1 --imports 1"
    main(["pages", "imports", "--store", "sqlite", *few.split()])
    figures = cells_of(capsys.readouterr().out)
    assert {"bare page", "public page", "signed-in page", "token page", "client page"} <= figures.keys()
    assert figures["provider calls per login"] == "2"
    assert int(figures["cookie bytes per page view"]) < 100


@pytest.mark.soak
def test_sandboxes_are_measured(capsys: pytest.CaptureFixture[str]) -> None:
    """The shortest run starts each of them, and asks for as many tokens as it was told to."""
    main(["sandboxes", "--cold-starts", "1", "--tokens", "8"])
    assert cells_of(capsys.readouterr().out)["tokens asked for"] == "8"


@pytest.mark.parametrize("store", ["valkey", pytest.param("postgresql", marks=pytest.mark.soak)])
def test_many_sessions_are_measured(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The shortest run fills a store, says how many bytes a session takes, and ends all that are expired."""
    options = ["--few", "10", "--many", "20", "--expired", "250", "--views", "2", "--rounds", "1", "--requests", "1"]
    many_sessions.main(["--store", store, *options])
    printed = capsys.readouterr().out
    assert re.search(rf"{store}, \d\d+ bytes per session", printed)
    assert "of 3 " in printed


def test_a_ratio_compares_neighbours() -> None:
    """A machine that is slower for a while does not change a ratio: blocks of the same round are compared."""
    baseline = [Block(10, seconds, 1.0) for seconds in (0.001, 0.001, 0.009)]
    twice = [Block(10, 2 * seconds, 1.0) for seconds in (0.001, 0.001, 0.009)]
    assert ratio(twice, baseline) == pytest.approx(2)


def test_a_block_is_told_per_request() -> None:
    """CPU time is in microseconds per request, speed in requests per second."""
    block = Block(requests=20, cpu_seconds=0.01, wall_seconds=0.04)
    assert (block.cpu_microseconds, block.per_second) == (pytest.approx(500), pytest.approx(500))


def test_a_spread_is_not_moved_by_one_outlier() -> None:
    """The middle value counts; the ends are told beside it."""
    assert spread([4.0, 1000.0, 5.0]) == Spread(median=5.0, least=4.0, most=1000.0)


def test_a_share_of_the_values() -> None:
    """Half of the values lie below the middle one, and all of them below the last."""
    values = [0.3, 0.1, 0.2, 0.5, 0.4]
    assert (share_below(values, 0.5), share_below(values, 1.0)) == (0.3, 0.5)


def test_tables_are_markdown() -> None:
    """Columns line up, figures to the right."""
    assert table(("page", "µs"), [("bare", "7"), ("token", "12")]).splitlines() == [
        "| page  | µs |",
        "| ----- | -: |",
        "| bare  |  7 |",
        "| token | 12 |",
    ]
