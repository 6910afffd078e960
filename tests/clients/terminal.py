"""A program in a home directory of its own, globus-cli above all, guided by nothing but environment variables."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from navigator import Navigator, Seen

if TYPE_CHECKING:
    from trivet.sandbox import Sandbox

GLOBUS = Path(sys.prefix) / "globus-cli" / "bin" / "globus"
"""Where ``make test`` puts it, beside the packages of the tests: it insists on another version of the SDK."""

SECONDS = 60.0


class Terminal:
    """Somebody at a terminal, with a browser."""

    def __init__(self, globus: Sandbox, home: Path, *, program: str | Path = GLOBUS, **more: str) -> None:
        self.globus = globus
        self.program = program
        self.browser = Navigator(globus)
        self.environ = {
            **globus.environ,
            "HOME": str(home),
            "PATH": "/usr/bin:/bin",
            "BROWSER": "echo",  # the address it would open appears among its output
            **more,
        }

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.program, *arguments], env=self.environ, capture_output=True, text=True, timeout=SECONDS, check=False
        )

    def says(self, *arguments: str) -> str:
        """Run a command that has to succeed, and return what it printed."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def sign_in_by_pasting(self, *command: str, person: str = "ada") -> str:
        """Give the command its code from the page that shows one, and return all it printed."""
        return self._sign_in(list(command), person, lambda seen: _shown_code(seen) + "\n")

    def sign_in_by_browser(self, *command: str, person: str = "ada") -> str:
        """Let the browser bring the command its code, and return all it printed."""
        return self._sign_in(list(command), person, lambda seen: "")

    def _sign_in(self, command: list[str], person: str, typed: Any) -> str:
        with subprocess.Popen(
            [self.program, *command],
            env=self.environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as running:
            watchdog = threading.Timer(SECONDS, running.kill)
            watchdog.start()
            printed = self._read_until_address(running)
            seen = self.browser.sign_in(printed.split()[-1], person)
            rest, _ = running.communicate(typed(seen))
            watchdog.cancel()
        assert running.returncode == 0, printed + rest
        return printed + rest

    def _read_until_address(self, running: subprocess.Popen[str]) -> str:
        assert running.stdout is not None
        printed = ""
        for line in running.stdout:
            printed += line
            if line.startswith(f"{self.globus.url}/v2/oauth2/authorize"):
                return printed
        raise AssertionError(f"no address to go to: {printed}")


def _shown_code(seen: Seen) -> str:
    found = re.search(r'id="auth-code">([^<]+)<', seen.response.text)
    assert found is not None, seen.text
    return found[1]
