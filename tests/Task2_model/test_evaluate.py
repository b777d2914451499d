from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from Task2_model.evaluate import ALL, X_ONLY, evaluation_subsets, mean_with_interval
from Task2_model.study import Study


def test_every_subset_is_evaluated_once(study: Study) -> None:
    subsets = evaluation_subsets(study.contract, seed=0)
    given = {(subset.kind, subset.feature): subset.given for subset in subsets}
    assert len(given) == len(subsets) == 2 + 15 + 15 + 12
    assert given[ALL, ""].all()
    assert np.flatnonzero(given[X_ONLY, "living_area"]).tolist() == [0]
    assert all(subset.given.any() for subset in subsets)


def test_every_row_is_held_out_once(study: Study) -> None:
    for _, answers in study.answers.groupby(["model", "subset", "feature"]):
        assert sorted(answers["row"]) == list(range(len(study.rows)))


def test_losses_are_errors_in_the_unit_of_the_target(study: Study) -> None:
    answers = study.answers[study.answers["model"] == "Boosting"]
    np.testing.assert_allclose(answers["loss"], (answers["prediction"] - answers["truth"]).abs())
    inside = answers["truth"].between(answers["lower"], answers["upper"])
    assert (answers["covered"] == inside).all()


def test_beats_the_baselines_and_keeps_its_promise(study: Study) -> None:
    summary: Any = study.summary.set_index(["model", "subset", "feature"])
    line = "linear regression on living_area"
    everything = summary.loc[("Boosting", ALL, "")]
    assert everything["loss_high"] < summary.loc[(line, ALL, "")]["loss_low"]
    assert summary.loc[(line, ALL, "")]["loss"] < summary.loc[("median", ALL, "")]["loss"]
    coverage = study.summary.loc[study.summary["model"] == "Boosting", "coverage"]
    assert coverage.between(0.87, 0.93).all()


def test_an_interval_is_that_of_a_mean() -> None:
    answers = pd.DataFrame({"loss": [1.0, 2.0, 3.0, 4.0]})
    mean, low, high = mean_with_interval(answers, "loss")
    assert mean == 2.5
    assert high - mean == mean - low == pytest.approx(1.96 * np.sqrt(5 / 3 / 4))


def test_an_interval_of_a_share_stays_within_its_bounds() -> None:
    mean, low, high = mean_with_interval(pd.DataFrame({"covered": [True] * 9 + [False]}), "covered")
    assert mean == 0.9
    assert (low, high) == pytest.approx((0.5958, 0.9821), abs=1e-4)  # Wilson's for 9 of 10
    assert mean_with_interval(pd.DataFrame({"covered": [True] * 9}), "covered")[2] == 1
