"""Tables in files, and the datasets made of them, for the tests of what `new` does."""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from Task1_database.dataset import Dataset
from Task1_database.errors import TablecastError
from Task1_database.load import load
from Task1_database.new import NewDataset, new
from Task1_database.questions import Answer, ask

ROWS = 120
RNG = random.Random(0)
Columns = dict[str, Sequence[object]]


def write_table(
    folder: Path,
    columns: Columns,
    name: str = "boats.csv",
    separator: str = ",",
) -> Path:
    file = folder / name
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text, delimiter=separator, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    return file


def numbers(low: float = 0, high: float = 100) -> list[float]:
    return [round(RNG.uniform(low, high), 2) for _ in range(ROWS)]


def boats() -> Columns:
    return {"id": range(1, ROWS + 1), "size": numbers(), "price": numbers()}


def new_from(folder: Path, columns: Columns, target: str = "price") -> NewDataset:
    return new(write_table(folder, columns), target, folder / "home")


def loaded(dataset: Dataset, folder: Path) -> str:
    url = f"duckdb://{folder}/loaded.duckdb"
    load(dataset, url)
    return url


def answers(dataset: Dataset, folder: Path) -> list[Answer]:
    return ask(dataset, loaded(dataset, folder), folder / "results")


def left_out(result: NewDataset) -> dict[str, str]:
    return {left.source.label: left.reason for left in result.plan.left_out}


def assert_refused(folder: Path, columns: Columns, arguments: dict[str, Any], message: str) -> None:
    """No dataset can be made, for this reason, and nothing is left behind."""
    home = folder / "home"
    (home / "taken").mkdir(parents=True)
    file = write_table(folder, columns)
    with pytest.raises(TablecastError) as caught:
        new(file, **{"target": "price", "home": home, **arguments})
    assert str(caught.value) == message.format(home=home)
    assert [path.name for path in home.iterdir()] == ["taken"]
