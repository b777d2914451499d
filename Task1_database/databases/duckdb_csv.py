"""How DuckDB reads a CSV: fast, on every core, and without letting anything odd pass.

Whatever the database that the rows go to, this is the one reader of CSV files, so that all refuse
the same files in the same words.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from Task1_database.csv_file import CsvFile
from Task1_database.errors import DataError
from Task1_database.literals import INTEGER, TEXT_BYTES, is_canonical_sql, sql_text
from Task1_database.schema import Column, Table

CLEAN = ("delim ','", "quote '\"'", "escape '\"'", "nullstr 'NULL'", "header false")
PIECE = "8MB"


def select_of(csv: CsvFile) -> str:
    """A SELECT of the CSV's rows in its table's types; it fails if any value is not exactly one.

    Each cell is read once as text (r) and once as a value (v). Comparing the two refuses what a
    cast would let pass: 1.5 or 1_000 as an integer, nan as a number, blanks around either.
    """
    columns = csv.columns()
    cells = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(columns)))
    pairs = ", ".join(
        f"c{i} AS r{i}, CAST(c{i} AS {column.type}) AS v{i}" for i, column in enumerate(columns)
    )
    exact = " AND ".join(
        f"({f'r{i} IS NOT NULL AND ' if column.required else ''}{_exact(column, i)})"
        for i, column in enumerate(columns)
    )
    index = {column.name: i for i, column in enumerate(columns)}
    values = [f"v{index[column.name]}" for column in csv.table.columns]
    values[0] = f"CASE WHEN NOT ({exact}) THEN error('not exact') ELSE {values[0]} END"
    return (
        f"SELECT {', '.join(values)} FROM "
        f"(SELECT {pairs} FROM read_csv({sql_text(csv.path)}, "
        "header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"', "
        f"nullstr = '', strict_mode = true, columns = {{{cells}}}))"
    )


def write_clean(csv: CsvFile, folder: Path) -> list[Path]:
    """Write the rows of a CSV, every value checked, as files that any server takes as they are.

    Their columns are in the order of the table; every value is in quotes, NULL is not; there is
    no header, and each row ends with a line feed.

    Raises DataError, naming line, column and value of the first thing that does not fit.
    """
    options = f"FORMAT csv, {', '.join(CLEAN)}, force_quote *, file_size_bytes '{PIECE}'"
    with duckdb.connect() as connection, refusals_of(csv):
        connection.execute(f"COPY ({select_of(csv)}) TO {sql_text(folder)} ({options})")
    return sorted(folder.iterdir(), key=lambda file: (len(file.name), file.name))


def read_clean(file: Path, table: Table) -> list[tuple[Any, ...]]:
    """The rows of a file of `write_clean`, as Python values."""
    types = ", ".join(f"'c{i}': '{column.type}'" for i, column in enumerate(table.columns))
    options = ", ".join(option.replace(" ", " = ") for option in CLEAN)
    with duckdb.connect() as connection:
        return connection.execute(
            f"FROM read_csv({sql_text(file)}, {options}, auto_detect = false, "
            f"allow_quoted_nulls = false, columns = {{{types}}})"
        ).fetchall()


def _exact(column: Column, i: int) -> str:
    """Whether a cell's text is a value of its column, as `Column.accepts` says it."""
    if column.pattern == INTEGER:
        return is_canonical_sql(f"v{i}", f"r{i}")
    if column.base == "DOUBLE PRECISION":  # the pattern would cost four times as much
        unblank = f"r{i} >= '+' AND r{i}[-1] >= '.'"
        return f"isfinite(v{i}) AND {unblank} AND NOT contains(r{i}, '_')"
    if column.base == "DECIMAL":
        return f"regexp_full_match(r{i}, '{column.pattern}')"
    if column.base == "DATE":
        return f"strlen(r{i}) = 10 AND {is_canonical_sql(f'v{i}', f'r{i}')}"
    if column.base == "VARCHAR":
        return f"length(r{i}) <= {column.size[0]}"
    return f"strlen(r{i}) <= {TEXT_BYTES}"


@contextmanager
def refusals_of(csv: CsvFile) -> Iterator[None]:
    """Turn DuckDB's refusal of a CSV into an error that names line, column and value."""
    try:
        yield
    except (duckdb.DataError, duckdb.IntegrityError, duckdb.InvalidInputException) as error:
        raise csv.first_error() or DataError(f"{csv.path.name}: {first_line(error)}") from error


def first_line(error: Exception | str) -> str:
    """The gist of one of DuckDB's errors, which go on with hints and the query."""
    return str(error).strip().partition("\n")[0]
