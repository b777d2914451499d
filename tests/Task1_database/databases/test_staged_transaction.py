"""Tables of a server appear together or not at all, whatever goes wrong on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from Task1_database.databases.base import Database
from Task1_database.databases.connect import connect
from Task1_database.dataset import Dataset
from Task1_database.errors import (
    DatabaseAway,
    DatabaseError,
    DatabaseInUse,
    DataError,
    DatasetError,
)
from Task1_database.load import load
from tests.little_dataset import FILES, boats
from tests.private_server import Server
from tests.servers import MariaDB, fill, state

CSV, FEATURES = FILES["boats.csv"], FILES["features.sql"]


FAULTY: list[tuple[dict[str, str | bytes | None], type[Exception], str]] = [
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
        {"boats.csv": "id,size,price,built,kind\n"},
        DataError,
        "boats.csv: the file has a header and no rows",
    ),
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
    for changed, error, message in FAULTY:
        with pytest.raises(error) as caught:
            load(boats(tmp_path, {"boats.csv": CSV + "9,,,,\n", **changed}), url)
        assert message in str(caught.value)
        assert "\n" not in str(caught.value)
        assert "__new" not in str(caught.value)
        assert state(url) == before
        boats(tmp_path)


def interrupt(database: Database) -> None:
    with database.transaction() as transaction:
        transaction.create_table_as("t", "SELECT 2 AS a")
        transaction.create_table_as("other", "SELECT a FROM t")
        assert transaction.query("SELECT a FROM other").rows == [(2,)]
        assert transaction.columns("other") == {"a": "integer"}
        raise KeyboardInterrupt


def test_a_transaction_that_raises_is_undone_and_the_next_is_not(url: str) -> None:
    fill(url, "SELECT 1 AS a")
    with connect(url) as database:
        with pytest.raises(KeyboardInterrupt):
            interrupt(database)
        assert database.tables() == {"t"}
        assert database.query("SELECT a FROM t").rows == [(1,)]
        with pytest.raises(DatabaseError):
            database.query("SELECT b FROM t")
        with database.transaction() as transaction:
            transaction.create_table_as("other", "SELECT a + 1 AS a FROM t")
    with connect(url, read_only=True) as database:
        assert database.query("SELECT a FROM other").rows == [(2,)]


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
        with writer.transaction() as transaction:
            transaction.create_table_as("t", "SELECT 2 AS a")
            with connect(url, read_only=True) as reader:
                assert reader.query("SELECT a FROM t").rows == [(1,)]
            with pytest.raises(DatabaseInUse) as caught:
                connect(url)
        assert writer.query("SELECT a FROM t").rows == [(2,)]
    assert "is in use by another process; wait until it ends, or stop it" in str(caught.value)


LOAD = """
import sys
from Task1_database.dataset import Dataset
from Task1_database.load import load
load(Dataset.open(sys.argv[1]), sys.argv[2], log=lambda text: print(text, flush=True), every=0.02)
"""


def loading(dataset: Dataset, url: str) -> subprocess.Popen[str]:
    """Another process that loads the dataset, once it has sent some of the rows."""
    command = [sys.executable, "-c", LOAD, str(dataset.folder), url]
    own_files = {**os.environ, "TMPDIR": str(dataset.folder)}  # a killed process leaves them
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=own_files)
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
    address = server.safe_url(name)
    assert f"DatabaseAway: {address}: the server went away; start it and try again (" in message
    with pytest.raises(DatabaseAway, match="cannot be opened"):
        load(boats(tmp_path), url)
    with ThreadPoolExecutor() as pool:
        patient = pool.submit(load, boats(tmp_path), url, wait=60)
        server.start()
        assert [loaded.already for loaded in patient.result()] == [True, True]
    connect(url).close()
    assert state(url) == before
