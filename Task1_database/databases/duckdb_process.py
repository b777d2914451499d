"""DuckDB in a process of its own, so that a query ends in time whatever it is doing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, cast

from Task1_database.databases.base import Result, cell
from Task1_database.databases.deadline import deadline
from Task1_database.databases.duckdb_csv import first_line
from Task1_database.errors import DatabaseError

WORKER = Path(__file__).with_name("duckdb_worker.py")
DEFAULT_MEMORY = 4 * 2**30  # bytes, where the system does not say how many it has
SHARE = 0.8  # of what the process may have, DuckDB plans with


class DuckProcess:
    """A worker that reads the database file at `path`; started at once, ended by `close`."""

    def __init__(self, path: Path, config: dict[str, str | bool]) -> None:
        memory = _half_of_the_memory()
        settings = config | {"memory_limit": f"{int(SHARE * memory) // 2**20}MiB"}
        command = [sys.executable, "-P", str(WORKER)]  # -P: its neighbours are not modules to it
        self._worker = subprocess.Popen(  # noqa: S603 (our own file, by our own interpreter)
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._queries = cast("IO[bytes]", self._worker.stdin)
        self._answers = cast("IO[bytes]", self._worker.stdout)
        self._send([str(path.resolve()), settings, memory])
        try:
            self._receive()
        except DatabaseError:
            self.close()
            raise

    def query(self, sql: str, seconds: float) -> Result:
        """The rows of a SELECT.

        Raises QueryTimeout if it takes longer than `seconds` (the worker is then gone);
        DatabaseError if it cannot be answered.
        """
        with deadline(seconds, self._worker.kill, grace=0):
            self._send(sql)
            answer = self._receive()
        rows = [tuple(map(cell, row)) for row in answer["rows"]]
        return Result(tuple(answer["columns"]), rows)

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked."""
        return self._worker.poll() is None

    def close(self) -> None:
        """End the worker, whatever it is doing."""
        self._worker.kill()
        self._worker.communicate()

    def _send(self, message: Any) -> None:
        try:
            self._queries.write(json.dumps(message).encode() + b"\n")
            self._queries.flush()
        except OSError as error:
            raise DatabaseError("the process that reads the database has ended") from error

    def _receive(self) -> dict[str, Any]:
        line = self._answers.readline()
        if not line.endswith(b"\n"):
            self._worker.wait()
            raise DatabaseError("the process that reads the database ended; memory may be short")
        answer: dict[str, Any] = json.loads(line, object_hook=_untagged)
        if "error" in answer:
            raise DatabaseError(first_line(answer["error"]))
        return answer


def _untagged(value: dict[str, Any]) -> Any:
    if "$decimal" in value:
        return Decimal(value["$decimal"])
    return date.fromisoformat(value["$date"]) if "$date" in value else value


def _half_of_the_memory() -> int:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    except (AttributeError, ValueError, OSError):
        return DEFAULT_MEMORY
