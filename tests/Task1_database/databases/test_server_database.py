"""MySQL, MariaDB and PostgreSQL behind the protocol: what they do alike, and as DuckDB does."""

from __future__ import annotations

import datetime
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from Task1_database.databases import server_session
from Task1_database.databases.connect import connect
from Task1_database.errors import (
    DatabaseAway,
    DatabaseError,
    QueryTimeout,
    TableMissing,
)
from Task1_database.load import load
from tests.little_dataset import FILES, boats
from tests.private_server import Server
from tests.servers import MariaDB, fill, state

CSV, FEATURES = FILES["boats.csv"], FILES["features.sql"]
ENDLESS = "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n) SELECT MAX(i) FROM n"


def test_a_dataset_is_loaded_as_into_duckdb(tmp_path: Path, url: str) -> None:
    dataset, embedded = boats(tmp_path), f"duckdb://{tmp_path}/boats.duckdb"
    assert load(dataset, url) == load(dataset, embedded)
    with connect(url, read_only=True) as database, connect(embedded, read_only=True) as other:
        assert database.tables() == other.tables() == {"boats", "feature_store", "_loads"}
        for table in ("boats", "feature_store"):
            rows = f"SELECT * FROM {table} ORDER BY 1"
            assert database.query(rows).rows == other.query(rows).rows
            kinds = {name.lower(): kind for name, kind in other.columns(table).items()}
            assert {n.lower(): k for n, k in database.columns(table).items()} == kinds
    before = state(url)
    assert [loaded.already for loaded in load(dataset, url)] == [True, True]
    assert state(url) == before


AWKWARD = """\
CREATE TABLE boats (
    id INTEGER NOT NULL, small SMALLINT, big BIGINT, d DECIMAL(12,3), whole DECIMAL(20,0),
    "a size" DOUBLE PRECISION, day DATE, v VARCHAR(6), t TEXT
);
"""
AWKWARD_CSV = """\
id,small,big,d,whole,A Size,day,v,t
1,-32768,-9223372036854775808,-999999999.999,99999999999999999999,5e-324,0001-01-01,NULL,\\N
2,32767,9223372036854775807,.5,-0,1.7976931348623157e308,9999-12-31,\\.,"\\.
\\.
"
3,,,,,,,,
4,0,0,0.1,0,-1e-7,2000-02-29,"a ,""b",it's 'so'
5,1,1,1,1,0.1,1970-01-01,🐟ß漢,"back\\slash\\"
6,2,2,2,2,123456789.123456789,1969-12-31," ","two
lines,\r and ""quotes\"""
7,3,3,3,3,1e22,2024-01-31,;--%s,%(x)s\t{}
"""


@pytest.fixture(params=["files", "inserts"])
def sent_by(request: pytest.FixtureRequest, server: Server) -> Iterator[None]:
    """How rows get to the server: MySQL and MariaDB may take files, or no file."""
    if isinstance(server, MariaDB):
        server.sql(f"SET GLOBAL local_infile = {int(request.param == 'files')}")
    yield
    if isinstance(server, MariaDB):
        server.sql("SET GLOBAL local_infile = 1")


@pytest.mark.usefixtures("sent_by")
def test_awkward_values_arrive_as_they_are(tmp_path: Path, url: str) -> None:
    changed = {
        "schema.sql": AWKWARD,
        "boats.csv": AWKWARD_CSV,
        "features.sql": """\
CREATE TABLE feature_store AS
SELECT id AS row_id, "a size" AS size, v AS kind, d AS price FROM boats;
""",
    }
    dataset, embedded = boats(tmp_path, changed), f"duckdb://{tmp_path}/boats.duckdb"
    read: list[list[Any]] = []
    for destination in (url, embedded):
        load(dataset, destination)
        with connect(destination, read_only=True) as database:
            read.append(database.query("SELECT * FROM boats ORDER BY id").rows)
            frame = database.frame("SELECT * FROM boats ORDER BY id")
            read.append([list(map(str, frame[name])) for name in frame])
            read.append([frame[name].dtype.kind for name in frame])
    assert read[:3] == read[3:]
    assert read[0][1][-1] == "\\.\n\\.\n"


