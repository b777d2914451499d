"""What only MySQL and MariaDB do: leftovers, a driver in two forms, joins that need help."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from Task1_database.databases.connect import connect
from Task1_database.errors import DatabaseError, DatabaseInUse
from tests.servers import PROGRAMS, MariaDB, fill, running

KINDS = [kind for kind in PROGRAMS if issubclass(kind, MariaDB)]


@pytest.fixture(params=KINDS, ids=lambda kind: kind.kind)
def server(request: pytest.FixtureRequest) -> MariaDB:
    server = running(request.param)
    assert isinstance(server, MariaDB)
    return server


def test_the_driver_is_the_fast_one_whatever_was_imported_before(url: str) -> None:
    """Its own OpenSSL and that of Python, which hashlib has loaded by then, do not go together."""
    code = """
import hashlib, sys
import duckdb
from Task1_database.databases.connect import connect
with connect(sys.argv[1], read_only=True) as database:
    import mysql.connector
    assert mysql.connector.HAVE_CEXT
    print(database.query("SELECT 1 AS a").rows)
"""
    command = [sys.executable, "-c", code, url]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[(1,)]\n", "")


def test_a_reader_of_a_table_that_is_loaded_anew_gets_an_error(url: str) -> None:
    fill(url, "SELECT 1 AS n", "a")
    fill(url, "SELECT 1 AS n", "b")
    with connect(url, read_only=True) as reader:
        assert reader.query("SELECT n FROM a").rows == [(1,)]
        fill(url, "SELECT 2 AS n", "b")
        with pytest.raises(DatabaseInUse) as caught:
            reader.query("SELECT n FROM b")
    assert str(caught.value).endswith(": was loaded anew while it was being read; try again")


def test_what_others_call_new_or_old_stays(server: MariaDB, name: str, url: str) -> None:
    ours = "COMMENT 'made by Tablecast'"
    server.sql(
        "CREATE TABLE theirs__new (a INT)",
        "CREATE TABLE theirs__old (a INT)",
        f"CREATE TABLE ours__new (a INT) {ours}",
        f"CREATE TABLE ours__old (a INT) {ours}",
        f"CREATE TABLE ours (a INT) {ours}",
        database=name,
    )
    with connect(url, read_only=True) as database:
        assert len(database.tables()) == 5
    with connect(url) as database:
        assert database.tables() == {"theirs__new", "theirs__old", "ours"}


def test_what_the_environment_of_a_host_may_add_is_left_out(url: str) -> None:
    connect(f"{url}?reconnect=true", read_only=True).close()
    with pytest.raises(DatabaseError) as caught:
        connect(f"{url}?charset=latin1", read_only=True)
    assert str(caught.value).endswith("?charset=latin1: there is no option charset; leave it out")


def test_joins_of_many_rows_take_no_time(url: str) -> None:
    """A nested loop, MariaDB's own choice, would take minutes."""
    rows = (
        "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 40000)"
        " SELECT i, CONCAT('k', i) AS k FROM n"
    )
    fill(url, rows)
    with connect(url, read_only=True) as database:
        joined = "SELECT COUNT(*) FROM t AS a LEFT JOIN t AS b ON a.k = b.k AND a.i = b.i"
        assert database.query(joined, seconds=10).rows == [(40000,)]


def test_no_temporary_folder_is_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    fill(url, "SELECT 1 AS a")
    connect(url, read_only=True).close()
    assert not list(tmp_path.iterdir())
