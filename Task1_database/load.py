"""Load a dataset: its raw CSVs into tables, and those, by `features.sql`, into `feature_store`.

Each table is a step: `load_<table>` makes a raw one, `process_data` makes `feature_store`. All that
is asked for happens in one transaction, so all or nothing of it is seen. What is up to
date is left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from Task1_database import load_log
from Task1_database.csv_file import CsvFile
from Task1_database.databases.base import Transaction
from Task1_database.databases.connect import connect
from Task1_database.databases.url import safe_url
from Task1_database.dataset import FEATURES_TABLE, ROW_ID, Dataset
from Task1_database.errors import DatabaseError, DatasetError, TableMissing
from Task1_database.load_log import LoadRecord, step_of
from Task1_database.progress import Log, logged, silent
from Task1_database.retry import with_retries


@dataclass(frozen=True)
class LoadedTable:
    """What `load` did with one table; `str` gives it as a line."""

    table: str
    rows: int
    file: str
    already: bool

    def __str__(self) -> str:
        if self.already:
            return f"{self.table}: already loaded ({self.rows:,} rows)"
        return f"{self.table}: {self.rows:,} rows from {self.file}"


def load(
    dataset: Dataset,
    url: str,
    *,
    step: str | None = None,
    wait: float = 0,
    log: Log = silent,
    every: float = 1,
) -> list[LoadedTable]:
    """Bring a database's tables up to date with the dataset's folder; see `tablecast.load`.

    A `step` that is process_data needs all raw tables up to date. `log` gets a line on what is
    waited for, what is being done and, from another thread, how much of that is done, `every` so
    many seconds.

    Raises DataError, naming file, line, column and value of what does not fit (nothing is changed
    then); DatasetError if there is no such step, or features.sql does not give the columns that
    dataset.toml names; TableMissing, naming the steps that make them, if the raw tables are not
    there, or not those of the CSVs; DatabaseInUse if another process is using the database;
    DatabaseError if the database holds another dataset, or tables that Tablecast did not make.
    """
    tables = _tables(dataset, step)

    def attempt() -> list[LoadedTable]:
        return _Loading(dataset, url, tables, log, every).run()

    return with_retries(attempt, wait, log)


def _tables(dataset: Dataset, step: str | None) -> list[str]:
    """The tables that a step makes."""
    steps = {step_of(table): table for table in (*dataset.tables, FEATURES_TABLE)}
    if step is None:
        return list(steps.values())
    if step not in steps:
        expected = ", ".join(steps)
        raise DatasetError(f"{dataset.name} has no step {step!r}; expected one of {expected}")
    return [steps[step]]


class _Loading:
    """One attempt at making the tables of a step, or all."""

    def __init__(
        self, dataset: Dataset, url: str, tables: list[str], log: Log, every: float
    ) -> None:
        self._dataset, self._url, self._tables = dataset, url, tables
        self._log, self._every = log, every
        self._sources = {
            table: CsvFile(dataset.csv_path(table), dataset.schema[table])
            for table in dataset.tables
        }

    def run(self) -> list[LoadedTable]:
        done = load_log.read_only(self._dataset, self._url)
        stale = self._stale(done)
        if stale:
            files = [csv.path for csv in self._sources.values()]
            with connect(self._url, files=files) as database:
                done = load_log.read(database, self._dataset, self._url)
                stale = self._stale(done)
                with database.transaction() as transaction:
                    done |= {
                        table: self._make(transaction, entry) for table, entry in stale.items()
                    }
                    load_log.write(transaction, done)
        else:
            self._sweep()
        if load_log.is_old(self._dataset, done):
            self._log(f"{FEATURES_TABLE}: made before that; step {load_log.PROCESS} makes it anew")
        return [LoadedTable(t, done[t].rows, done[t].file, t not in stale) for t in self._tables]

    def _sweep(self) -> None:
        """Have what a killed load left behind removed, as whoever opens to write does."""
        with connect(self._url, read_only=True) as database:
            if not database.has_leftovers():
                return
        with suppress(DatabaseError), connect(self._url):  # if not now, the next load does it
            pass

    def _stale(self, done: Mapping[str, LoadRecord]) -> dict[str, LoadRecord]:
        """The tables to make, with what each is to be made of."""
        wanted = {t: self._raw(t) for t in self._tables if t != FEATURES_TABLE}
        if FEATURES_TABLE in self._tables:
            if not wanted:
                self._require_raw(done)
            tables = [self._raw(table) for table in self._dataset.tables]
            wanted[FEATURES_TABLE] = load_log.features_record(self._dataset, tables)
        return {t: entry for t, entry in wanted.items() if not entry.is_same(done.get(t))}

    def _raw(self, table: str) -> LoadRecord:
        return load_log.raw_record(self._dataset, self._sources[table])

    def _require_raw(self, done: Mapping[str, LoadRecord]) -> None:
        """Make sure that process_data finds the raw tables, each as its CSV is."""
        absent = [table for table in self._dataset.tables if table not in done]
        missing = [f"the table {table} (step {step_of(table)})" for table in absent]
        if not missing:
            missing = [
                f"the table {table} made of the {csv.path.name} that is there"
                f" (step {step_of(table)})"
                for table, csv in self._sources.items()
                if not self._raw(table).is_same(done[table])
            ]
        if missing:
            waits = f"{load_log.PROCESS} waits for {' and '.join(missing)}"
            raise TableMissing(f"{waits} in {safe_url(self._url)}")

    def _make(self, transaction: Transaction, entry: LoadRecord) -> LoadRecord:
        csv = self._sources.get(entry.table)
        size = csv.path.stat().st_size if csv else 0
        task = f"{entry.table}: reading {entry.file}"
        with logged(self._log, task, transaction.progress, self._every, size):
            if csv:
                rows = transaction.load(csv)
                csv.check(rows)
            else:
                rows = _make_features(transaction, self._dataset)
        return entry.completed(rows)


def _make_features(transaction: Transaction, dataset: Dataset) -> int:
    """Make feature_store, and make sure that it is what the dataset's folder promises."""
    try:
        transaction.create_table_as(FEATURES_TABLE, dataset.features_select)
        columns = transaction.columns(FEATURES_TABLE)
    except DatabaseError as error:
        raise DatasetError(f"features.sql: {error}") from error
    expected = load_log.feature_store_columns(dataset)
    if list(columns) != expected:
        actual, wanted = ", ".join(columns), ", ".join(expected)
        raise DatasetError(f"features.sql: gives the columns {actual}; expected {wanted}")
    if columns[ROW_ID] != "integer":
        raise DatasetError(f"features.sql: {ROW_ID} is not a whole number")
    counts = f"COUNT(*), COUNT({ROW_ID}), COUNT(DISTINCT {ROW_ID})"
    rows, non_null, distinct = transaction.query(f"SELECT {counts} FROM {FEATURES_TABLE}").rows[0]
    if not rows:
        raise DatasetError("features.sql: gives no rows")
    if not rows == non_null == distinct:
        raise DatasetError(f"features.sql: {ROW_ID} is not different in each row")
    return int(rows)
