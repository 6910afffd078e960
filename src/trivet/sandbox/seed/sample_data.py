"""Sample files for the built-in collections: small, varied, and the same every time."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

NIGHTS = 120
FIELDS = ("A", "B", "C")
REELS = 3
GUARDED = {
    "second_factor": "Patient records.",
    "lab_staff": "Staff records.",
    "one_identity": "Referee reports.",
    "just_now": "Exam papers.",
    "by_policy": "Trial results.",
}
"""Collections of high assurance -> what is in them."""
MODEL_RUNS = ("control", "historical", "ssp245", "ssp585")
FITS_CARD_BYTES = 80
FITS_BLOCK_BYTES = 2880
FIRST_CHANGE = 1_767_261_600
"""1 January 2026, 10:00 UTC, epoch seconds; files are dated from here on, an hour apart."""


def write_sample_data(directory: Path) -> None:
    """Fill *directory* with one tree per built-in collection, unless it holds them already."""
    if (directory / "laptop").exists():
        return
    for name, contents in sample_files().items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents)
    (directory / "laptop" / "empty folder").mkdir()
    (directory / "laptop" / "latest.csv").symlink_to("field notes/2026-03 stream gauge.csv")
    _date_files(directory)


def sample_files() -> dict[str, bytes]:
    """Return path -> contents of every sample file."""
    files = {
        "laptop/README.txt": b"Field work 2026. Raw tables are in 'field notes'.\n",
        "laptop/.hidden settings": b"[editor]\ntheme = dark\n",
        "laptop/field notes/2026-03 stream gauge.csv": _table("hour", "level_m", 48),
        "laptop/field notes/Überblick – données.txt": "Größe, étendue, 範囲\n".encode(),
        "laptop/figures/a & b <draft>.svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>\n',
        "laptop/figures/100% 'final'.txt": b"Not final.\n",
        "survey/README.txt": b"Sky Survey, Data Release 3.\n",
        "survey/catalogue/sources.csv": _table("source", "magnitude", 400),
        "climate/README.txt": b"Monthly means, four runs.\n",
        "tape/README.txt": b"Raw frames, by run. You were asked whether the application may see this.\n",
        "embargoed/results.csv": _table("sample", "value", 12),
    }
    for night in range(1, NIGHTS + 1):
        files[f"survey/nights/night-{night:03}.csv"] = _table("exposure", "seconds", 5 + night % 7)
    for field in FIELDS:
        files[f"survey/images/field-{field}/deep/stack.fits"] = fits_image(f"FIELD {field}")
    for key, contents in GUARDED.items():
        files[f"{key}/README.txt"] = f"{contents} You have shown what it takes to read this.\n".encode()
        files[f"{key}/2026/index.csv"] = _table("entry", "value", 12)
    for reel in range(1, REELS + 1):
        files[f"tape/reel-{reel:02}/frames.csv"] = _table("frame", "counts", 6)
    for run in MODEL_RUNS:
        for year in (2020, 2021):
            files[f"climate/{run}/{year}/tas_{run}_{year}.csv"] = _table("month", "kelvin", 12)
    return files


def _table(first: str, second: str, rows: int) -> bytes:
    lines = [f"{first},{second}", *(f"{row},{(row * 37 % 101) / 10}" for row in range(1, rows + 1))]
    return ("\n".join(lines) + "\n").encode()


def fits_image(title: str) -> bytes:
    """Return a one-pixel FITS file: a header of 80-character cards and a data block, each 2880 bytes."""
    cards = ["SIMPLE  =                    T", "BITPIX  =                    8", "NAXIS   =                    1"]
    cards += ["NAXIS1  =                    1", f"OBJECT  = '{title}'", "END"]
    header = "".join(card.ljust(FITS_CARD_BYTES) for card in cards).ljust(FITS_BLOCK_BYTES)
    return header.encode("ascii") + bytes([7]).ljust(FITS_BLOCK_BYTES, b"\0")


def _date_files(directory: Path) -> None:
    for hour, path in enumerate(sorted(directory.rglob("*"), reverse=True)):
        if not path.is_symlink():
            changed = FIRST_CHANGE + hour * 3600
            os.utime(path, (changed, changed))
