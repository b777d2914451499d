"""A private database server: how one is started, asked and ended, whichever it is.

It has a free port, a folder of its own and a user of its own; it knows no other server that may
run on the machine.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import mysql.connector
import psycopg

OWNER, PASSWORD = "owner", "s3:c/r@t%41#ü"
READER, LOOK = "reader", "only looks"
SECONDS = 30


class Server(ABC):
    """A database server, which `start` runs and `stop` ends."""

    kind: str
    scheme: str

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="tablecast-server-"))
        self.port = _free_port()
        self.log = (self.folder / "log").open("ab")
        self._count = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._user = _nobody() if os.geteuid() == 0 else {}  # these servers refuse to be root
        if self._user:
            os.chown(self.folder, self._user["user"], self._user["group"])

    @abstractmethod
    def install(self) -> None:
        """Make the server's own files."""

    @abstractmethod
    def command(self) -> list[str]:
        """What runs the server."""

    @abstractmethod
    def connection(self, database: str = "") -> Any:
        """A connection of the administrator's."""

    @abstractmethod
    def sql(self, *statements: str, database: str = "") -> list[tuple[Any, ...]]:
        """Run statements as the administrator; the rows of the last."""

    @abstractmethod
    def new_database(self) -> str:
        """Make an empty database, which its owner may change and its reader may read."""

    def url(self, database: str, user: str = OWNER, password: str = PASSWORD) -> str:
        login = f"{quote(user)}:{quote(password, safe='')}"
        return f"{self.scheme}://{login}@127.0.0.1:{self.port}/{database}"

    def reader_url(self, database: str) -> str:
        return self.url(database, READER, LOOK)

    def safe_url(self, database: str, user: str = OWNER) -> str:
        """The URL as messages show it."""
        return f"{self.scheme}://{user}:***@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        if self._process and self._process.poll() is None:
            return
        self._process = subprocess.Popen(self.command(), **self._as_itself())
        until = time.monotonic() + SECONDS
        while True:
            with suppress(mysql.connector.Error, psycopg.Error):
                self.sql("SELECT 1")
                return
            if time.monotonic() > until or self._process.poll() is not None:
                raise AssertionError((self.folder / "log").read_text(errors="replace")[-2000:])
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(how)
            self._process.wait(SECONDS)

    def close(self) -> None:
        self.stop(self.kill)
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    kill = signal.SIGKILL  # at once, and with nothing written any more

    def _next_name(self) -> str:
        self._count += 1
        return f"db{self._count}"

    def _run(self, *command: str) -> None:
        subprocess.run(command, check=True, timeout=SECONDS * 2, **self._as_itself())

    def _as_itself(self) -> dict[str, Any]:
        """Options of a process that writes to the log and is not root."""
        return {"stdout": self.log, "stderr": self.log, "cwd": self.folder, **self._user}


def _nobody() -> dict[str, Any]:
    import pwd

    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
