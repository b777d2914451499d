"""Rows in the order of days, or of things that come again, are to be split accordingly."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path

import pytest

from Task1_database.databases.connect import connect
from Task1_database.dataset import Dataset
from Task2_model.study import Study
from tests.Task1_database.onboarding.tables import (
    RNG,
    ROWS,
    Columns,
    left_out,
    loaded,
    new_from,
    numbers,
)

DAYS = [datetime.date(2024, 1, 1) + datetime.timedelta(days=i // 2) for i in range(ROWS)]


@pytest.mark.parametrize(
    ("label", "column", "split"),
    [
        ("sold", DAYS, ("time", "sold_days", True)),
        ("sold", DAYS[::-1], ("time", "sold_days", True)),
        ("sold", RNG.sample(DAYS, ROWS), ("time", "sold_days", True)),
        ("date of birth", RNG.sample(DAYS, ROWS), ("time", "date_of_birth_days", False)),
        ("sold", DAYS[:20] * (ROWS // 20), ("time", "sold_days", False)),
        ("sold", ["", *DAYS[1:]], ("time", "sold_days", False)),
        ("patient_id", [i % 40 for i in range(ROWS)], ("group", "patient_id", True)),
        ("CustomerNo", [f"c{i % 40}" for i in range(ROWS)], ("group", "customer_no", True)),
        ("nr", [i // 4 for i in range(ROWS)], ("group", "nr", True)),
        ("Subject", [300 + 7 * (i // 4) for i in range(ROWS)], ("group", "subject", True)),
        ("id", ["", *[i % 40 for i in range(1, ROWS)]], ("group", "id", False)),
        ("id", [i % 15 for i in range(ROWS)], ("group", "id", False)),
        ("id", RNG.sample(range(10**6), ROWS), None),
        ("kind_id", [i % 4 for i in range(ROWS)], None),
        ("nr", [RNG.randrange(30) for _ in range(ROWS - 1)] + [90], None),
    ],
)
def test_days_and_identifiers_that_repeat_make_or_propose_a_split(
    tmp_path: Path, label: str, column: Sequence[object], split: tuple[str, str, bool] | None
) -> None:
    columns: Columns = {"size": numbers(), label: column, "price": numbers()}
    result = new_from(tmp_path, columns)
    planned, summary = result.plan.split, "\n".join(result.lines())
    assert (planned and (planned.kind, planned.column.name, planned.is_sure)) == split
    assert (label in left_out(result)) == bool((split and split[0] == "group") or label == "id")
    made = Dataset.open(str(result.folder)).split
    assert (made and (made.kind, made.column)) == (split[:2] if split and split[2] else None)
    if split:
        verb = "has" if split[2] else "proposes"
        assert f'{verb} [split] {split[0]} = "{split[1]}"' in summary
    else:
        assert "[split]" not in (result.folder / "dataset.toml").read_text("utf-8")


def test_days_in_order_go_before_groups_and_groups_before_other_days(tmp_path: Path) -> None:
    subjects = [i // 4 for i in range(ROWS)]
    for folder, days, kind in (("a", DAYS, "time"), ("b", RNG.sample(DAYS, ROWS), "group")):
        (tmp_path / folder).mkdir()
        columns: Columns = {
            "subject": subjects, "seen": days, "size": numbers(), "price": numbers()
        }  # fmt: skip
        result = new_from(tmp_path / folder, columns)
        assert result.plan.split
        assert (result.plan.split.kind, result.plan.split.is_sure) == (kind, True)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("label", "column", "held_out"),
    [
        ("sold", DAYS, "later rows"),
        ("subject", [f"s{i // 4}" for i in range(ROWS)], "rows of a new subject"),
    ],
)
def test_a_split_table_loads_and_is_learned_from_without_its_identifier(
    tmp_path: Path, label: str, column: Sequence[object], held_out: str
) -> None:
    columns: Columns = {label: column, "size": numbers(), "price": numbers()}
    dataset = Dataset.open(str(new_from(tmp_path, columns).folder))
    with connect(loaded(dataset, tmp_path), read_only=True) as database:
        study = Study.read(database, dataset)
    assert "subject" not in study.contract.names
    assert study.contract.split
    assert study.contract.split.held_out == held_out
    assert study.fitted.folds_.ordered == (label == "sold")
    assert 0.5 < study.answers.query("subset == 'all'")["covered"].mean() <= 1
