"""DuckDB behind the protocol: URLs, limits, types, and what a transaction undoes."""

from __future__ import annotations

import datetime
import time
from pathlib import Path

import pytest

from Task1_database.databases import duckdb_process
from Task1_database.databases.base import Database
from Task1_database.databases.connect import connect
from Task1_database.errors import DatabaseError, DatabaseInUse, QueryTimeout, TableMissing


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"duckdb://{tmp_path}/x.duckdb"


def fill(url: str, select: str) -> None:
    with connect(url) as database, database.transaction() as transaction:
        transaction.create_table_as("t", select)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("houses", "'houses' is not a database; expected duckdb:///folder/file.duckdb"),
        ("duckdb://x.duckdb", "'duckdb://x.duckdb' is not a database; expected duckdb:///"),
        ("duckdb:///", "'duckdb:///' is not a database; expected duckdb:///folder/file.duckdb"),
        ("oracle://me:secret@host/db", "'oracle://me:***@host/db' is not a database; expected"),
    ],
)
def test_what_is_no_database_is_refused(url: str, message: str) -> None:
    with pytest.raises(DatabaseError) as caught:
        connect(url)
    assert str(caught.value).startswith(message)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.duckdb").write_text("hello" * 1000)
    url = f"duckdb://{tmp_path}/x.duckdb"
    with pytest.raises(DatabaseError) as caught:
        connect(url)
    assert str(caught.value) == (
        f'{url} cannot be opened: IO Error: The file "{tmp_path}/x.duckdb" exists, '
        "but it is not a valid DuckDB database file!"
    )


def test_a_database_that_is_not_there_cannot_be_read(url: str, tmp_path: Path) -> None:
    with pytest.raises(TableMissing) as caught:
        connect(url, read_only=True)
    assert str(caught.value) == f"{url} is not there yet; load a dataset into it first"
    assert not list(tmp_path.iterdir())


def test_values_are_plain_python(url: str) -> None:
    fill(
        url,
        "SELECT 1 AS i, 2.50 AS d, CAST(3 AS DECIMAL(5,2)) AS w, 0.1e0 AS f, 'x' AS t,"
        " DATE '2024-01-31' AS day, NULL AS n",
    )
    with connect(url, read_only=True) as database:
        result = database.query("SELECT * FROM t")
        total = database.query("SELECT SUM(i), SUM(d) FROM t").rows
    assert result.columns == ("i", "d", "w", "f", "t", "day", "n")
    assert result.rows == [(1, 2.5, 3, 0.1, "x", datetime.date(2024, 1, 31), None)]
    assert [type(value) for value in result.rows[0][:4]] == [int, float, int, float]
    assert total == [(1, 2.5)]


def test_a_frame_has_numbers_as_numbers_and_text_as_text_or_none(url: str) -> None:
    fill(
        url,
        "SELECT 1 AS a, 1 AS b, 2.5 AS d, 1e0 AS f, 'x' AS t"
        " UNION ALL SELECT 2, NULL, NULL, NULL, NULL",
    )
    with connect(url, read_only=True) as database:
        frame = database.frame("SELECT * FROM t ORDER BY a")
        kinds = database.columns("t")
    assert frame["t"].tolist() == ["x", None]
    assert all(frame[name].dtype.kind in "if" for name in "abdf")
    assert [frame[name].isna().tolist() for name in "bdf"] == [[False, True]] * 3
    assert kinds == {"a": "integer", "b": "integer", "d": "number", "f": "number", "t": "text"}


def test_columns_of_what_is_not_there_or_of_no_use(url: str) -> None:
    fill(url, "SELECT TRUE AS yes")
    with connect(url, read_only=True) as database:
        with pytest.raises(TableMissing) as missing:
            database.columns("nothing")
        with pytest.raises(DatabaseError) as useless:
            database.columns("t")
    assert str(missing.value) == "there is no table nothing; load it first"
    assert str(useless.value) == "t.yes is a BOOLEAN; expected a number, text or a date"


def interrupt(database: Database) -> None:
    with database.transaction() as transaction:
        transaction.create_table_as("t", "SELECT 2 AS a")
        transaction.create_table_as("other", "SELECT 2 AS a")
        raise KeyboardInterrupt


