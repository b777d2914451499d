"""`_loads`: what each table was made of, so that nothing is made twice and nothing old is used.

A raw table is made of its CSV and its DDL; `feature_store` of features.sql, the raw tables and the
columns that dataset.toml promises. Whatever of these changes, the table is made anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime

from Task1_database.csv_file import CsvFile
from Task1_database.databases.base import Database, Transaction
from Task1_database.databases.connect import connect
from Task1_database.databases.url import safe_url
from Task1_database.dataset import FEATURES_TABLE, ROW_ID, Dataset, argument_of
from Task1_database.errors import DatabaseError, TableMissing
from Task1_database.schema import Column, Table

PROCESS = "process_data"  # the step that makes feature_store
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


@dataclass(frozen=True)
class LoadRecord:
    """A row of `_loads`: a table with what it was made of."""

    dataset: str
    table: str
    file: str
    # the digest of the file: a raw table's CSV, or features.sql. Empty where the table no longer
    # has as many rows as were loaded
    sha256: str
    # the digest of all else that shaped it: the table's DDL, or the raw tables' digests
    made_by: str
    rows: int = 0
    loaded_at: str = ""  # UTC, such as 2024-01-31T12:00:00Z

    def is_same(self, other: LoadRecord | None) -> bool:
        """Whether the other is made of the same."""
        return other is not None and self.made_of == other.made_of

    @property
    def made_of(self) -> tuple[str, str, str]:
        """What, unchanged, makes the same table again."""
        return self.file, self.sha256, self.made_by

    def completed(self, rows: int) -> LoadRecord:
        """This, loaded just now."""
        return replace(self, rows=rows, loaded_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))


def step_of(table: str) -> str:
    """The name of the step that makes a table."""
    return PROCESS if table == FEATURES_TABLE else f"load_{table}"


def raw_record(dataset: Dataset, csv: CsvFile) -> LoadRecord:
    """What the raw table of a CSV is to be made of; reads the file through."""
    ddl = _sha256(csv.table.ddl())
    return LoadRecord(dataset.name, csv.table.name, csv.path.name, csv.fingerprint.sha256, ddl)


def features_record(dataset: Dataset, tables: Iterable[LoadRecord]) -> LoadRecord:
    """What feature_store is to be made of, out of these raw tables."""
    made_by = _sha256(
        repr([entry.made_of for entry in tables]), repr(feature_store_columns(dataset))
    )
    features = _sha256(dataset.features_sql)
    return LoadRecord(dataset.name, FEATURES_TABLE, "features.sql", features, made_by)


def feature_store_columns(dataset: Dataset) -> list[str]:
    """The columns of feature_store, in order: a column to split by may be no feature."""
    split = [dataset.split.column] if dataset.split else []
    return list(dict.fromkeys([ROW_ID, *dataset.features, *split, dataset.target.name]))


def read(database: Database, dataset: Dataset, url: str) -> dict[str, LoadRecord]:
    """The dataset's tables that are there, each with what it was made of.

    Raises DatabaseError if the database holds another dataset, or tables that Tablecast did not
    make.
    """
    tables, entries = database.tables(), _entries(database)
    for entry in entries:
        if entry.dataset != dataset.name:
            holds = f"{safe_url(url)} holds the dataset {entry.dataset}"
            raise DatabaseError(f"{holds}; load {dataset.name} into another database")
    for table in {*dataset.tables, FEATURES_TABLE} & tables - {entry.table for entry in entries}:
        stranger = f"{safe_url(url)} has a table {table} that Tablecast did not load"
        raise DatabaseError(f"{stranger}; rename it, or load {dataset.name} into another database")
    return {entry.table: _counted(database, entry) for entry in entries if entry.table in tables}


def read_only(dataset: Dataset, url: str) -> dict[str, LoadRecord]:
    """What `read` gives, without keeping others from writing; nothing before the first load."""
    try:
        with connect(url, read_only=True) as database:
            return read(database, dataset, url)
    except TableMissing:
        return {}


def write(transaction: Transaction, entries: Mapping[str, LoadRecord]) -> None:
    """Note what the tables are made of, in place of what was noted before."""
    transaction.create_table(LOADS, [astuple(entry) for entry in entries.values()])


def is_old(dataset: Dataset, done: Mapping[str, LoadRecord]) -> bool:
    """Whether feature_store was made of other tables, or otherwise, than those that are there."""
    if not {FEATURES_TABLE, *dataset.tables} <= done.keys():
        return False
    return not features_record(dataset, [done[t] for t in dataset.tables]).is_same(
        done[FEATURES_TABLE]
    )


def require_features(dataset: Dataset, url: str, who: str) -> None:
    """Make sure that feature_store is there and up to date with its tables, before `who` reads it.

    Raises TableMissing if it is not; DatabaseInUse if another process is writing.
    """
    load = f"`tablecast load {argument_of(dataset.folder)}` makes it"
    step = f"(step {PROCESS}) in {safe_url(url)}; {load}"
    try:
        with connect(url, read_only=True) as database:
            if FEATURES_TABLE not in (tables := database.tables()):
                raise TableMissing(FEATURES_TABLE)
            done = read(database, dataset, url) if LOADS.name in tables else {}
    except TableMissing:
        raise TableMissing(f"{who} waits for the table {FEATURES_TABLE} {step}") from None
    if is_old(dataset, done):
        what = f"a {FEATURES_TABLE} made of the tables and the features.sql that are there"
        raise TableMissing(f"{who} waits for {what} {step}")


def _entries(database: Database) -> list[LoadRecord]:
    if LOADS.name not in database.tables():
        return []
    names = ", ".join(column.name for column in LOADS.columns)
    rows = database.query(f"SELECT {names} FROM {LOADS.name} ORDER BY table_name").rows
    return [LoadRecord(*row) for row in rows]


def _counted(database: Database, entry: LoadRecord) -> LoadRecord:
    whole = database.count(entry.table) == entry.rows
    return entry if whole else replace(entry, sha256="")


def _sha256(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()
