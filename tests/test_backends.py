"""MySQL, MariaDB and PostgreSQL behind the protocol: what they do alike, and as DuckDB does."""

from __future__ import annotations

import datetime
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from Task1_database import mysql_session, postgres_session
from Task1_database.database import Database, Result, connect
from Task1_database.dataset import Dataset
from Task1_database.errors import (
    DatabaseAway,
    DatabaseError,
    DatabaseInUse,
    DataError,
    DatasetError,
    QueryTimeout,
    TableMissing,
)
from Task1_database.load import load
from Task1_database.questions import ask
from tests.little_dataset import FILES, boats
from tests.servers import MariaDB, Server

CSV, FEATURES = FILES["boats.csv"], FILES["features.sql"]
ENDLESS = "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n) SELECT MAX(i) FROM n"


@pytest.fixture
def name(server: Server) -> str:
    """An empty database."""
    return server.new_database()


@pytest.fixture
def url(server: Server, name: str) -> str:
    return server.url(name)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for a table no longer than a second."""
    monkeypatch.setattr(postgres_session, "LOCK_SECONDS", 0.2)
    monkeypatch.setitem(mysql_session.EVERYWHERE, "lock_wait_timeout", 1)


def fill(url: str, select: str) -> None:
    with connect(url) as database, database.change() as change:
        change.derive("t", select)


def state(url: str) -> tuple[object, ...]:
    """All that a load may change."""
    with connect(url, read_only=True) as database:
        tables = sorted(database.tables())
        return tables, *(database.query(f"SELECT * FROM {table} ORDER BY 1") for table in tables)


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
    f DOUBLE PRECISION, day DATE, v VARCHAR(6), t TEXT
);
"""
AWKWARD_CSV = """\
id,small,big,d,whole,f,day,v,t
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
        "features.sql": FEATURES.replace("Size", "f").replace("Kind", "v").replace("Price", "d"),
    }
    dataset, embedded = boats(tmp_path, changed), f"duckdb://{tmp_path}/boats.duckdb"
    read = []
    for place in (url, embedded):
        load(dataset, place)
        with connect(place, read_only=True) as database:
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
        found = database.query("SELECT word, COUNT(*) FROM t GROUP BY word ORDER BY word").rows
        assert found == [(word, 1) for word in sorted(words)]
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


FAULTS: list[tuple[dict[str, str | bytes | None], type[Exception], str]] = [
    (
        {"boats.csv": CSV + "4,x,,,\n"},
        DataError,
        "boats.csv, line 6, column size: 'x'; expected DOUBLE PRECISION (a number such as 12.5)",
    ),
    (
        {"boats.csv": CSV + ",1,,,\n"},
        DataError,
        "boats.csv, line 6, column id: is empty; expected INTEGER NOT NULL "
        "(a whole number from -2147483648 to 2147483647, no zeros before it)",
    ),
    ({"boats.csv": CSV + "4,\n"}, DataError, "boats.csv, line 6: has 2 values; expected 5"),
    (
        {"features.sql": FEATURES.replace("id AS", "7 AS")},
        DatasetError,
        "features.sql: row_id is not different in each row",
    ),
    ({"features.sql": FEATURES.replace("Size AS", "width AS")}, DatasetError, "width"),
    ({"features.sql": FEATURES.replace("FROM", "FRM")}, DatasetError, "yntax"),
]


def test_a_load_that_fails_leaves_all_as_it_was(tmp_path: Path, url: str) -> None:
    load(boats(tmp_path), url)
    before = state(url)
    for changed, error, message in FAULTS:
        with pytest.raises(error) as caught:
            load(boats(tmp_path, {"boats.csv": CSV + "9,,,,\n", **changed}), url)
        assert message in str(caught.value)
        assert "\n" not in str(caught.value)
        assert "__new" not in str(caught.value)
        assert state(url) == before
        boats(tmp_path)


def interrupt(database: Database) -> None:
    with database.change() as change:
        change.derive("t", "SELECT 2 AS a")
        change.derive("other", "SELECT a FROM t")
        assert change.query("SELECT a FROM other").rows == [(2,)]
        assert change.columns("other") == {"a": "integer"}
        raise KeyboardInterrupt


def test_a_change_that_raises_is_undone_and_the_next_is_not(url: str) -> None:
    fill(url, "SELECT 1 AS a")
    with connect(url) as database:
        with pytest.raises(KeyboardInterrupt):
            interrupt(database)
        assert database.tables() == {"t"}
        assert database.query("SELECT a FROM t").rows == [(1,)]
        with pytest.raises(DatabaseError):
            database.query("SELECT b FROM t")
        with database.change() as change:
            change.derive("other", "SELECT a + 1 AS a FROM t")
    with connect(url, read_only=True) as database:
        assert database.query("SELECT a FROM other").rows == [(2,)]


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


def test_a_reader_sees_one_moment_and_a_loader_waits_for_it(
    url: str, impatient: None, server: Server, name: str
) -> None:
    fill(url, "SELECT 1 AS a")
    with connect(url, read_only=True) as reader:
        assert reader.query("SELECT a FROM t").rows == [(1,)]
        with pytest.raises(DatabaseInUse) as caught:
            fill(url, "SELECT 2 AS a")
        assert reader.query("SELECT a FROM t").rows == [(1,)]
        assert reader.tables() == {"t"}
    words = f"{server.safe_url(name)}: others are using a table; try again later ("
    assert str(caught.value).startswith(words)
    fill(url, "SELECT 2 AS a")
    with connect(url, read_only=True) as reader:
        assert reader.query("SELECT a FROM t").rows == [(2,)]


def test_readers_go_on_while_tables_are_being_made(url: str) -> None:
    fill(url, "SELECT 1 AS a")
    with connect(url) as writer:
        with writer.change() as change:
            change.derive("t", "SELECT 2 AS a")
            with connect(url, read_only=True) as reader:
                assert reader.query("SELECT a FROM t").rows == [(1,)]
            with pytest.raises(DatabaseInUse) as caught:
                connect(url)
        assert writer.query("SELECT a FROM t").rows == [(2,)]
    assert "is in use by another process; wait until it ends, or stop it" in str(caught.value)


def test_who_may_only_read_is_told_so_and_can_ask(
    tmp_path: Path, server: Server, name: str, url: str
) -> None:
    load(boats(tmp_path), url)
    if not isinstance(server, MariaDB):
        server.sql("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader", database=name)
    longer = boats(tmp_path, {"boats.csv": CSV + "9,,,,\n"})
    with pytest.raises(DatabaseError) as caught:
        load(longer, server.reader_url(name))
    shown = server.safe_url(name, "reader")
    assert str(caught.value).startswith(f"reader may not do this in {shown}: ")
    load(longer, url)
    (answer,) = ask(longer, server.reader_url(name), tmp_path / "results")
    assert answer.result.rows == [(4,)]


@pytest.mark.parametrize(
    ("old", "new", "error", "said"),
    [
        ("owner:", "owner:not", DatabaseError, {"Access denied", "password authentication failed"}),
        ("/db_", "/no_db_", DatabaseError, {"Unknown database", "Access denied", "does not exist"}),
        ("127.0.0.1", "nowhere.invalid", DatabaseAway, {"nowhere.invalid"}),
        ("127.0.0.1:{port}", "127.0.0.1:1", DatabaseAway, {"Connection refused"}),
    ],
)
def test_a_database_that_cannot_be_opened_is_named(
    server: Server, url: str, old: str, new: str, error: type[DatabaseError], said: set[str]
) -> None:
    wrong = url.replace(old.format(port=server.port), new)
    assert wrong != url
    with pytest.raises(DatabaseError) as caught:
        connect(wrong)
    message = str(caught.value)
    assert type(caught.value) is error
    assert any(words in message for words in said)
    assert message.startswith(f"{server.scheme}://owner:***@")
    assert " cannot be opened: " in message
    assert "\n" not in message
    assert "s3:c" not in message


def test_a_table_that_another_session_locks_is_waited_for_and_given_up(
    server: Server, name: str, url: str, impatient: None
) -> None:
    fill(url, "SELECT 1 AS a")
    lock = "LOCK TABLES t WRITE" if isinstance(server, MariaDB) else "BEGIN; LOCK TABLE t"
    with closing(server.connection(name)) as other:
        other.cursor().execute(lock)
        for attempt in (lambda: fill(url, "SELECT 2 AS a"), lambda: state(url)):
            with pytest.raises(DatabaseInUse) as caught:
                attempt()
            words = f"{server.safe_url(name)}: others are using a table; try again later ("
            assert str(caught.value).startswith(words)
    assert state(url) == (["t"], Result(("a",), [(1,)]))


LOAD = """
import sys
from Task1_database.dataset import Dataset
from Task1_database.load import load
load(Dataset.open(sys.argv[1]), sys.argv[2], say=lambda text: print(text, flush=True), every=0.02)
"""


def loading(dataset: Dataset, url: str) -> subprocess.Popen[str]:
    """Another process that loads the dataset, once it has sent some of the rows."""
    command = [sys.executable, "-c", LOAD, str(dataset.folder), url]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True)
    assert process.stdout
    assert process.stdout.readline() == "boats: reading boats.csv\n"
    assert process.stdout.readline().startswith("boats: reading boats.csv, ")
    return process


@pytest.fixture
def many(tmp_path: Path) -> Dataset:
    """Boats whose rows are sent in several pieces."""
    lines = (f"{i},{i}.5,{i % 9999}.25,2001-02-28,{'k' * 2000}\n" for i in range(4, 24_000))
    schema = FILES["schema.sql"].replace("(5)", "(2000)")
    changed = {"boats.csv": CSV + "".join(lines), "schema.sql": schema}
    return boats(tmp_path / "many", changed)


def when_free(url: str) -> Database:
    """The database, once the server knows that who wrote to it is gone."""
    until = time.monotonic() + 20
    while True:
        try:
            return connect(url)
        except DatabaseInUse:
            assert time.monotonic() < until
            time.sleep(0.02)


def test_a_kill_of_the_loader_leaves_all_as_it_was(
    tmp_path: Path, server: Server, name: str, url: str, many: Dataset
) -> None:
    load(boats(tmp_path), url)
    before = state(url)
    with loading(many, url) as process:
        os.kill(process.pid, signal.SIGKILL)
        assert process.communicate()[1] == ""
    assert process.returncode == -signal.SIGKILL
    if isinstance(server, MariaDB):
        assert server.sql("SHOW TABLES LIKE '%new'", database=name) == [("boats__new",)]
    when_free(url).close()
    assert state(url) == before


def test_a_kill_of_the_server_leaves_all_as_it_was(
    tmp_path: Path, server: Server, name: str, url: str, many: Dataset
) -> None:
    load(boats(tmp_path), url)
    before = state(url)
    with loading(many, url) as process:
        server.stop(server.kill)
        message = process.communicate()[1].splitlines()[-1]
    assert process.returncode == 1
    shown = server.safe_url(name)
    assert f"DatabaseAway: {shown}: the server went away; start it and try again (" in message
    with pytest.raises(DatabaseAway, match="cannot be opened"):
        connect(url)
    server.start()
    connect(url).close()
    assert state(url) == before


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
from Task1_database.database import connect
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
