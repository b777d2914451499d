"""What is predicted is a number or a class, or there is nothing to learn."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from Task1_database.databases.connect import connect
from Task1_database.dataset import Dataset
from Task1_database.errors import DataError
from Task1_database.new import new
from Task2_model.study import Study
from tests.Task1_database.onboarding.tables import (
    RNG,
    ROWS,
    Columns,
    answers,
    assert_refused,
    boats,
    loaded,
    new_from,
    numbers,
)


@pytest.mark.parametrize(
    ("target", "task", "positive"),
    [
        ([0, 1], "classification", "1"),
        (["0.0", "1.0"], "classification", "1"),
        (["no", "yes"], "classification", "yes"),
        (["a", "a", "b"], "classification", "b"),
        ([3, 4, 5], "classification", ""),
        (["x", "y", "z"], "classification", ""),
        (range(5), "classification", ""),
        (range(6), "regression", ""),
        ([0] * 60 + [1] * 55 + [2] * 5, "regression", ""),
        ([0.5, 1.5], "regression", ""),
    ],
)
def test_the_task_is_guessed(
    tmp_path: Path, target: Sequence[object], task: str, positive: str
) -> None:
    values = [target[i % len(target)] for i in range(ROWS)]
    result = new_from(
        tmp_path, {"size": numbers(), "kind": RNG.choices("ab", k=ROWS), "price": values}
    )
    dataset = Dataset.open(str(result.folder))
    assert (dataset.task, dataset.target.positive or "") == (task, positive)
    asked = answers(dataset, tmp_path)
    assert len(asked) == 3


def test_a_class_of_a_few_rows_is_not_learned_from(tmp_path: Path) -> None:
    kinds = [*["rare"] * 9, *["sail", "row"] * 55, ""]
    result = new_from(tmp_path, {**boats(), "price": kinds})
    text = "\n".join(result.lines())
    assert "not learned from, being in fewer than 10 rows: 'rare'" in text
    assert "1 row lacks it: kept, but not learned from" in text
    dataset = Dataset.open(str(result.folder))
    with connect(loaded(dataset, tmp_path), read_only=True) as database:
        study = Study.read(database, dataset)
    assert (study.contract.target.classes, len(study.rows)) == (("row", "sail"), 110)


@pytest.mark.parametrize(
    ("columns", "arguments", "message"),
    [
        (
            boats(),
            {"target": "pric"},
            "boats.csv: there is no column 'pric'; did you mean 'price'?",
        ),
        (
            boats(),
            {"target": "zzz"},
            "boats.csv: there is no column 'zzz'; there are 'id', 'size', 'price'",
        ),
        (
            dict(boats(), **{f"c{number}": numbers() for number in range(30)}),
            {"target": "zzz"},
            "boats.csv: there is no column 'zzz'; there are 'id', 'size', 'price', 'c0', 'c1', "
            "'c2', 'c3', 'c4' and 25 more",
        ),
        (
            dict(boats(), **{"Net SALES in 1,000 $": numbers(), "Saled": numbers()}),
            {"target": "sales"},
            "boats.csv: there is no column 'sales'; did you mean 'Saled' or "
            "'Net SALES in 1,000 $'?",
        ),
        (
            {"5.1": numbers(), "a": numbers()},
            {"target": "y"},
            "boats.csv: there is no column 'y'; there are '5.1', 'a' "
            "(a file without a header has column_1, column_2 …)",
        ),
        (
            {"price": numbers(), "price ": numbers()},
            {"target": "price"},
            "boats.csv: there are 2 columns called 'price'; rename all but one",
        ),
        (
            dict(boats(), price=[""] * ROWS),
            {},
            "boats.csv: 'price' has a value in 0 rows; at least 100 are needed",
        ),
        (
            dict(boats(), price=[5] * ROWS),
            {},
            "boats.csv: 'price' is always 5; there is nothing to learn",
        ),
        (
            dict(boats(), price=["2024-01-31"] * ROWS),
            {},
            "boats.csv: 'price' holds days; a target is a number or a class",
        ),
        (
            dict(boats(), price=[f"p{i}" for i in range(ROWS)]),
            {},
            "boats.csv: 'price': fewer than two of its values are in 10 rows or more; "
            "there is nothing to learn",
        ),
    ],
)
def test_what_cannot_be_predicted_is_refused(
    tmp_path: Path, columns: Columns, arguments: dict[str, str], message: str
) -> None:
    assert_refused(tmp_path, columns, arguments, message)


def test_two_rows_are_too_few(tmp_path: Path) -> None:
    file = tmp_path / "boats.csv"
    file.write_text("size,price\n1,2\n3,4\n")
    with pytest.raises(DataError) as caught:
        new(file, "price", tmp_path / "home")
    assert str(caught.value) == "boats.csv: 'price' has a value in 2 rows; at least 100 are needed"
