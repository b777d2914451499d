"""`predictions` and `outcomes`: what a service keeps, as two tables of the dataset's database.

Any number of foldings of the same lines give the same tables. What was folded stays, though its
file is long deleted. Files are only ever added to, so one that has the size with which it stands in
`_folded` is not read again.
"""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from Task1_database.csv_file import CsvFile
from Task1_database.databases.base import Cell, Database
from Task1_database.databases.connect import connect
from Task1_database.dataset import Dataset
from Task1_database.errors import DatabaseError, TableMissing
from Task1_database.keep.answer_lines import parse_lines
from Task1_database.keep.kept_store import ANSWERS, OUTCOMES, KeepStore
from Task1_database.schema import Column, Table

PREDICTIONS = Table(
    "predictions",
    (
        Column("id", "VARCHAR", (64,), required=True),
        Column("asked_at", "VARCHAR", (24,), required=True),
        Column("version", "VARCHAR", (32,), required=True),
        Column("key_name", "VARCHAR", (64,)),
        Column("confidence", "DOUBLE PRECISION", required=True),
        Column("prediction", "DOUBLE PRECISION"),
        Column("lower_end", "DOUBLE PRECISION"),
        Column("upper_end", "DOUBLE PRECISION"),
        Column("label", "TEXT"),
        Column("probability", "DOUBLE PRECISION"),
        Column("probability_of", "TEXT"),
        Column("label_set", "TEXT"),
        Column("given_values", "TEXT", required=True),
        Column("private_names", "TEXT", required=True),
    ),
)
RECORDED = Table(
    "outcomes",
    (
        Column("id", "VARCHAR", (64,), required=True),
        Column("recorded_at", "VARCHAR", (24,), required=True),
        Column("outcome", "TEXT", required=True),
        Column("key_name", "VARCHAR", (64,)),
    ),
)
FOLDED = Table(
    "_folded",
    (
        Column("kind", "VARCHAR", (16,), required=True),
        Column("file_name", "VARCHAR", (64,), required=True),
        Column("size_bytes", "BIGINT", required=True),
    ),
)
Row = tuple[Cell, ...]
Files = dict[tuple[str, str], int]  # kind and name -> bytes


class WatchTables(NamedTuple):
    """The rows of both tables, in the order of their times."""

    predictions: list[Row]
    outcomes: list[Row]


def fold(store: KeepStore, dataset: Dataset, url: str) -> WatchTables:
    """Add what is kept to both tables of a database; all of it, or nothing.

    Raises DatabaseError where the dataset has tables of those names itself, and what `connect`
    raises.
    """
    for table in (PREDICTIONS, RECORDED):
        if table.name in dataset.tables:
            raise DatabaseError(f"{dataset.name} has a table {table.name} of its own; rename it")
    before, folded = _read(url)
    files = {(kind, n): s for kind in (ANSWERS, OUTCOMES) for n, s in store.sizes(kind).items()}
    new = sorted(file for file, size in files.items() if folded.get(file) != size)
    if not new:
        return before
    after = WatchTables(
        _merged(before.predictions, map(prediction_row, _lines(store, ANSWERS, new))),
        _merged(before.outcomes, map(outcome_row, _lines(store, OUTCOMES, new))),
    )
    _write(after, files, url)
    return after


def prediction_row(line: dict[str, Any]) -> Row:
    """The row of a kept answer."""
    answer = line["answer"]
    labels = answer.get("set")
    return (
        line["id"],
        line["at"],
        answer["model"]["version"],
        line.get("key"),
        float(answer["confidence"]),
        *(answer.get(part) for part in ("prediction", "lower", "upper")),
        _text(answer.get("label")),
        answer.get("probability"),
        _text(answer.get("probability_of")),
        None if labels is None else json.dumps(labels, ensure_ascii=False),
        json.dumps(answer["given"], ensure_ascii=False, sort_keys=True),
        json.dumps(answer.get("private", []), ensure_ascii=False),
    )


def outcome_row(line: dict[str, Any]) -> Row:
    """The row of an outcome."""
    return line["id"], line["at"], str(line["outcome"]), line.get("key")


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _lines(
    store: KeepStore, kind: str, files: Iterable[tuple[str, str]]
) -> Iterator[dict[str, Any]]:
    for own_kind, name in files:
        if own_kind == kind:
            yield from parse_lines(store.read(kind, name))


def _merged(before: Sequence[Row], new: Iterable[Row]) -> list[Row]:
    """By id, the latest of each; in the order of time."""
    rows = {row[0]: row for row in before}
    for row in new:
        known = rows.get(row[0])
        if known is None or str(known[1]) <= str(row[1]):
            rows[row[0]] = row
    return sorted(rows.values(), key=lambda row: (str(row[1]), str(row[0])))


def _read(url: str) -> tuple[WatchTables, Files]:
    """What is in the database; without one of the tables every file is to be folded."""
    try:
        with connect(url, read_only=True) as database:
            tables = WatchTables(*(_rows(database, table) for table in (PREDICTIONS, RECORDED)))
            whole = {PREDICTIONS.name, RECORDED.name} <= database.tables()
            folded = _rows(database, FOLDED) if whole else []
            return tables, {(str(kind), str(name)): int(str(size)) for kind, name, size in folded}
    except TableMissing:
        return WatchTables([], []), {}


def _rows(database: Database, table: Table) -> list[Row]:
    if table.name not in database.tables():
        return []
    if list(database.columns(table.name)) != [column.name for column in table.columns]:
        raise DatabaseError(
            f"there is a table {table.name} that Tablecast did not make; rename it, or fold into "
            "another database"
        )
    names = ", ".join(column.name for column in table.columns)
    rows = database.query(f"SELECT {names} FROM {table.name}").rows
    return sorted((tuple(row) for row in rows), key=lambda row: (str(row[1]), str(row[0])))


def _write(tables: WatchTables, files: Files, url: str) -> None:
    folded: list[Row] = [(*file, size) for file, size in sorted(files.items())]
    with tempfile.TemporaryDirectory(prefix="tablecast-") as folder:
        sources = [
            _source(Path(folder), PREDICTIONS, tables.predictions),
            _source(Path(folder), RECORDED, tables.outcomes),
            _source(Path(folder), FOLDED, folded),
        ]
        paths = [source.path for source in sources]
        with connect(url, files=paths) as database, database.transaction() as transaction:
            for source in sources:
                transaction.load(source)


def _source(folder: Path, table: Table, rows: Iterable[Row]) -> CsvFile:
    path = folder / f"{table.name}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(column.name for column in table.columns)
        writer.writerows([_cell(value) for value in row] for row in rows)
    return CsvFile(path, table)


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    return repr(value) if isinstance(value, float) else str(value)
