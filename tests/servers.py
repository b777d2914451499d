"""Private database servers, started where their programs are on the machine and ended by the tests.

Each has a free port, a folder of its own and a user of its own; it knows no other server that may
run on the machine. MySQL is optional: it is started where TABLECAST_MYSQLD names its program, or
where `mysqld` is MySQL's and not MariaDB's.
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
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import mysql.connector
import psycopg
import pytest

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
        return f"db_{self._count}"

    def _run(self, *command: str) -> None:
        subprocess.run(command, check=True, timeout=SECONDS * 2, **self._as_itself())

    def _as_itself(self) -> dict[str, Any]:
        """Options of a process that writes to the log and is not root."""
        return {"stdout": self.log, "stderr": self.log, "cwd": self.folder, **self._user}


class MariaDB(Server):
    """MariaDB, and with other programs MySQL."""

    kind, scheme = "MariaDB", "mysql"

    def install(self) -> None:
        self._run(
            "mariadb-install-db",
            "--no-defaults",
            f"--datadir={self.folder}/data",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
        )

    def command(self) -> list[str]:
        return [
            str(self.programs),
            "--no-defaults",
            f"--datadir={self.folder}/data",
            f"--port={self.port}",
            "--bind-address=127.0.0.1",
            f"--socket={self.folder}/socket",
            f"--pid-file={self.folder}/pid",
            "--innodb-flush-log-at-trx-commit=2",  # nothing is lost unless the machine goes down
            "--innodb-flush-method=nosync",
            "--innodb-doublewrite=OFF",
            "--skip-log-bin",
            "--local-infile=ON",
            "--skip-name-resolve",
            "--performance-schema=OFF",
            *self.more(),
        ]

    def more(self) -> list[str]:
        return ["--default-storage-engine=InnoDB"]

    def sql(self, *statements: str, database: str = "") -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = []
        with closing(self.connection(database)) as connection:
            for statement in statements:
                cursor = connection.cursor()
                cursor.execute(statement)
                rows = cursor.fetchall() if cursor.with_rows else []
                cursor.close()
        return rows

    def connection(self, database: str = "") -> Any:
        return mysql.connector.connect(
            unix_socket=f"{self.folder}/socket", user="root", database=database, autocommit=True
        )

    def new_database(self) -> str:
        if not self._count:
            for user, password in ((OWNER, PASSWORD), (READER, LOOK)):
                self.sql(f"CREATE USER {user}@'%' IDENTIFIED BY '{password}'")
        name = self._next_name()
        self.sql(
            f"CREATE DATABASE {name}",
            f"GRANT ALL ON {name}.* TO {OWNER}@'%'",
            f"GRANT SELECT ON {name}.* TO {READER}@'%'",
        )
        return name


class MySQL(MariaDB):
    """MySQL itself."""

    kind = "MySQL"

    def install(self) -> None:
        self._run(*self.command(), "--initialize-insecure")

    def more(self) -> list[str]:
        return ["--mysqlx=OFF", "--secure-file-priv=NULL", f"--log-error={self.folder}/mysql.err"]


class PostgreSQL(Server):
    """PostgreSQL, whose own order of words is that of English and not that of bytes."""

    kind, scheme = "PostgreSQL", "postgresql"
    kill = signal.SIGQUIT  # at once too, and together with the processes of its connections

    def install(self) -> None:
        self._run(
            str(self.programs / "initdb"),
            f"--pgdata={self.folder}/data",
            "--username=root",
            "--auth-local=trust",
            "--auth-host=scram-sha-256",
            "--encoding=UTF8",
            "--locale-provider=icu",
            "--icu-locale=en-US",
            "--no-sync",
        )

    def command(self) -> list[str]:
        options = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": self.folder,
            "fsync": "off",  # nothing is lost unless the machine goes down
            "full_page_writes": "off",
            "wal_level": "minimal",
            "max_wal_senders": "0",
            "autovacuum": "off",
        }
        settings = [word for name, to in options.items() for word in ("-c", f"{name}={to}")]
        program, data = str(self.programs / "postgres"), f"{self.folder}/data"
        return [program, "-D", data, "-p", str(self.port), *settings]

    def sql(self, *statements: str, database: str = "") -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = []
        with self.connection(database) as connection:
            for statement in statements:
                cursor = connection.execute(statement.encode())
                rows = cursor.fetchall() if cursor.description else []
        return rows

    def connection(self, database: str = "") -> psycopg.Connection[Any]:
        return psycopg.connect(
            host=str(self.folder),
            port=self.port,
            user="root",
            dbname=database or "postgres",
            autocommit=True,
        )

    def new_database(self) -> str:
        if not self._count:
            for user, password in ((OWNER, PASSWORD), (READER, LOOK)):
                self.sql(f"CREATE ROLE {user} LOGIN PASSWORD '{password}'")
        name = self._next_name()
        self.sql(f"CREATE DATABASE {name} OWNER {OWNER}")
        return name


def _nobody() -> dict[str, Any]:
    import pwd

    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _mysqld() -> Path | None:
    """The program of a MySQL, which may bear the same name as MariaDB's."""
    found = os.environ.get("TABLECAST_MYSQLD") or shutil.which("mysqld")
    if not found:
        return None
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)
    return None if "MariaDB" in said.stdout else Path(found)


def _mariadbd() -> Path | None:
    found = shutil.which("mariadbd")
    return Path(found) if found and shutil.which("mariadb-install-db") else None


def _postgres() -> Path | None:
    places = [Path(found).parent for found in [shutil.which("postgres")] if found]
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "initdb").exists()), None)


PROGRAMS: dict[type[Server], Callable[[], Path | None]] = {
    MariaDB: _mariadbd,
    PostgreSQL: _postgres,
} | ({MySQL: _mysqld} if _mysqld() else {})
RUNNING: dict[type[Server], Server] = {}


def running(kind: type[Server]) -> Server:
    """The server of that kind, started at its first use."""
    if kind not in RUNNING:
        programs = PROGRAMS[kind]()
        if not programs:
            pytest.skip(f"{kind.kind} is not on this machine")
        RUNNING[kind] = kind(programs)
        RUNNING[kind].install()
    RUNNING[kind].start()
    return RUNNING[kind]


@pytest.fixture(scope="session", autouse=True)
def _servers_end() -> Iterator[None]:
    yield
    for server in RUNNING.values():
        server.close()


@pytest.fixture(params=list(PROGRAMS), ids=lambda kind: kind.kind)
def server(request: pytest.FixtureRequest) -> Server:
    """Each of the servers that can be had."""
    return running(request.param)
