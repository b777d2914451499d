"""Loading is all or nothing, whatever happens on the way, and happens once for the same files."""

from __future__ import annotations

import hashlib
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from Task1_database import retry
from Task1_database.databases.connect import connect
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
    with connect(url) as database, database.transaction() as transaction:
        transaction.create_table_as("boats", "SELECT * FROM feature_store LIMIT 1")
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
    with connect(url) as database, database.transaction() as transaction:
        transaction.create_table_as("boats", "SELECT 1 AS mine")
    with pytest.raises(DatabaseError) as caught:
        load(boats(tmp_path), url)
    assert str(caught.value) == (
        f"{url} has a table boats that Tablecast did not load; "
        "rename it, or load boats into another database"
    )


def test_it_logs_what_it_does(tmp_path: Path, url: str) -> None:
    log: list[str] = []
    load(boats(tmp_path), url, log=log.append)
    assert log == ["boats: reading boats.csv", "feature_store: reading features.sql"]


ENDLESS = FEATURES.replace(
    "boats;",
    "boats WHERE (SELECT MAX(a.range * b.range) FROM range(1000000) a, range(1000000) b) > 0;",
)
LOAD = """
import sys
from Task1_database.dataset import Dataset
from Task1_database.load import load
log = lambda text: print(text, flush=True)
load(Dataset.open(sys.argv[1]), sys.argv[2], log=log, every=0.05)
"""


def loading(dataset: Dataset, url: str, *, logged: str) -> subprocess.Popen[str]:
    """Another process that loads the dataset, once it has logged this."""
    command = [sys.executable, "-c", LOAD, str(dataset.folder), url]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    for line in process.stdout:
        if re.fullmatch(logged, line.rstrip()):
            return process
    raise AssertionError(f"it ended without having logged {logged}")


def kept(url: str) -> tuple[int, int, int]:
    """The rows of the raw table and of feature_store, and those that _loads speaks of."""
    with connect(url, read_only=True) as database:
        (noted,) = database.query("SELECT MAX(rows_loaded) FROM _loads").rows[0]
        return database.count("boats"), database.count("feature_store"), noted


@pytest.mark.parametrize("logged", ["boats: reading .*", "feature_store: reading features.sql"])
def test_a_kill_in_the_midst_of_a_load_leaves_all_as_it_was(
    tmp_path: Path, url: str, logged: str
) -> None:
    load(boats(tmp_path), url)
    before = state(url)
    longer = CSV + "9,,,,\n"
    endless = boats(tmp_path, {"boats.csv": longer, "features.sql": ENDLESS})
    with loading(endless, url, logged=logged) as process:
        process.kill()
    assert process.returncode == -signal.SIGKILL
    assert state(url) == before
    load(boats(tmp_path, {"boats.csv": longer}), url)
    assert kept(url) == (4, 4, 4)


@pytest.mark.parametrize("pause", [0, 0.01, 0.03])
def test_a_kill_near_the_end_leaves_the_old_or_the_new(
    tmp_path: Path, url: str, pause: float
) -> None:
    load(boats(tmp_path), url)
    longer = boats(tmp_path, {"boats.csv": CSV + "9,,,,\n"})
    with loading(longer, url, logged="feature_store: reading features.sql") as process:
        time.sleep(pause)
        process.kill()
    assert kept(url) in {(3, 3, 3), (4, 4, 4)}
    load(longer, url)
    assert kept(url) == (4, 4, 4)


def test_a_second_writer_is_told_that_it_is_in_use(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "IN_USE_SECONDS", 0.1)
    message = f"{url} is in use by another process; wait until it ends, or stop it, and try again"
    dataset = boats(tmp_path, {"features.sql": ENDLESS})
    with loading(dataset, url, logged="boats: reading .*") as process:
        for read_only in (False, True):
            with pytest.raises(DatabaseInUse) as caught:
                connect(url, read_only=read_only)
            assert str(caught.value) == message
        with pytest.raises(DatabaseInUse) as caught:
            load(dataset, url)
        assert str(caught.value) == message
        process.kill()


def test_a_long_load_says_how_far_it_is(tmp_path: Path, url: str) -> None:
    dataset = boats(tmp_path, {"features.sql": ENDLESS})
    with loading(dataset, url, logged=r"feature_store: reading features.sql, \d+ %") as process:
        process.kill()
