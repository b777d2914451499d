from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from Task2_model.contract import Contract, Costs, Feature, Target

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


def test_costs_survive_json_and_set_the_threshold() -> None:
    costs = Costs(1, 3, "$")
    target = Target("sunk", "Sunk", classes=("no", "yes"), positive="yes", costs=costs)
    contract = replace(CONTRACT, task="classification", target=target, similar_cases=True)
    assert Contract.from_json(contract.to_json()) == contract
    assert costs.threshold == 0.25


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


def set_(data: Any, path: tuple[Any, ...], value: Any) -> str:
    """The contract's JSON with one thing in it changed, or (None) taken out."""
    changed = json.loads(json.dumps(data))
    part = changed
    for key in path[:-1]:
        part = part[key]
    if value is None:
        del part[path[-1]]
    else:
        part[path[-1]] = value
    return json.dumps(changed)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("title",), None, "contract.title is missing"),
        (("target", "name"), None, "contract.target.name is missing"),
        (("task",), "ranking", 'contract.task is "ranking"'),
        (("features",), {}, "contract.features is {}"),
        (("features", 0, "kind"), "date", 'contract.features[0].kind is "date"'),
        (("features", 1, "categories", 2), 7, "contract.features[1].categories[2] is 7"),
        (("features", 0, "minimum"), "1", 'contract.features[0].minimum is "1"'),
        (("features", 0, "minimum"), float("nan"), "contract.features[0].minimum is NaN"),
        (("features", 0, "missing"), True, "contract.features[0].missing is true"),
        (
            ("features", 0, "colour"),
            "red",
            "contract.features[0].colour is unknown to this release",
        ),
        (("target", "class_labels"), {"a": 1}, "contract.target.class_labels.a is 1"),
        (("target", "decimals"), 2.5, "contract.target.decimals is 2.5"),
        (("x",), "fluel", "x is 'fluel', which is no feature"),
        (("features", 1, "name"), "size", "two features have one name"),
        (("confidence",), 90, "confidence is 90"),
        (("task",), "classification", "there is nothing to tell apart"),
    ],
)
def test_what_is_no_contract_is_refused_by_name(
    path: tuple[Any, ...], value: Any, message: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        Contract.from_json(set_(json.loads(CONTRACT.to_json()), path, value))
