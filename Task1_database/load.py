"""Load a dataset: its raw CSVs into tables, and those, by `features.sql`, into `feature_store`.

All or nothing: one change of the database makes every table that is out of date. What was made of
what stands in `_loads`, so that loading the same files again does nothing.
"""

# ruff: noqa: S608 - names in SQL are checked ones

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime

from Task1_database.csvfile import CsvFile
from Task1_database.database import Change, Database, connect, safe_url
from Task1_database.dataset import FEATURES_TABLE, Dataset
from Task1_database.errors import DatabaseError, DatasetError
from Task1_database.schema import Column, Table

LOADS = Table(
    "_loads",
    (
        Column("dataset", "VARCHAR", (64,), required=True),
        Column("table_name", "VARCHAR", (64,), required=True),
        Column("file_name", "VARCHAR", (255,), required=True),
        Column("sha256", "VARCHAR", (64,), required=True),
        Column("made_by", "VARCHAR", (64,), required=True),
        Column("rows_loaded", "BIGINT", required=True),
        Column("loaded_at", "VARCHAR", (20,), required=True),
    ),
)
Say = Callable[[str], None]


@dataclass(frozen=True)
class Load:
    """A row of `_loads`: a table with what it was made of.

    Attributes
    ----------
    sha256 : str
        The digest of the file: a raw table's CSV, or features.sql.
    made_by : str
        The digest of all else that shaped it: the table's DDL, or the raw tables' digests.
    loaded_at : str
        UTC, such as 2024-01-31T12:00:00Z.
    """

    dataset: str
    table: str
    file: str
    sha256: str
    made_by: str
    rows: int = 0
    loaded_at: str = ""

    @property
    def made_of(self) -> tuple[str, str, str]:
        """What, unchanged, makes the same table again."""
        return self.file, self.sha256, self.made_by

    def same(self, other: Load) -> bool:
        """Whether both are made of the same."""
        return self.made_of == other.made_of


@dataclass(frozen=True)
class Loaded:
    """What `load` has to say about one table; `str` gives it as a line."""

    table: str
    rows: int
    file: str
    already: bool

    def __str__(self) -> str:
        if self.already:
            return f"{self.table}: already loaded ({self.rows:,} rows)"
        return f"{self.table}: {self.rows:,} rows from {self.file}"


def load(dataset: Dataset, url: str, *, say: Say = lambda _: None) -> list[Loaded]:
    """Bring a database's tables up to date with the dataset's folder.

    Parameters
    ----------
    say : callable
        Told what is being done as each step begins, and how far it is once a second, from
        another thread.

    Raises
    ------
    DataError
        Naming file, line, column and value of what does not fit; nothing is changed then.
    DatasetError
        If features.sql does not give the columns that dataset.toml names.
    DatabaseError
        If the database holds another dataset, or tables that Tablecast did not make.
    """
    sources = {
        table: CsvFile(dataset.csv_path(table), dataset.schema[table]) for table in dataset.tables
    }
    wanted = _wanted(dataset, sources)
    with connect(url, files=[csv.path for csv in sources.values()]) as database:
        done = _present(database, dataset, url)
        stale = [t for t, entry in wanted.items() if t not in done or not entry.same(done[t])]
        if stale:
            with database.change() as change:
                for table in stale:
                    with _told(say, f"{table}: reading {wanted[table].file}", change):
                        csv = sources.get(table)
                        rows = _load(change, csv) if csv else _process(change, dataset)
                    done[table] = replace(wanted[table], rows=rows, loaded_at=_now())
                change.write(LOADS, [astuple(entry) for entry in done.values()])
    return [Loaded(t, done[t].rows, done[t].file, t not in stale) for t in wanted]


def _wanted(dataset: Dataset, sources: dict[str, CsvFile]) -> dict[str, Load]:
    raw = {
        t: Load(dataset.name, t, csv.path.name, csv.fingerprint.sha256, _sha256(csv.table.ddl()))
        for t, csv in sources.items()
    }
    made_by = _sha256(repr([entry.made_of for entry in raw.values()]), repr(_shape(dataset)))
    features = _sha256(dataset.features_sql)
    derived = Load(dataset.name, FEATURES_TABLE, "features.sql", features, made_by)
    return {**raw, FEATURES_TABLE: derived}


def _present(database: Database, dataset: Dataset, url: str) -> dict[str, Load]:
    """The dataset's tables that are there as `_loads` says."""
    tables = database.tables()
    entries: list[Load] = []
    if LOADS.name in tables:
        names = ", ".join(column.name for column in LOADS.columns)
        rows = database.query(f"SELECT {names} FROM {LOADS.name} ORDER BY table_name").rows
        entries = [Load(*row) for row in rows]
    for entry in entries:
        if entry.dataset != dataset.name:
            holds = f"{safe_url(url)} holds the dataset {entry.dataset}"
            raise DatabaseError(f"{holds}; load {dataset.name} into another database")
    for table in {*dataset.tables, FEATURES_TABLE} & tables - {entry.table for entry in entries}:
        what = f"{safe_url(url)} has a table {table} that Tablecast did not load"
        raise DatabaseError(f"{what}; rename it, or load {dataset.name} into another database")
    return {
        entry.table: entry
        for entry in entries
        if entry.table in tables and database.count(entry.table) == entry.rows
    }


@contextmanager
def _told(say: Say, what: str, change: Change) -> Iterator[None]:
    """Say what begins, and once a second how far it is."""
    ended = threading.Event()

    def tell() -> None:
        while not ended.wait(1):
            if (percent := change.progress()) > 0:
                say(f"{what}, {percent:.0f} %")

    say(what)
    thread = threading.Thread(target=tell, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _load(change: Change, csv: CsvFile) -> int:
    rows = change.load(csv)
    csv.check(rows)
    return rows


def _process(change: Change, dataset: Dataset) -> int:
    """Make feature_store, and make sure that it is what the dataset's folder promises."""
    try:
        change.derive(FEATURES_TABLE, dataset.features_select)
        columns = list(change.columns(FEATURES_TABLE))
    except DatabaseError as error:
        raise DatasetError(f"features.sql: {error}") from error
    expected = _shape(dataset)
    if columns != expected:
        gives, wants = ", ".join(columns), ", ".join(expected)
        raise DatasetError(f"features.sql: gives the columns {gives}; expected {wants}")
    if change.columns(FEATURES_TABLE)["row_id"] != "integer":
        raise DatasetError("features.sql: row_id is not a whole number")
    counts = "COUNT(*), COUNT(row_id), COUNT(DISTINCT row_id)"
    rows, given, distinct = change.query(f"SELECT {counts} FROM {FEATURES_TABLE}").rows[0]
    if not rows:
        raise DatasetError("features.sql: gives no rows")
    if not rows == given == distinct:
        raise DatasetError("features.sql: row_id is not different in each row")
    return int(rows)


def _shape(dataset: Dataset) -> list[str]:
    return ["row_id", *dataset.features, dataset.target.name]


def _sha256(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
