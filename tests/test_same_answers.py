"""Every shipped dataset gives the same answers and the same model, whichever database holds it."""

from __future__ import annotations

from pathlib import Path

import pytest

from Task1_database.databases.connect import connect
from Task1_database.dataset import SHIPPED, Dataset
from Task1_database.load import LoadedTable, load
from Task1_database.questions import ask
from Task2_model.study import Study
from tests.private_server import Server

Embedded = tuple[Dataset, str, list[LoadedTable]]
NAMES = sorted(file.parent.name for file in SHIPPED.glob("*/dataset.toml"))


def answers(dataset: Dataset, url: str, folder: Path) -> dict[str, bytes]:
    """The result CSVs, as bytes."""
    return {answer.path.name: answer.path.read_bytes() for answer in ask(dataset, url, folder)}


def read(dataset: Dataset, url: str) -> Study:
    with connect(url, read_only=True) as database:
        return Study.read(database, dataset)


@pytest.fixture(scope="module", params=NAMES)
def embedded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Embedded:
    """Each dataset, in DuckDB."""
    dataset = Dataset.open(request.param)
    url = f"duckdb://{tmp_path_factory.mktemp('same')}/{dataset.name}.duckdb"
    return dataset, url, load(dataset, url)


def test_the_answers_and_the_model_are_those_of_duckdb(
    tmp_path: Path, embedded: Embedded, server: Server
) -> None:
    dataset, here, loaded = embedded
    there = server.url(server.new_database())
    assert load(dataset, there) == loaded
    expected = answers(dataset, here, tmp_path / "here")
    assert expected
    assert answers(dataset, there, tmp_path / "there") == expected
    one, other = read(dataset, here), read(dataset, there)
    assert other.contract.to_json() == one.contract.to_json()
    assert other.data_sha256 == one.data_sha256
    assert other.sql == one.sql
    for name in one.table:  # golden requests are made of these values
        assert other.table[name].astype(object).equals(one.table[name].astype(object)), name
