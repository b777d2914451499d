from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config

from Task1_database.errors import TrainingError
from Task2_model.boosting import Boosting
from Task2_model.contract import Contract, Feature, Target
from Task2_model.evaluate import (
    ALL,
    X_ONLY,
    Data,
    evaluation_subsets,
    group_summary,
    mean_with_interval,
    train_all,
)
from Task2_model.folds import Split
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


def test_of_a_large_table_threads_make_what_one_after_the_other_makes(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("Task2_model.folds.LARGE", 1_000)
    data = Data(study.contract, study.rows, study.outcomes)
    side_by_side = train_all([Boosting], data, seed=0).answers
    assert side_by_side["model"].nunique() == 6
    with parallel_config("sequential"):
        alone = train_all([Boosting], data, seed=0).answers
    pd.testing.assert_frame_equal(side_by_side, alone)


def test_groups_are_those_of_the_rows(study: Study) -> None:
    groups = study.groups
    assert set(groups["model"]) == {study.model.__name__}
    whole = study.answers[(study.answers["model"] == "Boosting") & (study.answers["subset"] == ALL)]
    assert len(groups)
    for line in groups.to_dict("records"):
        alike = (study.table[line["feature"]] == line["group"]).to_numpy()
        own = whole[alike[whole["row"]]]
        assert line["rows"] == len(own) >= 30
        assert line["coverage"] == pytest.approx(own["covered"].mean())
    named = replace(study.contract, coverage_groups="fireplaces")
    groups = group_summary(named, whole, study.table)
    assert groups["feature"].iloc[0] == "fireplaces"
    own = groups[groups["feature"] == "fireplaces"]
    assert own["rows"].sum() == len(study.rows)  # a group of few rows, too, is said


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


@pytest.mark.slow
@pytest.mark.parametrize("kind", [None, "time", "group"])
def test_a_hundred_rows_of_classes_are_evaluated(kind: Literal["time", "group"] | None) -> None:
    """What `new` accepts, with the split that it may write, can be trained."""
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(100, 2)).astype(np.float32)
    outcomes = (rng.random(100) < 1 / (1 + np.exp(-rows[:, 0]))).astype(int)
    target = Target("t", "T", classes=("no", "yes"), positive="yes")
    features = tuple(Feature(name, "number", name) for name in "ab")
    contract = Contract("d", "D", "classification", "a", target, features, 100)
    values = np.arange(100) // (1 if kind == "time" else 4)
    split = kind and Split(kind, "day", values)
    trained = train_all([Boosting], Data(contract, rows, outcomes, split or None), seed=0)
    whole = trained.answers.query("model == 'Boosting' and subset == 'all'")
    assert len(whole) == (100 if kind != "time" else 30)
    assert 0.7 < whole["covered"].mean() <= 1


def test_rows_too_few_for_the_confidence_are_refused_in_words() -> None:
    rng = np.random.default_rng(0)
    rows, outcomes = rng.normal(size=(60, 2)).astype(np.float32), rng.normal(size=60)
    features = tuple(Feature(name, "number", name) for name in "ab")
    contract = Contract("d", "D", "regression", "a", Target("t", "T"), features, 60, 0.99)
    with pytest.raises(TrainingError, match="d: 60 rows are too few to calibrate and evaluate"):
        train_all([Boosting], Data(contract, rows, outcomes), seed=0)


def test_a_small_group_is_evaluated_as_the_service_calibrates_it() -> None:
    """In the group, one row in seven, the class is nearly a toss of a coin, which hardly shows."""
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(700, 2)).astype(np.float32)
    rows[:, 1] = rng.random(700) < 0.15
    likely = np.where(rows[:, 1] == 1, 0.5, 1 / (1 + np.exp(-3 * rows[:, 0])))
    outcomes = (rng.random(700) < likely).astype(int)
    target = Target("t", "T", classes=("no", "yes"), positive="yes")
    features = (Feature("a", "number", "a"), Feature("b", "integer", "b"))
    contract = Contract("d", "D", "classification", "a", target, features, 700, coverage_groups="b")
    trained = train_all([Boosting], Data(contract, rows, outcomes), seed=0)
    whole = trained.answers.query("model == 'Boosting' and subset == 'all'")
    small = whole[(rows[:, 1] == 1)[whole["row"]]]
    assert len(whole) == 700
    assert small["covered"].mean() > 0.83
