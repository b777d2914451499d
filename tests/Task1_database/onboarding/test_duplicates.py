"""A column that says what another one says is left out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from Task1_database.new import new
from tests.Task1_database.onboarding.tables import (
    RNG,
    ROWS,
    Columns,
    left_out,
    new_from,
    numbers,
    write_table,
)

SEX = RNG.choices(["female", "male", ""], k=ROWS)
SIZE = numbers()


@pytest.mark.parametrize(
    ("one", "other", "dropped"),
    [
        (SEX, [{"female": 0, "male": 1}.get(sex, "") for sex in SEX], "other"),
        ([{"female": 0, "male": 1}.get(sex, "") for sex in SEX], SEX, "one"),
        (SEX, [sex.upper() for sex in SEX], "other"),
        (SIZE, [round(2.54 * size + 3, 6) for size in SIZE], "other"),
        (SIZE, SIZE, "other"),
        (SEX, [sex or "male" for sex in SEX], None),
        (SIZE, [size**2 for size in SIZE], None),
        (SIZE, RNG.sample(SIZE, ROWS), None),
    ],
)
def test_of_two_that_say_the_same_one_stays(
    tmp_path: Path, one: Sequence[object], other: Sequence[object], dropped: str | None
) -> None:
    result = new_from(tmp_path, {"one": one, "other": other, "price": numbers()})
    stays = "other" if dropped == "one" else "one"
    assert left_out(result) == ({dropped: f"it says what {stays} says"} if dropped else {})


def test_what_differs_in_one_row_of_many_stays(tmp_path: Path) -> None:
    rows = 41_000
    kind = [f"k{i % 3}" for i in range(rows)]
    almost = [*kind[:30_001], "k9", *kind[30_002:]]
    table: Columns = {"kind": kind, "almost": almost, "price": [RNG.random() for _ in range(rows)]}
    assert left_out(new_from(tmp_path, table)) == {}


def test_the_one_asked_for_as_x_stays(tmp_path: Path) -> None:
    file = write_table(tmp_path, {"inch": SIZE, "cm": [2 * s for s in SIZE], "price": numbers()})
    result = new(file, "price", tmp_path / "home", x="cm")
    assert left_out(result) == {"inch": "it says what cm says"}
