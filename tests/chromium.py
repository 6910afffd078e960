"""
The Chromium that the browser tests drive; as a program, print its path or fail.

A Chromium on the PATH comes first, because a packaged one works where Playwright's own download is out of reach.
"""

from __future__ import annotations

import shutil
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# How to start it as root, and without a word to anybody else.
QUIET = (
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
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


class Chromium:
    """One browser for all tests that come after one another: starting it takes longer than most of them."""

    def __init__(self) -> None:
        self._undo = ExitStack()
        self._browser: Browser | None = None

    def browser(self) -> Browser:
        """Return it, started if need be; raises `FileNotFoundError` when there is none."""
        if self._browser is None:
            from playwright.sync_api import sync_playwright

            executable = find_chromium()
            if executable is None:
                raise FileNotFoundError("There is no Chromium: `make test` installs one, and so does .ci/browser")
            playwright = self._undo.enter_context(sync_playwright())
            self._browser = playwright.chromium.launch(executable_path=executable, args=QUIET)
            self._undo.callback(self._browser.close)
        return self._browser

    def stop(self) -> None:
        """End it, and the event loop that Playwright keeps running in this thread, which other tests do not want."""
        self._browser = None
        self._undo.close()


if __name__ == "__main__":
    found = find_chromium()
    print(found or "no Chromium found")
    sys.exit(found is None)
