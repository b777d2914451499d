"""Loading is all or nothing, whatever happens on the way, and happens once for the same files."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from Task1_database.database import Database, connect
from Task1_database.dataset import Dataset
from Task1_database.errors import DatabaseError, DatabaseInUse, DataError, DatasetError
from Task1_database.load import load
from tests.little_dataset import FILES, boats, little

CSV, FEATURES = FILES["boats.csv"], FILES["features.sql"]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"duckdb://{tmp_path}/boats.duckdb"


def lines(dataset: Dataset, url: str) -> list[str]:
    return [str(loaded) for loaded in load(dataset, url)]


def state(url: str) -> tuple[object, ...]:
    """All that a load may change."""
    with connect(url, read_only=True) as database:
        tables = sorted(database.tables())
        return tables, *(database.query(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables)


def test_a_dataset_is_loaded(tmp_path: Path, url: str) -> None:
    dataset = boats(tmp_path)
    assert lines(dataset, url) == [
        "boats: 3 rows from boats.csv",
        "feature_store: 3 rows from features.sql",
    ]
    with connect(url, read_only=True) as database:
        store = database.query("SELECT * FROM feature_store ORDER BY row_id")
        assert store.columns == ("row_id", "size", "kind", "price")
        assert store.rows == [(1, 12.5, "sail", 1000.5), (2, None, "ro\nw", 250), (3, 8, None, 0.5)]
        assert database.columns("boats") == {
            "id": "integer",
            "Size": "number",
            "Price": "number",
            "Built": "date",
            "Kind": "text",
        }
        loads = database.query(
            "SELECT dataset, table_name, file_name, sha256, rows_loaded, loaded_at FROM _loads"
            " ORDER BY table_name"
        ).rows
    assert [row[:3] for row in loads] == [
        ("boats", "boats", "boats.csv"),
        ("boats", "feature_store", "features.sql"),
    ]
    assert loads[0][3] == hashlib.sha256(CSV.encode()).hexdigest()
    assert all(row[4] == 3 for row in loads)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", row[5]) for row in loads)


def test_loading_the_same_again_changes_nothing(tmp_path: Path, url: str) -> None:
    dataset = boats(tmp_path)
    load(dataset, url)
    before = state(url)
    assert lines(dataset, url) == [
        "boats: already loaded (3 rows)",
        "feature_store: already loaded (3 rows)",
    ]
    assert state(url) == before


@pytest.mark.parametrize(
    ("file", "text", "raw_again"),
    [
        ("boats.csv", CSV + "4,,,,\n", True),
        ("schema.sql", FILES["schema.sql"].replace("(5)", "(6)"), True),
        ("features.sql", FEATURES.replace("boats;", "boats WHERE id < 3;"), False),
        ("dataset.toml", FILES["dataset.toml"].replace("Three", "Some"), None),
    ],
)
def test_what_changed_is_loaded_again(
    tmp_path: Path, url: str, file: str, text: str, raw_again: bool | None
) -> None:
    load(boats(tmp_path), url)
    raw, derived = load(boats(tmp_path, {file: text}), url)
    assert raw.already is not bool(raw_again)
    assert derived.already is (raw_again is None)


def test_a_table_that_lost_rows_is_loaded_again(tmp_path: Path, url: str) -> None:
    load(boats(tmp_path), url)
    with connect(url) as database, database.change() as change:
        change.derive("boats", "SELECT * FROM feature_store LIMIT 1")
    assert lines(boats(tmp_path), url)[0] == "boats: 3 rows from boats.csv"


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        (
            {"boats.csv": CSV + "4,x,,,\n"},
            DataError,
            "boats.csv, line 6, column size: 'x'; "
            "expected DOUBLE PRECISION (a number such as 12.5)",
        ),
        (
            {"boats.csv": CSV + "4,\n"},
            DataError,
            "boats.csv, line 6: has 2 values; expected 5",
        ),
        (
            {"features.sql": FEATURES.replace("Size AS", "width AS")},
            DatasetError,
            'features.sql: Binder Error: Referenced column "width" not found in FROM clause!',
        ),
        (
            {"features.sql": FEATURES.replace("Kind AS kind, ", "")},
            DatasetError,
            "features.sql: gives the columns row_id, size, price; "
            "expected row_id, size, kind, price",
        ),
        (
            {"features.sql": FEATURES.replace("id AS", "7 AS")},
            DatasetError,
            "features.sql: row_id is not different in each row",
        ),
        (
            {"features.sql": FEATURES.replace("id AS", "Kind AS")},
            DatasetError,
            "features.sql: row_id is not a whole number",
        ),
        (
            {"features.sql": FEATURES.replace("boats;", "boats WHERE id > 9;")},
            DatasetError,
            "features.sql: gives no rows",
        ),
        (
            {"features.sql": FEATURES.replace("Kind AS", "id > 1 AS")},
            DatasetError,
            "features.sql: feature_store.kind is a BOOLEAN; expected a number, text or a date",
        ),
        (
            {"features.sql": FEATURES.replace("boats;", "read_text('/etc/hostname');")},
            DatasetError,
            'features.sql: Permission Error: Cannot access file "/etc/hostname" - '
            "file system operations are disabled by configuration",
        ),
    ],
)
def test_a_load_that_fails_leaves_all_as_it_was(
    tmp_path: Path,
    url: str,
    changed: dict[str, str | bytes | None],
    error: type[Exception],
    message: str,
) -> None:
    load(boats(tmp_path), url)
    before = state(url)
    longer = {"boats.csv": CSV + "9,,,,\n", **changed}
    with pytest.raises(error) as caught:
        load(boats(tmp_path, longer), url)
    assert str(caught.value) == message
    assert state(url) == before


def test_the_tables_of_another_dataset_are_left_alone(tmp_path: Path, url: str) -> None:
    load(boats(tmp_path), url)
    before = state(url)
    ships = little(tmp_path / "other").rename(tmp_path / "ships")
    with pytest.raises(DatabaseError) as caught:
        load(Dataset.open(str(ships)), url)
    assert str(caught.value) == f"{url} holds the dataset boats; load ships into another database"
    assert state(url) == before


def test_a_table_of_somebody_else_is_left_alone(tmp_path: Path, url: str) -> None:
    with connect(url) as database, database.change() as change:
        change.derive("boats", "SELECT 1 AS mine")
    with pytest.raises(DatabaseError) as caught:
        load(boats(tmp_path), url)
    assert str(caught.value) == (
        f"{url} has a table boats that Tablecast did not load; "
        "rename it, or load boats into another database"
    )


def test_it_says_what_it_does(tmp_path: Path, url: str) -> None:
    said: list[str] = []
    load(boats(tmp_path), url, say=said.append)
    assert said == ["boats: reading boats.csv", "feature_store: reading features.sql"]


LOAD = """
import sys
from Task1_database.dataset import Dataset
from Task1_database.load import load
load(Dataset.open(sys.argv[1]), sys.argv[2], say=lambda text: print(text, flush=True))
"""


def loading(dataset: Dataset, url: str) -> subprocess.Popen[str]:
    """Another process that loads the dataset, once it has begun to read the CSV."""
    command = [sys.executable, "-c", LOAD, str(dataset.folder), url]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "boats: reading boats.csv\n"
    return process


@pytest.fixture
def many(tmp_path: Path) -> str:
    """A CSV that takes a second or so to load."""
    return CSV + "".join(
        f"{i},{i}.5,{i % 9999}.25,2001-02-28,k{i % 99}\n" for i in range(4, 2_000_000)
    )


def kept(database: Database) -> tuple[int, int, int]:
    """The rows of the raw table and of feature_store, and those that _loads speaks of."""
    (noted,) = database.query("SELECT MAX(rows_loaded) FROM _loads").rows[0]
    return database.count("boats"), database.count("feature_store"), noted


def test_a_kill_in_the_midst_of_a_load_leaves_all_as_it_was(
    tmp_path: Path, url: str, many: str
) -> None:
    load(boats(tmp_path), url)
    before = state(url)
    dataset = boats(tmp_path, {"boats.csv": many})
    for pause in (0, 0.03, 0.1):
        process = loading(dataset, url)
        time.sleep(pause)
        os.kill(process.pid, signal.SIGKILL)
        rest, _ = process.communicate()
        assert (process.returncode, rest) == (-signal.SIGKILL, "")
        assert state(url) == before
    load(dataset, url)
    with connect(url, read_only=True) as database:
        assert kept(database) == (1_999_999,) * 3


def test_a_kill_at_any_later_moment_leaves_the_old_or_the_new(
    tmp_path: Path, url: str, many: str
) -> None:
    dataset = boats(tmp_path, {"boats.csv": many})
    with loading(dataset, url) as process:
        assert process.stdout
        for line in process.stdout:
            if line.startswith("feature_store"):
                time.sleep(0.05)
                process.kill()
    assert process.returncode in (-signal.SIGKILL, 0)
    load(dataset, url)
    with connect(url, read_only=True) as database:
        assert kept(database) == (1_999_999,) * 3


def test_a_second_writer_is_told_that_it_is_in_use(tmp_path: Path, url: str, many: str) -> None:
    message = f"{url} is in use by another process; wait until it ends, or stop it, and try again"
    with loading(boats(tmp_path, {"boats.csv": many}), url) as process:
        for read_only in (False, True):
            with pytest.raises(DatabaseInUse) as caught:
                connect(url, read_only=read_only)
            assert str(caught.value) == message
        process.kill()


def test_a_long_load_says_how_far_it_is(tmp_path: Path, url: str, many: str) -> None:
    longer = many + many[many.index("4,4.5") :] * 3
    said: list[str] = []
    load(
        boats(
            tmp_path,
            {
                "boats.csv": longer,
                "features.sql": FEATURES.replace("id AS", "ROW_NUMBER() OVER () AS"),
            },
        ),
        url,
        say=said.append,
    )
    assert any(re.fullmatch(r"boats: reading boats.csv, \d+ %", text) for text in said)
