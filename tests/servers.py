"""Private MariaDB, PostgreSQL and MySQL servers, where their programs are on the machine.

MySQL is optional: it is started where TABLECAST_MYSQLD names its program, or where `mysqld` is
MySQL's and not MariaDB's.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import mysql.connector
import psycopg
import pytest

from Task1_database.databases.base import Result
from Task1_database.databases.connect import connect
from tests.private_server import LOOK, OWNER, PASSWORD, READER, Server


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
        return [
            "--mysqlx=OFF",
            f"--secure-file-priv={self.folder}",
            f"--log-error={self.folder}/mysql.err",
        ]


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
        """One and the same, emptied; to make another takes long."""
        name = "db"
        if not self._count:
            for user, password in ((OWNER, PASSWORD), (READER, LOOK)):
                self.sql(f"CREATE ROLE {user} LOGIN PASSWORD '{password}'")
            self.sql(f"CREATE DATABASE {name} OWNER {OWNER}")
        self._count += 1
        self.sql(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            f" WHERE datname = '{name}' AND pid <> pg_backend_pid()",
            "DROP SCHEMA public CASCADE",
            f"CREATE SCHEMA public AUTHORIZATION {OWNER}",
            "GRANT USAGE ON SCHEMA public TO public",
            database=name,
        )
        return name


def _mysqld() -> Path | None:
    """The program of a MySQL, which may bear the same name as MariaDB's."""
    program = os.environ.get("TABLECAST_MYSQLD") or shutil.which("mysqld")
    if not program:
        return None
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    return None if "MariaDB" in version.stdout else Path(program)


def _mariadbd() -> Path | None:
    program = shutil.which("mariadbd")
    return Path(program) if program and shutil.which("mariadb-install-db") else None


def _postgres() -> Path | None:
    folders = [Path(program).parent for program in [shutil.which("postgres")] if program]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


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


def fill(url: str, select: str, table: str = "t") -> None:
    """Make a table of what a SELECT gives."""
    with connect(url) as database, database.transaction() as transaction:
        transaction.create_table_as(table, select)


def state(url: str) -> tuple[list[str], list[Result]]:
    """All that a load may change."""
    with connect(url, read_only=True) as database:
        tables = sorted(database.tables())
        return tables, [database.query(f"SELECT * FROM {t} ORDER BY 1") for t in tables]
