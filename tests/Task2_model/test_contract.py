from __future__ import annotations

import numpy as np

from Task2_model.contract import Contract, Feature, Target

CONTRACT = Contract(
    dataset="d",
    title="D",
    task="regression",
    x="size",
    target=Target("price", "Price", unit="$", decimals=0, logarithmic=True),
    features=(
        Feature("size", "number", "Size", minimum=1, maximum=9, median=4),
        Feature("fuel", "category", "Fuel", categories=("gas", "“oil” <b>", "木")),
    ),
    rows=10,
)


def test_survives_json() -> None:
    assert Contract.from_json(CONTRACT.to_json()) == CONTRACT


def test_encodes_in_the_order_of_the_features_and_hides_what_is_not_told() -> None:
    rows = CONTRACT.encode(
        [
            {"fuel": "木", "size": 2.5},
            {"size": None, "fuel": "gas"},
            {"fuel": "never seen"},
            {},
        ]
    )
    nan = np.nan
    np.testing.assert_array_equal(rows, [[2.5, 2], [nan, 0], [nan, nan], [nan, nan]])
    assert rows.dtype == np.float32


def test_no_records_are_no_rows() -> None:
    assert CONTRACT.encode([]).shape == (0, 2)