def test_a_table_is_made_of_one_statement(url: str) -> None:
    fill(url, "SELECT 1 AS a -- ; all of it")
    with pytest.raises(DatabaseError, match="expected one SELECT, not 2 statements"):
        fill(url, "SELECT 2 AS a; DROP TABLE t")
    with connect(url) as database:
        assert database.query("SELECT a FROM t").rows == [(1,)]


def test_a_transaction_that_raises_is_undone(url: str) -> None:
    fill(url, "SELECT 1 AS a")
    with connect(url) as database:
        with pytest.raises(KeyboardInterrupt):
            interrupt(database)
        assert database.tables() == {"t"}
        assert database.query("SELECT a FROM t").rows == [(1,)]


def test_a_question_without_end_is_stopped_and_the_next_is_answered(url: str) -> None:
    fill(url, "SELECT 1 AS a")
    endless = (
        "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n) SELECT MAX(i) FROM n"
    )
    with connect(url, read_only=True) as database:
        start = time.monotonic()
        with pytest.raises(QueryTimeout) as caught:
            database.query(endless, seconds=0.3)
        assert time.monotonic() - start < 5
        assert str(caught.value) == "took longer than 0.3 seconds"
        assert database.query("SELECT a FROM t", seconds=60).rows == [(1,)]


@pytest.mark.parametrize(
    "call",
    [
        "length(repeat('a', 2000000000))",
        "length(lpad('a', 2000000000, 'b'))",
        "len(range(1000000000))",
    ],
)
def test_one_call_of_a_function_cannot_outlive_the_limit(url: str, call: str) -> None:
    """DuckDB heeds no interrupt inside of one."""
    fill(url, "SELECT 1 AS a")
    with connect(url, read_only=True) as database:
        with pytest.raises(QueryTimeout):
            database.query(f"SELECT {call}", seconds=0.3)
        assert database.query("SELECT a FROM t", seconds=60).rows == [(1,)]


def test_a_query_with_a_limit_gives_the_same_values(url: str) -> None:
    fill(url, "SELECT 1 AS a")
    numbers = "7, 1.50, 2.0::DECIMAL(9,1), 0.1::DOUBLE, 'NaN'::DOUBLE, TRUE, 10::HUGEINT"
    values = f"SELECT {numbers}, 'é\n', NULL, DATE '2024-01-31'"
    with connect(url, read_only=True) as database:
        one, other = database.query(values), database.query(values, seconds=60)
    assert repr(one) == repr(other)


def test_a_query_that_needs_too_much_memory_fails_alone(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duckdb_process, "_half_of_the_memory", lambda: 2**28)
    fill(url, "SELECT 1 AS a")
    with connect(url, read_only=True) as database:
        with pytest.raises(DatabaseError):
            database.query("SELECT length(repeat('a', 2000000000))", seconds=60)
        assert database.query("SELECT a FROM t", seconds=60).rows == [(1,)]


def test_many_may_read_at_once_but_none_may_write_meanwhile(url: str) -> None:
    fill(url, "SELECT 1 AS a")

    def count(database: Database) -> int:
        return database.count("t")

    with connect(url, read_only=True) as one, connect(url, read_only=True) as other:
        assert count(one) == count(other) == 1
        with pytest.raises(DatabaseInUse) as caught:
            connect(url)
    assert str(caught.value) == f"{url} is open elsewhere in this process; close it there"


def test_a_writer_reaches_the_files_it_was_given_and_no_other(url: str, tmp_path: Path) -> None:
    given, other = tmp_path / "given.csv", tmp_path / "other.csv"
    for path in (given, other):
        path.write_text("a\n1\n")
    with connect(url, files=[given]) as database:
        assert database.query(f"SELECT * FROM read_csv('{given}')").rows == [(1,)]
        for sql in (
            f"SELECT * FROM read_csv('{other}')",
            f"COPY (SELECT 1) TO '{tmp_path}/out.csv'",
            f"ATTACH '{tmp_path}/out.db'",
        ):
            with pytest.raises(DatabaseError, match="^Permission Error: Cannot access file"):
                database.query(sql)
    assert {path.name for path in tmp_path.iterdir()} == {"given.csv", "other.csv", "x.duckdb"}