def test_values_are_plain_python(url: str) -> None:
    fill(
        url,
        "SELECT 1 AS i, 2.50 AS d, CAST(3 AS DECIMAL(5,2)) AS w, 'x' AS t,"
        " CAST('2024-01-31' AS DATE) AS day",
    )
    with connect(url, read_only=True) as database:
        result = database.query("SELECT i, d, w, t, day, NULL AS n, i = 1 AS yes FROM t")
        total = database.query("SELECT SUM(i), SUM(d), COUNT(*), 1.0 / 3 FROM t").rows
    assert result.columns == ("i", "d", "w", "t", "day", "n", "yes")
    assert result.rows == [(1, 2.5, 3, "x", datetime.date(2024, 1, 31), None, 1)]
    assert [type(value) for value in result.rows[0][:3]] == [int, float, int]
    assert total == [(1, 2.5, 1, pytest.approx(1 / 3, rel=1e-15))]


def test_a_frame_is_typed_whatever_is_missing(url: str) -> None:
    fill(
        url,
        "SELECT 1 AS a, 1 AS b, 2.5 AS d, 'x' AS t, CAST('2024-01-31' AS DATE) AS day"
        " UNION ALL SELECT 2, NULL, NULL, NULL, NULL",
    )
    with connect(url, read_only=True) as database:
        frame = database.frame("SELECT * FROM t ORDER BY a")
        empty = database.frame("SELECT * FROM t WHERE a > 9")
        kinds = database.columns("t")
    assert frame["t"].tolist() == ["x", None]
    assert "".join(frame[name].dtype.kind for name in frame) == "iffOM"
    assert "".join(empty[name].dtype.kind for name in empty) == "iifOM"
    assert [frame[name].isna().tolist() for name in ("b", "d", "day")] == [[False, True]] * 3
    assert kinds == {"a": "integer", "b": "integer", "d": "number", "t": "text", "day": "date"}


def test_text_is_compared_byte_by_byte(url: str) -> None:
    words = ["b", "B", "a", "ä", "a ", "Z", "é", "e", "z"]
    rows = " UNION ALL ".join(f"SELECT '{word}' AS word" for word in words)
    fill(url, rows)
    with connect(url, read_only=True) as database:
        counts = database.query("SELECT word, COUNT(*) FROM t GROUP BY word ORDER BY word").rows
        assert counts == [(word, 1) for word in sorted(words)]
        assert database.query("SELECT MIN(word), MAX(word) FROM t").rows == [("B", "é")]
        assert database.query("SELECT COUNT(*) FROM t WHERE word = 'a'").rows == [(1,)]
        assert database.query(r"SELECT '\n' || '%s'").rows == [(r"\n%s",)]


def test_columns_of_what_is_not_there_or_of_no_use(url: str) -> None:
    fill(url, "SELECT CURRENT_TIMESTAMP AS now")
    with connect(url, read_only=True) as database:
        with pytest.raises(TableMissing) as missing:
            database.columns("nothing")
        with pytest.raises(DatabaseError, match="^t.now is a .+; expected a number, text or"):
            database.columns("t")
    assert str(missing.value) == "there is no table nothing; load it first"


WITH = """\
CREATE TABLE feature_store AS
WITH boats AS (SELECT * FROM boats WHERE id > 1), -- a name of its own for what it takes
twice AS (SELECT a.id, b.kind FROM boats AS a INNER JOIN boats AS b ON a.id = b.id)
SELECT boats.id AS row_id, boats.size AS size, twice.kind AS kind, boats.price AS price
FROM boats INNER JOIN twice ON boats.id = twice.id -- and no more
"""


def test_features_may_be_made_by_a_with_of_their_own(tmp_path: Path, url: str) -> None:
    load(boats(tmp_path, {"features.sql": WITH}), url)
    with connect(url, read_only=True) as database:
        rows = database.query("SELECT row_id, kind FROM feature_store ORDER BY row_id").rows
    assert rows == [(2, "ro\nw"), (3, None)]


def test_a_question_without_end_is_stopped_and_the_next_is_answered(url: str) -> None:
    fill(url, "SELECT 1 AS a")
    with connect(url, read_only=True) as database:
        start = time.monotonic()
        with pytest.raises(QueryTimeout) as caught:
            database.query(ENDLESS, seconds=0.3)
        assert time.monotonic() - start < 5
        assert str(caught.value) == "took longer than 0.3 seconds"
        assert database.query("SELECT a FROM t", seconds=0.3).rows == [(1,)]
        deep = ENDLESS.replace("FROM n)", "FROM n WHERE i < 5000)")
        assert database.query(deep, seconds=20).rows == [(5000,)]


