from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from Task2_model.contract import Contract, Feature, Target
from Task2_model.reporting import compare
from Task2_model.reporting.wording import Wording

PRICE = Contract("d", "", "regression", "x", Target("t", "T", unit="$"), (), 100)


def classes(*names: str, **target: object) -> Wording:
    features = (Feature("x", "number", "X"),)
    described = Target("t", "T", classes=names, **target)  # type: ignore[arg-type]
    return Wording(Contract("d", "", "classification", "x", described, features, 9))


def test_a_difference_is_paired() -> None:
    """A model that is a tenth worse on every row is surely so, however much the rows differ."""
    base = np.random.default_rng(0).lognormal(0, 2, 300)
    losses = pd.DataFrame({("a", "s", ""): base, ("b", "s", ""): 1.1 * base})
    more = compare.relative(losses, [("b", "s", "")], ("a", "s", ""), seed=0).iloc[0]
    assert more.tolist() == pytest.approx([0.1, 0.1, 0.1])


def test_a_difference_by_chance_has_an_interval_around_nothing() -> None:
    rng = np.random.default_rng(1)
    losses = pd.DataFrame({(name, "s", ""): rng.exponential(1, 500) for name in "ab"})
    more = compare.relative(losses, [("b", "s", "")], ("a", "s", ""), seed=0).iloc[0]
    assert more["more_low"] < 0 < more["more_high"]
    assert more["more_low"] < more["more"] < more["more_high"]


def test_quintiles_hold_a_fifth_each_and_are_named_by_their_ends() -> None:
    quintiles = compare.quintiles(pd.Series(np.arange(1.0, 101)), Wording(PRICE))
    assert set(quintiles.value_counts()) == {20}
    assert quintiles.iloc[0] == "$1 to $20.8"


def test_quintiles_of_one_value_are_one() -> None:
    quintiles = compare.quintiles(pd.Series([5.0] * 50 + [6.0] * 5), Wording(PRICE))
    assert quintiles.nunique() == 1


def test_the_event_of_two_classes_is_predicted_from_the_threshold_on() -> None:
    wording = classes("no", "yes", positive="yes", threshold=0.3)
    answers = pd.DataFrame({"truth": [0, 1, 1], "label": [0, 1, 0], "probability": [0.1, 0.3, 0.2]})
    events = compare.with_events(answers, wording)
    assert events["event"].tolist() == [False, True, True]
    assert events["event_predicted"].tolist() == [False, True, False]
    assert events["event_probability"].tolist() == [0.1, 0.3, 0.2]


def test_the_event_of_three_classes_is_the_first() -> None:
    answers = pd.DataFrame({"truth": [0, 2], "label": [0, 2], "probability": [0.9, 0.6]})
    events = compare.with_events(answers, classes("a", "b", "c"))
    assert events["event"].tolist() == events["event_predicted"].tolist() == [True, False]
    assert events["event_probability"].tolist() == pytest.approx([0.9, 0.2])


def test_probabilities_that_are_right_are_within_their_intervals() -> None:
    rng = np.random.default_rng(0)
    probability = rng.uniform(size=5000)
    answers = pd.DataFrame({"event_probability": probability, "row": range(5000)})
    answers["event"] = rng.uniform(size=5000) < probability
    curve = compare.calibration_curve(answers)
    assert curve["n"].tolist() == [500] * 10
    assert curve["probability"].between(curve["share_low"], curve["share_high"]).sum() >= 8
    auc, low, high = compare.ranking(answers, seed=0)["auc"]
    assert low < auc < high
    assert auc == pytest.approx(5 / 6, abs=0.02)  # of probabilities spread evenly from 0 to 1
