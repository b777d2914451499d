"""What errors cost beside the simplest rules, reckoned again the long way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from Task2_model.contract import Contract, Costs, Feature, Target
from Task2_model.reporting import costs
from Task2_model.reporting.wording import Wording

FEATURES = (
    Feature("age", "integer", "Age", "years", minimum=1, maximum=6, median=3),
    Feature("job", "category", "Job", categories=("fixed", "none")),
)
TARGET = Target(
    "bad",
    "Outcome",
    classes=("no", "yes"),
    positive="yes",
    threshold=0.25,
    costs=Costs(1, 3, "loans"),
)
CONTRACT = Contract("d", "D", "classification", "age", TARGET, FEATURES, 6)
TABLE = pd.DataFrame(
    {
        "age": [1.0, 2.0, 3.0, 4.0, np.nan, 6.0],
        "job": ["none", None, "fixed", "fixed", "none", "fixed"],
    }
)
EVENT = np.array([True, True, False, False, False, False])


def worth(event: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.where(event, 3.0, -1.0)


@pytest.mark.parametrize(
    ("event", "text", "saved"),
    [
        (EVENT, "age up to 2 years", 6),
        (EVENT[::-1], "age not known", 3),
        (~EVENT, "age above 2 years", 9),
    ],
)
def test_the_best_rule_on_one_feature(event: Any, text: str, saved: float) -> None:
    rule = costs.best_rule(TABLE, worth(event), Wording(CONTRACT))
    by_hand = {
        "age up to 2 years": TABLE["age"] <= 2,
        "age not known": TABLE["age"].isna(),
        "age above 2 years": TABLE["age"] > 2,
        "job “none”": TABLE["job"] == "none",
        "job “fixed”": TABLE["job"] == "fixed",
        "job not known": TABLE["job"].isna(),
        "age above 4 years": TABLE["age"] > 4,
    }
    sums = {name: float(worth(event)[chosen].sum()) for name, chosen in by_hand.items()}
    assert rule.saved == max(sums.values())
    assert sums[rule.text.replace("\N{NO-BREAK SPACE}", " ")] == rule.saved
    assert saved <= rule.saved


def gain(predicted: list[bool], target: Target = TARGET) -> str:
    held_out = pd.DataFrame({"row": range(6), "event": EVENT, "event_predicted": predicted})
    text = costs.gain(replace(CONTRACT, target=target), held_out, TABLE)
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_the_gain_beside_nobody_everybody_and_the_best_rule() -> None:
    """Nobody: 2 of 6 missed at 3; everybody: 4 of 6 false at 1; the model: one false alarm."""
    text = gain([True, True, True, False, False, False])
    assert text.startswith("With 1 for a false alarm and 3 for a missed “yes” (counted in loans), ")
    assert "cost 167 in 1,000 cases at the threshold of 25 %" in text
    assert "1,000 if nobody is predicted “yes”, 667 if everybody is." in text
    assert "age up to 2 years, costs 0, though chosen on these very rows" in text
    assert "the model saves 0.75 times as much" in text


def test_nothing_is_said_of_costs_that_are_not_known() -> None:
    assert gain([True] * 6, replace(TARGET, costs=None)) == ""


def test_a_model_that_saves_nothing_is_not_said_to() -> None:
    assert gain([True] * 6).endswith("667 if everybody is.")