HEEDS = {  # a call that ends at the limit, some of them with a value
    "MariaDB": ["SLEEP(60)", "BENCHMARK(2000000000, SHA2('a', 256))"],
    "MySQL": ["SLEEP(60)", "BENCHMARK(2000000000, SHA2('a', 256))"],
    "PostgreSQL": ["CAST(pg_sleep(60) AS TEXT)", "LENGTH(REPEAT(REPEAT('a', 1000000), 900))"],
}
HEEDS_NOTHING = {  # a call that goes on for seconds
    "MariaDB": "LOCATE(CONCAT(REPEAT('a', 8000), 'b'), REPEAT('a', 1000000))",
    "MySQL": "LOCATE(CONCAT(REPEAT('a', 8000), 'b'), REPEAT('a', 1000000))",
    "PostgreSQL": "STRPOS(REPEAT('a', 1000000), 'b' || REPEAT('a', 8000))",
}


def test_one_call_of_a_function_ends_at_the_limit(server: Server, url: str) -> None:
    with connect(url, read_only=True) as database:
        for call in HEEDS[server.kind]:
            with pytest.raises(QueryTimeout, match=r"^took longer than 0.2 seconds$"):
                database.query(f"SELECT {call}", seconds=0.2)
            assert database.query("SELECT 1", seconds=20).rows == [(1,)]


def test_a_server_that_heeds_no_limit_is_left_alone(
    server: Server, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_session, "GRACE", 0.1)
    with connect(url, read_only=True) as database:
        with pytest.raises(QueryTimeout, match=r"^took longer than 0.1 seconds$"):
            database.query(f"SELECT {HEEDS_NOTHING[server.kind]}", seconds=0.1)
        with pytest.raises(DatabaseAway):  # the connection was broken off
            database.query("SELECT 1")
    with connect(url, read_only=True) as database:
        assert database.query("SELECT 1", seconds=20).rows == [(1,)]


def test_who_reads_changes_nothing(url: str) -> None:
    fill(url, "SELECT 1 AS a")
    with connect(url, read_only=True) as database:
        for sql in (
            "SELECT 1; DROP TABLE t",
            "SELECT 1; COMMIT; DROP TABLE t",
            "DROP TABLE t",
            "INSERT INTO t VALUES (2)",
            "CREATE TABLE u AS SELECT 1 AS a",
            "WITH u AS (DELETE FROM t RETURNING a) SELECT a FROM u",
        ):
            with pytest.raises(DatabaseError):
                database.query(sql)
        assert database.tables() == {"t"}
        assert database.query("SELECT a FROM t").rows == [(1,)]


def test_the_command_line_takes_the_database_of_the_environment(
    tmp_path: Path, server: Server, name: str, url: str
) -> None:
    folder = boats(tmp_path).folder
    done = subprocess.run(
        [sys.executable, "-m", "tablecast", "load", str(folder)],
        env={**os.environ, "TABLECAST_HOME": str(tmp_path), "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"the database is {server.safe_url(name)}, from $DATABASE_URL\n" in done.stderr
    assert "s3" not in done.stdout + done.stderr
    assert [loaded.already for loaded in load(boats(tmp_path), url)] == [True, True]
    assert not (tmp_path / "databases").exists()


@pytest.mark.parametrize(
    ("url", "module", "extras"),
    [
        ("duckdb:///x/y.duckdb", "duckdb", "train"),
        ("mysql://host/db", "mysql.connector", "train,mysql"),
        ("postgres://host/db", "psycopg", "train,postgres"),
        ("postgresql://host/db", "psycopg", "train,postgres"),
    ],
)
def test_a_driver_that_is_missing_is_named(url: str, module: str, extras: str) -> None:
    code = f"""
import sys
sys.modules["{module}"] = None
from Task1_database.databases.connect import connect
from Task1_database.errors import DatabaseError
try:
    connect("{url}", read_only=True)
except DatabaseError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    scheme = url.partition(":")[0]
    assert done.stdout.startswith(f"{scheme}:// needs a driver (import of {module}")
    assert done.stdout.endswith(f"); pip install 'tablecast[{extras}]'\n")
