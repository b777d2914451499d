"""Two tables of what is kept: the same however often it is folded, and on any database."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from Task1_database.databases.connect import connect
from Task1_database.errors import DatabaseError
from Task1_database.keep.kept_folder import KeptFolder
from Task1_database.keep.kept_store import ANSWERS
from Task1_database.keep.outcome_lines import record_outcomes
from Task1_database.watch_tables import WatchTables, fold
from tests.little_dataset import FILES, boats
from tests.private_server import Server
from tests.Task1_database.keep.kept import NOON, line, write


@pytest.fixture
def folder(tmp_path: Path) -> KeptFolder:
    return KeptFolder(tmp_path / "kept")


def fold_twice(folder: KeptFolder, tmp_path: Path, url: str) -> WatchTables:
    """Half of it is folded, then all of it, then that again."""
    dataset = boats(tmp_path)
    ids = write(folder, "a" * 16, 0, 30)
    record_outcomes(folder, dict.fromkeys(ids[:10], 95.5), NOON)
    first = fold(folder, dataset, url)
    assert (len(first.predictions), len(first.outcomes)) == (30, 10)
    ids += write(folder, "b" * 16, 0, 20)
    record_outcomes(folder, {**dict.fromkeys(ids[5:40], 80.0), ids[0]: 95.5}, NOON + 9,
                    replace=frozenset(ids))  # fmt: skip
    second = fold(folder, dataset, url)
    assert (len(second.predictions), len(second.outcomes)) == (50, 40)
    for path in folder.root.glob("*/a*.jsonl"):
        path.unlink()  # as KEEP_DAYS does
    assert fold(folder, dataset, url) == second
    return second


class Counting(KeptFolder):
    """A folder that notes which files are read."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.read_names: list[str] = []

    def read(self, kind: str, name: str) -> bytes:
        self.read_names.append(f"{kind}/{name}")
        return super().read(kind, name)


def test_only_what_is_new_is_read(folder: KeptFolder, tmp_path: Path) -> None:
    url, dataset = f"duckdb:///{tmp_path}/boats.duckdb", boats(tmp_path)
    ids = write(folder, "a" * 16, 0, 30)
    write(folder, "b" * 16, 0, 30)
    fold(folder, dataset, url)
    counting = Counting(folder.root)
    fold(counting, dataset, url)
    assert counting.read_names == []
    path = folder.root / ANSWERS / f"{'b' * 16}-000000000000.jsonl"
    path.write_bytes(path.read_bytes() + line("mine"))
    record_outcomes(folder, {ids[0]: 95.5}, NOON)
    tables = fold(counting, dataset, url)
    assert counting.read_names == [
        f"answers/{path.name}",
        f"outcomes/{'a' * 16}-000000000000.jsonl",
    ]
    assert (len(tables.predictions), len(tables.outcomes)) == (61, 1)


def test_a_table_that_was_dropped_is_made_of_every_file(folder: KeptFolder, tmp_path: Path) -> None:
    url, dataset = f"duckdb:///{tmp_path}/boats.duckdb", boats(tmp_path)
    write(folder, "a" * 16, 0, 3)
    tables = fold(folder, dataset, url)
    with duckdb.connect(tmp_path / "boats.duckdb") as connection:
        connection.execute("DROP TABLE predictions")
    assert fold(folder, dataset, url) == tables


def check(url: str) -> None:
    with connect(url, read_only=True) as database:
        counted = database.query(
            "SELECT o.outcome, COUNT(*) AS n, MIN(p.prediction) AS prediction FROM predictions p "
            "JOIN outcomes o ON o.id = p.id GROUP BY o.outcome ORDER BY o.outcome"
        ).rows
    assert counted == [("80.0", 35, 100.0), ("95.5", 5, 100.0)]


def test_folding_again_changes_nothing(folder: KeptFolder, tmp_path: Path) -> None:
    url = f"duckdb:///{tmp_path}/boats.duckdb"
    fold_twice(folder, tmp_path, url)
    check(url)


def test_on_every_server(folder: KeptFolder, tmp_path: Path, server: Server) -> None:
    url = server.url(server.new_database())
    fold_twice(folder, tmp_path, url)
    check(url)


def test_a_table_of_that_name_that_is_not_ours_is_left_alone(
    folder: KeptFolder, tmp_path: Path
) -> None:
    url = f"duckdb:///{tmp_path}/boats.duckdb"
    with connect(url) as database, database.transaction() as transaction:
        transaction.create_table_as("predictions", "SELECT 1 AS mine")
    with pytest.raises(DatabaseError, match="a table predictions that Tablecast did not make"):
        fold(folder, boats(tmp_path), url)


def test_a_dataset_with_such_a_table_is_told(folder: KeptFolder, tmp_path: Path) -> None:
    changed: dict[str, str | bytes | None] = {
        name: FILES[name].replace("boats", "outcomes").replace("outcomes.csv", "boats.csv")
        for name in ("dataset.toml", "schema.sql", "features.sql")
    }
    dataset = boats(tmp_path, changed)
    with pytest.raises(DatabaseError, match="has a table outcomes of its own; rename it"):
        fold(folder, dataset, f"duckdb:///{tmp_path}/boats.duckdb")
    assert not list((folder.root / ANSWERS).iterdir())
