from __future__ import annotations

import pytest

from Task2_model.contract import Contract, Feature, Target
from Task2_model.formatting import NBSP
from Task2_model.reporting.wording import Wording


@pytest.mark.parametrize(
    ("classes", "positive", "event"),
    [(("a", "b"), "b", "b"), (("a", "b"), "a", "a"), (("a", "b", "c"), "", "a")],
)
def test_the_event_of_a_classification(classes: tuple[str, ...], positive: str, event: str) -> None:
    target = Target("t", "T", classes=classes, positive=positive)
    assert Wording(Contract("d", "", "classification", "x", target, (), 9)).event == event


def test_a_value_has_its_unit() -> None:
    target = Target("price", "Price", unit="$", decimals=-2)
    feature = Feature("area", "number", "Area", unit="m²")
    wording = Wording(Contract("d", "", "regression", "area", target, (feature,), 9))
    assert wording.format_target(131_463.2) == "$131,500"
    assert wording.format_error(36_952.6) == "$37,000"
    assert wording.format_level(79.0) == "$79"
    assert wording.format_feature("area", 121.0) == f"121{NBSP}m²"
    assert wording.target_axis == "Price, $"
    assert wording.statistic == "median price"
