"""Rows in the order of days, or of things that come again, are to be split accordingly."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.Task1_database.onboarding.tables import RNG, ROWS, Columns, left_out, new_from, numbers

DAYS = [datetime.date(2024, 1, 1) + datetime.timedelta(days=i // 2) for i in range(ROWS)]


@pytest.mark.parametrize(
    ("label", "column", "split"),
    [
        ("sold", DAYS, ("time", "sold_days", True)),
        ("sold", DAYS[::-1], ("time", "sold_days", True)),
        ("sold", RNG.sample(DAYS, ROWS), ("time", "sold_days", False)),
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
def test_days_and_identifiers_that_repeat_propose_a_split(
    tmp_path: Path, label: str, column: Sequence[object], split: tuple[str, str, bool] | None
) -> None:
    columns: Columns = {"size": numbers(), label: column, "price": numbers()}
    result = new_from(tmp_path, columns)
    proposed = result.plan.split
    assert (proposed and (proposed.kind, proposed.column.name, proposed.is_sure)) == split
    assert (label in left_out(result)) == bool((split and split[0] == "group") or label == "id")
    toml = (result.folder / "dataset.toml").read_text("utf-8")
    if split:
        assert f'{split[0]} = "{split[1]}"\n' in toml
        assert f'proposes [split] {split[0]} = "{split[1]}"' in "\n".join(result.lines())
    else:
        assert "[split]" not in toml
