"""Values for examples are ones that there were."""

from __future__ import annotations

import numpy as np
import pytest

from Task2_model.contract import Feature
from Task3_api.example_values import example_value

BATHS = Feature("baths", "number", "Bathrooms", minimum=0.5, maximum=7, median=2.5)


def test_a_number_is_one_of_training() -> None:
    column = np.array([0.5, 1.1, 2.5, 7, np.nan], dtype=np.float32)
    values = [example_value(BATHS, column, turn) for turn in range(6)]
    assert values[0] == values[5]
    assert set(values) <= {"0.5", "1.1", "2.5", "7"}
    assert len(set(values)) > 2


def test_what_was_never_known_has_no_example() -> None:
    assert example_value(BATHS, np.array([np.nan], dtype=np.float32), 0) == ""


@pytest.mark.parametrize(
    ("categories", "values"),
    [
        (("gas", "=1+1", "oil"), ["gas", "oil", "gas"]),
        (("=1+1",), ["", "", ""]),
        ((), ["", "", ""]),
    ],
)
def test_categories_take_turns(categories: tuple[str, ...], values: list[str]) -> None:
    fuel = Feature("fuel", "category", "Fuel", categories=categories)
    column = np.zeros(1, dtype=np.float32)
    assert [example_value(fuel, column, turn) for turn in range(3)] == values
