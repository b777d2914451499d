"""Each row of an answered file is found again, and known by what it is filtered and sorted by."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

from Task3_api.batch.row_index import RowIndex
from tests.Task3_api.batch.csv_posts import written

HEADER = ["id", "a\r\nnote", "prediction", "lower", "upper", "warnings", "error"]
ROWS = [
    ["1", 'one "quoted",\r\nof two lines', "10", "5", "20", "", ""],
    ["2", "", "", "", "", "", "a is wrong"],
    ["3", "é🏠", "-3", "-4", "-2", "a is above", ""],
]


def test_rows_are_found_where_they_begin(tmp_path: Path) -> None:
    data = written([HEADER, *ROWS])
    index = RowIndex.of(io.BytesIO(data), 2)
    index.write(tmp_path / "index.npz")
    again = RowIndex.read(tmp_path / "index.npz")
    assert len(again) == 3
    assert again.rows(io.BytesIO(data), [2, 0, 1]) == [ROWS[2], ROWS[0], ROWS[1]]
    assert data[: again.offsets[0]] == written([HEADER])
    np.testing.assert_equal(again.values, [10, np.nan, -3])
    np.testing.assert_equal(again.doubts, [15, np.nan, 2])
    assert again.has_sets is False


def test_filters() -> None:
    index = RowIndex.of(io.BytesIO(written([HEADER, *ROWS])), 2)
    assert index.chosen("all").tolist() == [0, 1, 2]
    assert index.chosen("errors").tolist() == [1]
    assert index.chosen("beyond").tolist() == [2]
    assert index.chosen("unsure").tolist() == [0]


def test_sets_of_more_than_one_label_are_unsure() -> None:
    header = ["x", "label", "probability", "set", "warnings", "error"]
    rows = [["1", "a", "0.9", "a", "", ""], ["2", "b", "0.6", "a|b", "", ""], ["", *[""] * 4, "no"]]
    index = RowIndex.of(io.BytesIO(written([header, *rows])), 1)
    assert index.has_sets is True
    assert index.chosen("unsure").tolist() == [1]
    np.testing.assert_equal(index.values, [0.9, 0.6, np.nan])
