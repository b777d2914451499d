"""Each step of a load can be done alone, in any order, and `_loads` stays right."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path

import pytest

from Task1_database.databases.connect import connect
from Task1_database.dataset import SHIPPED, Dataset
from Task1_database.errors import DatabaseError, DatasetError, TableMissing
from Task1_database.load import load
from Task1_database.load_log import require_features

STEPS = ("load_client_data", "load_sales_data", "process_data")
CLIENTS = "the table client_data (step load_client_data)"
SALES = "the table sales_data (step load_sales_data)"
CHANGED = "the table client_data made of the clients.csv that is there (step load_client_data)"


@pytest.fixture
def clients(tmp_path: Path) -> Dataset:
    """The shipped clients, in a folder that may be altered."""
    return Dataset.open(str(shutil.copytree(SHIPPED / "clients", tmp_path / "clients")))


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"duckdb://{tmp_path}/clients.duckdb"


def do(dataset: Dataset, url: str, step: str | None = None) -> tuple[list[str], list[str]]:
    """What a load returns, and what it logs, save what it reads."""
    log: list[str] = []
    loaded = load(dataset, url, step=step, log=log.append)
    return [str(table) for table in loaded], [line for line in log if "reading" not in line]


def noted(url: str) -> list[tuple[str, str, int]]:
    sql = "SELECT table_name, file_name, rows_loaded FROM _loads ORDER BY table_name"
    with connect(url, read_only=True) as database:
        return database.query(sql).rows


def alter(dataset: Dataset, file: str, old: str, new: str) -> Dataset:
    path = dataset.folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return Dataset.open(str(dataset.folder))


@pytest.mark.parametrize("order", list(itertools.permutations(STEPS)))
def test_steps_in_any_order_come_to_the_same(
    clients: Dataset, url: str, order: tuple[str, ...]
) -> None:
    waiting = []
    for step in order:
        try:
            load(clients, url, step=step)
        except TableMissing:
            waiting.append(step)
    assert waiting == ([] if order[-1] == "process_data" else ["process_data"])
    load(clients, url, step="process_data")
    assert noted(url) == [
        ("client_data", "clients.csv", 4454),
        ("feature_store", "features.sql", 4454),
        ("sales_data", "sales.csv", 4454),
    ]
    assert all(loaded.already for loaded in load(clients, url))


def test_a_step_does_no_more_than_it_says(clients: Dataset, url: str) -> None:
    lines = ["sales_data: 4,454 rows from sales.csv"]
    assert do(clients, url, "load_sales_data") == (lines, [])
    assert noted(url) == [("sales_data", "sales.csv", 4454)]
    lines = ["sales_data: already loaded (4,454 rows)"]
    assert do(clients, url, "load_sales_data") == (lines, [])


@pytest.mark.parametrize(
    ("before", "lacks"),
    [
        ((), f"{CLIENTS} and {SALES}"),
        (("load_client_data",), SALES),
        (("load_sales_data",), CLIENTS),
    ],
)
def test_a_step_without_its_tables_says_what_it_waits_for(
    clients: Dataset, url: str, before: tuple[str, ...], lacks: str
) -> None:
    for step in before:
        load(clients, url, step=step)
    with pytest.raises(TableMissing) as caught:
        load(clients, url, step="process_data")
    assert str(caught.value) == f"process_data waits for {lacks} in {url}"


def test_looking_for_tables_leaves_no_database_behind(clients: Dataset, url: str) -> None:
    with pytest.raises(TableMissing):
        load(clients, url, step="process_data")
    assert [path.name for path in clients.folder.parent.iterdir()] == ["clients"]


def test_an_unknown_step_is_refused(clients: Dataset, url: str) -> None:
    with pytest.raises(DatasetError) as caught:
        load(clients, url, step="load_clients")
    expected = "load_client_data, load_sales_data, process_data"
    assert str(caught.value) == f"clients has no step 'load_clients'; expected one of {expected}"


def test_a_csv_that_changed_must_be_loaded_before_it_is_processed(
    clients: Dataset, url: str
) -> None:
    load(clients, url)
    alter(clients, "clients.csv", "1,9,rent,30", "1,9,rent,31")
    with pytest.raises(TableMissing) as caught:
        load(clients, url, step="process_data")
    assert str(caught.value) == f"process_data waits for {CHANGED} in {url}"


def test_features_older_than_their_tables_are_not_used(clients: Dataset, url: str) -> None:
    load(clients, url)
    require_features(clients, url, "train")
    alter(clients, "clients.csv", "1,9,rent,30", "1,9,rent,31")
    assert do(clients, url, "load_client_data") == (
        ["client_data: 4,454 rows from clients.csv"],
        ["feature_store: made before that; step process_data makes it anew"],
    )
    with pytest.raises(TableMissing) as caught:
        require_features(clients, url, "train")
    assert str(caught.value) == (
        "train waits for a feature_store made of the tables and the features.sql that are there "
        f"(step process_data) in {url}; `tablecast load {clients.folder}` makes it"
    )
    assert do(clients, url, "process_data") == (["feature_store: 4,454 rows from features.sql"], [])
    require_features(clients, url, "train")
    with connect(url, read_only=True) as database:
        assert database.query("SELECT age FROM feature_store WHERE row_id = 1").rows == [(31,)]


def test_features_of_an_older_features_sql_are_not_used(clients: Dataset, url: str) -> None:
    load(clients, url)
    changed = alter(clients, "features.sql", "'ignore'", "'other'")
    with pytest.raises(TableMissing, match="^train waits for a feature_store made of the tables"):
        require_features(changed, url, "train")


def test_features_that_are_not_there_are_waited_for(clients: Dataset, url: str) -> None:
    waits = f"train waits for the table feature_store (step process_data) in {url}"
    message = f"{waits}; `tablecast load {clients.folder}` makes it"
    for step in (None, "load_client_data"):
        if step:
            load(clients, url, step=step)
        with pytest.raises(TableMissing) as caught:
            require_features(clients, url, "train")
        assert str(caught.value) == message


def test_features_made_by_other_means_will_do(clients: Dataset, url: str) -> None:
    with connect(url) as database, database.transaction() as transaction:
        transaction.create_table_as("feature_store", "SELECT 1 AS row_id")
    require_features(clients, url, "train")


def test_features_of_another_dataset_will_not_do(clients: Dataset, url: str) -> None:
    load(clients, url)
    with pytest.raises(DatabaseError) as caught:
        require_features(Dataset.open("births"), url, "train")
    assert str(caught.value) == (
        f"{url} holds the dataset clients; load births into another database"
    )


def test_a_table_that_lost_rows_stays_known_while_another_is_loaded(
    clients: Dataset, url: str
) -> None:
    load(clients, url)
    with connect(url) as database, database.transaction() as transaction:
        transaction.create_table_as("sales_data", "SELECT client_id FROM client_data LIMIT 7")
    alter(clients, "clients.csv", "1,9,rent,30", "1,9,rent,31")
    load(clients, url, step="load_client_data")
    with pytest.raises(TableMissing, match=r"^process_data waits for the table sales_data made of"):
        load(clients, url, step="process_data")
    lines, _ = do(clients, url)
    assert lines == [
        "client_data: already loaded (4,454 rows)",
        "sales_data: 4,454 rows from sales.csv",
        "feature_store: 4,454 rows from features.sql",
    ]


def test_a_load_of_what_is_there_disturbs_no_reader(clients: Dataset, url: str) -> None:
    load(clients, url)
    with connect(url, read_only=True):
        assert all(loaded.already for loaded in load(clients, url))
