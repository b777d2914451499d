from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from Task1_database.errors import InputError
from Task2_model.contract import Contract, Feature, Target
from Task2_model.frame_encoding import encode_frame, encode_with_unseen
from Task2_model.study import Study

CONTRACT = Contract(
    dataset="boats",
    title="Boats",
    task="regression",
    x="length",
    target=Target("price", "Price"),
    features=(
        Feature("length", "number", "Length"),
        Feature("masts", "integer", "Masts"),
        Feature("berth", "category", "Berth", categories=("7", "7a", "2.5")),
    ),
    rows=100,
)
NAN = float("nan")


def test_the_rows_learned_from_are_the_frame_encoded(study: Study) -> None:
    np.testing.assert_array_equal(encode_frame(study.contract, study.table), study.rows)


@pytest.mark.parametrize(
    "dtype", ["float64", "float32", "Float64", "Int64", "object", "category", "int8"]
)
def test_numbers_of_every_dtype_are_numbers(dtype: Any) -> None:
    column = pd.Series([12, 3, 12], dtype=dtype)
    rows = encode_frame(CONTRACT, pd.DataFrame({"length": column, "masts": column}))
    np.testing.assert_array_equal(rows, [[12, 12, NAN], [3, 3, NAN], [12, 12, NAN]])


@pytest.mark.parametrize("missing", [None, NAN, pd.NA, pd.NaT, Decimal("NaN")])
def test_what_is_missing_is_missing(missing: Any) -> None:
    frame = pd.DataFrame({name: [missing, 2] for name in CONTRACT.names}, dtype=object)
    frame.loc[1, "berth"] = "7a"
    np.testing.assert_array_equal(encode_frame(CONTRACT, frame), [[NAN] * 3, [2, 2, 1]])


@pytest.mark.parametrize(
    ("berths", "codes"),
    [
        (["7", "7a", "8", None], [0, 1, NAN, NAN]),
        (pd.Categorical(["7a", "7", "7a"]), [1, 0, 1]),
        (pd.array(["7a", None], dtype="string"), [1, NAN]),
        ([7, 8], [0, NAN]),  # read from a CSV whose every berth is in digits
        ([7.0, 2.5, None], [0, 2, NAN]),
    ],
)
def test_categories_become_their_codes(berths: Any, codes: list[float]) -> None:
    rows = encode_frame(CONTRACT, pd.DataFrame({"berth": berths}))
    np.testing.assert_array_equal(rows[:, 2], codes)


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ({"length": [1.0, "long"]}, "length must be a number, not 'long' (row 'b')"),
        ({"length": ["1", "2"]}, "length must be a number, not '1' (row 'a')"),
        ({"length": [1.0, float("inf")]}, "length must be a number, not 'inf' (row 'b')"),
        ({"length": [1.0, 1e39]}, "length must be a number, not '1e+39' (row 'b')"),
        ({"length": [True, False]}, "length must be a number, not 'True' (row 'a')"),
        (
            {"length": [pd.Timestamp("2020-01-01"), None]},
            "length must be a number, not '2020-01-01 00:00:00' (row 'a')",
        ),
        ({"berth": ["7", True]}, "berth must be a text, not 'True' (row 'b')"),
        ({"price": [1, 2]}, "no column is a feature of boats; known are length, masts, berth"),
    ],
)
def test_what_does_not_fit_is_named(column: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as error:
        encode_frame(CONTRACT, pd.DataFrame(column, index=["a", "b"]))
    assert str(error.value) == message


def test_a_number_that_is_not_whole_is_unlike_any_in_training() -> None:
    rows, unseen = encode_with_unseen(CONTRACT, pd.DataFrame({"masts": [2, 2.5, None]}))
    np.testing.assert_array_equal(rows[:, 1], [2, 2.5, NAN])
    assert unseen == {"masts": {1: 2.5}}


def test_a_column_that_is_there_twice_is_an_error() -> None:
    frame = pd.DataFrame([[1, 2]], columns=["length", "length"])
    with pytest.raises(InputError, match="length is the name of several columns"):
        encode_frame(CONTRACT, frame)
