"""
Find the Chromium that the browser tests drive; as a program, print its path or fail.

A Chromium on the PATH comes first, because a packaged one works where Playwright's own download is out of reach.
"""

import shutil
import sys
from pathlib import Path

# How to start it as root, and without a word to anybody else.
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# The one without a window comes first: it starts in a third of the time, and asks for half the CPU.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """Return the path of a Chromium, or None when this machine has none."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        downloaded = playwright.chromium.executable_path
    return downloaded if Path(downloaded).exists() else None


if __name__ == "__main__":
    found = find_chromium()
    print(found or "no Chromium found")
    sys.exit(found is None)
