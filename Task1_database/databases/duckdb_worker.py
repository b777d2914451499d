"""Answers queries of one DuckDB file, reading only, in a process that can be killed at any moment.

DuckDB heeds an interrupt between the steps of a query; a single call of a function, such as
repeat('a', 2000000000), is one step of whatever length. `duckdb_process.py` starts this and ends
it. Each line of what comes in is a query, each line that goes out its answer, both in JSON.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb


def main() -> None:
    """Answer until the process that asks is gone."""
    path, config, memory = json.loads(sys.stdin.readline())
    limit_memory(memory)
    queries: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(queries,), daemon=True).start()
    try:
        connection = duckdb.connect(path, read_only=True, config=config)
    except duckdb.Error as error:
        return _write({"error": str(error)})
    _write({})
    while True:
        _write(_answer(connection, queries.get()))


def limit_memory(size: int) -> None:
    """Let this process have so many bytes of memory, where the system can see to that."""
    try:
        import resource  # noqa: PLC0415 (Windows has none)
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (size, hard))


def _read(queries: queue.SimpleQueue[str]) -> None:
    """Hand on what is asked; once nobody can ask any more, end, whatever is being done."""
    for line in sys.stdin:
        queries.put(json.loads(line))
    os._exit(0)


def _answer(connection: duckdb.DuckDBPyConnection, sql: str) -> dict[str, Any]:
    try:
        cursor = connection.execute(sql)
        names = [str(column[0]) for column in cursor.description or ()]
        return {"columns": names, "rows": cursor.fetchall()}
    except (duckdb.Error, MemoryError) as error:
        return {"error": str(error) or "out of memory"}


def _write(answer: dict[str, Any]) -> None:
    print(json.dumps(answer, default=_tagged), flush=True)


def _tagged(value: Any) -> Any:
    """A value that JSON has no form for; `duckdb_process.py` makes dates and decimals of it."""
    if isinstance(value, Decimal):
        return {"$decimal": str(value)}
    return {"$date": value.isoformat()} if type(value) is date else str(value)


if __name__ == "__main__":
    main()
