"""What says nothing is left out, and what gives the target away."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from Task1_database.dataset import Dataset
from Task1_database.new import new
from tests.Task1_database.onboarding.tables import (
    RNG,
    ROWS,
    Columns,
    answers,
    boats,
    left_out,
    new_from,
    numbers,
    write_table,
)


@pytest.mark.parametrize(
    ("label", "column", "reason"),
    [
        ("nothing", [""] * ROWS, "it is empty in every row"),
        ("same", ["a"] * ROWS, "it is always 'a'"),
        ("same", [7, *[""] * (ROWS - 1)], "it is always 7 wherever it is not missing"),
        ("id", range(1, ROWS + 1), "it numbers the rows, and is their row_id"),
        ("", range(ROWS), "it numbers the rows, and is their row_id"),
        ("PID", RNG.sample(range(10**6), ROWS), "it numbers the rows, and is their row_id"),
        ("week", range(1, ROWS + 1), None),
        ("people", RNG.sample(range(10**6), ROWS), None),
        (
            "patient_id",
            [i // 2 for i in range(ROWS)],
            "it is an identifier, with 60 different values",
        ),
        (
            "name",
            [f"n{i}" for i in range(ROWS)],
            "120 of its 120 texts differ: they name rows, as an id does",
        ),
        (
            "prose",
            [["a" * 201, "b"][i % 2] for i in range(ROWS)],
            "it holds texts of up to 201 characters, which are no categories",
        ),
        ("code", [f"{i // 3:05}" for i in range(ROWS)], None),
    ],
)
def test_what_says_nothing_is_left_out(
    tmp_path: Path, label: str, column: Sequence[object], reason: str | None
) -> None:
    result = new_from(tmp_path, {"size": numbers(), label: column, "price": numbers()})
    assert left_out(result).get(label) == reason
    answers(Dataset.open(str(result.folder)), tmp_path)


def test_a_category_may_have_many_texts(tmp_path: Path) -> None:
    rows = 20_004
    table: Columns = {
        "too_many": [f"t{i % 10_001}" for i in range(rows)],
        "many": [f"t{i % 201}" for i in range(rows)],
        "price": [RNG.random() for _ in range(rows)],
    }
    reason = "it has 10,001 different texts; at most 10,000 are categories"
    assert left_out(new_from(tmp_path, table)) == {"too_many": reason}


def test_a_leak_stays_if_it_is_all_that_there_is_or_is_asked_for(tmp_path: Path) -> None:
    price = numbers()
    alone = new_from(tmp_path, {"euros": price, "price": price})
    assert alone.plan.remark == (
        "euros: it alone explains 100 % of price: is it known before price is?; "
        "but nothing else is there to predict from"
    )
    file = write_table(tmp_path, {**boats(), "euros": price, "price": price})
    asked = new(file, "price", tmp_path / "other", x="euros")
    assert asked.plan.x.name == "euros"
