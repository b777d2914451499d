"""A dataset needs features, and x is one of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.Task1_database.onboarding.tables import ROWS, Columns, assert_refused, boats, numbers


@pytest.mark.parametrize(
    ("columns", "arguments", "message"),
    [
        (
            {"id": range(1, ROWS + 1), "price": numbers()},
            {},
            "boats.csv: no column is left to predict from "
            "('id': it numbers the rows, and is their row_id)",
        ),
        ({"price": numbers()}, {}, "boats.csv: no column is left to predict from ()"),
        (boats(), {"x": "price"}, "boats.csv: x cannot be 'price', which is to be predicted"),
        (
            boats(),
            {"x": "id"},
            "boats.csv: 'id' cannot be x: it numbers the rows, and is their row_id",
        ),
        (boats(), {"x": "siz"}, "boats.csv: there is no column 'siz'; did you mean 'size'?"),
    ],
)
def test_without_features_or_x_there_is_no_dataset(
    tmp_path: Path, columns: Columns, arguments: dict[str, str], message: str
) -> None:
    assert_refused(tmp_path, columns, arguments, message)
