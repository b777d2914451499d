from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks.accuracy import __main__ as accuracy
from benchmarks.accuracy import peer_scores
from benchmarks.accuracy.dedicated import beside_dedicated
from benchmarks.accuracy.goals import goals
from benchmarks.accuracy.own import brief
from benchmarks.accuracy.own_scores import read_scores, write_scores
from benchmarks.accuracy.peer_scores import FAST, PeerGroup, PeerScores
from benchmarks.accuracy.report import page
from benchmarks.accuracy.scores import calibration_error, class_score, regression_score
from benchmarks.accuracy.table_result import OWN, TableResult
from benchmarks.accuracy.tables import TABLES, Reading, Table
from Task2_model.augmentation import WHOLE

SMALL = Table("concrete", "compressive_strength", "modeldata/concrete", rows=120)
PEER = "CatBoost"


@pytest.fixture(scope="module")
def reading() -> Reading:
    return SMALL.read()


@pytest.fixture
def peers(reading: Reading, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PeerScores:
    """The peers of scikit-learn, from the environment of the tests rather than another."""
    here = SimpleNamespace(python=sys.executable, lock=peer_scores.ENVIRONMENT.lock)
    here.made = lambda: here
    monkeypatch.setattr(peer_scores, "ENVIRONMENT", here)
    monkeypatch.setattr(peer_scores, "SCORES", tmp_path)
    return PeerScores(reading)


def result(name: str, ours: float, theirs: float, task: str = "regression") -> TableResult:
    """Scores of one table with two splits, the peer's of the second split alone."""
    made = TableResult(TABLES[name], task, rows=3_000, features=4)
    part = {"error": ours, "coverage": 0.9, "width": 1.0}
    own = {**part, "rmse": 1.0, "processor": 1.0, "x": part, "random": part}
    made.add(0, {OWN: own | {"error": 99.0}})
    peer = {"error": theirs, "rmse": 1.0, "processor": 1.0}
    made.add(1, {OWN: own, PEER: peer, "linear": None})
    made.before[1] = own | {"random": part | {"error": 2 * ours}}
    return made


def test_a_published_table_is_read_as_a_user_would_and_as_it_is(reading: Reading) -> None:
    assert reading.task == "regression"
    assert reading.study.rows.shape == (120, 8)
    assert list(reading.study.outcomes) == list(reading.frame["compressive_strength"])


def test_a_shipped_table_is_read_from_its_feature_store() -> None:
    births = TABLES["births"].read()
    assert births.target == "premie"
    assert set(births.categories) == {"smoking", "marital", "mother_race", "sex"}
    split = births.split(0)
    assert sorted([*split.train, *split.test]) == list(range(1_000))
    shares = [births.study.outcomes[part].mean() for part in (split.train, split.test)]
    assert shares[0] == pytest.approx(shares[1], abs=0.002)


def test_rows_out_of_step_are_an_error(reading: Reading) -> None:
    with pytest.raises(ValueError, match="concrete: Tablecast's rows are not those"):
        Reading(SMALL, reading.study, reading.frame.iloc[::-1])


def test_figures_of_a_regression() -> None:
    score = regression_score(np.array([1.0, 2.0]), np.array([1.0, 5.0]))
    assert score == {"error": 1.5, "rmse": pytest.approx(np.sqrt(4.5))}


def test_figures_of_classes() -> None:
    positive = np.array([0.05, 0.05, 0.95, 0.95])
    probabilities = np.column_stack([1 - positive, positive])
    score = class_score(probabilities, np.array([0, 0, 1, 1]))
    assert score["error"] == pytest.approx(-np.log(0.95))
    assert score["auc"] == 1
    assert calibration_error([score]) == pytest.approx(0.05)
    poor = class_score(probabilities, np.array([0, 1, 0, 1]))
    assert calibration_error([poor]) == pytest.approx(0.45)
    assert calibration_error([score, poor]) == pytest.approx(0.2)


def test_certain_and_wrong_costs_much_but_not_everything() -> None:
    score = class_score(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([1, 0]))
    assert score["error"] == pytest.approx(-np.log(1e-6), rel=1e-4)


def test_several_subsets_in_one() -> None:
    halves = [
        {"error": 2, "width": 1, "coverage": 0.8},
        {"error": 8, "width": 4, "coverage": 1.0},
    ]
    assert brief(halves) == {
        "error": pytest.approx(4),
        "width": pytest.approx(2),
        "coverage": 0.9,
        "least_coverage": 0.8,
    }


def test_peers_are_trained_once_for_the_same_rows(peers: PeerScores, tmp_path: Path) -> None:
    group = FAST[0]
    assert peers.kept(group, 0) is None
    peers.train(group, 0)
    kept = peers.kept(group, 0)
    assert kept is not None
    assert {*kept} == {"base rate", "linear", "random forest", "HistGradientBoosting"}
    assert kept["random forest"]["error"] < kept["base rate"]["error"] / 1.5
    assert peers.kept(group, 1) is None
    (file,) = tmp_path.rglob("*.json")
    file.write_text(json.dumps({"base rate": {}}))
    assert peers.kept(group, 0) == {"base rate": {}}
    reading = peers.reading
    others = replace(reading, frame=reading.frame.assign(water=range(120)))
    assert PeerScores(others).kept(group, 0) is None


def test_a_peer_that_fails_says_why(peers: PeerScores) -> None:
    with pytest.raises(RuntimeError, match="(?s)no_such_models: .*No module named"):
        peers.train(PeerGroup("no_such_models", "scikit-learn"), 0)


@pytest.mark.slow
def test_tablecast_beside_others(reading: Reading, peers: PeerScores, tmp_path: Path) -> None:
    keep = tmp_path / "own.json"
    own = accuracy.own_scores([reading], range(1), keep)
    text = page([accuracy.result(reading, own, read_scores(keep), range(1))])
    assert "| concrete | modeldata/concrete | regression | 120 | 8 | 1 |" in text
    assert "random subsets: error / before | 1 | at most 0.94 | **no** | 1 tables |" in text
    score = own["concrete"][0]
    assert score["error"] < score["x"]["error"]
    assert 0 <= score["random"]["least_coverage"] <= score["random"]["coverage"] <= 1


def test_what_was_kept_is_not_taken_again(reading: Reading, tmp_path: Path) -> None:
    keep = tmp_path / "own.json"
    write_scores(keep, {"concrete": {0: {"error": 1.23456789, "bins": [[1.0, 2.0]]}}})
    own = accuracy.own_scores([reading], range(1), keep)
    assert own == {"concrete": {0: {"error": 1.2346, "bins": [[1.0, 2.0]]}}}


def test_goals_compare_the_splits_that_both_have() -> None:
    some = [result("houses", 1.0, 1.0), result("diamonds", 4.0, 1.0)]
    figures = {finding.what: finding for finding in goals(some)}
    beside = figures["error / CatBoost"]
    assert beside.figure.middle == pytest.approx(2)
    assert (beside.figure.low, beside.figure.high) == (1, 4)
    assert not beside.goal.met(beside.figure.middle)
    worst = figures["error / the best single model, worst table"]
    assert worst.about == "diamonds, beside CatBoost"
    assert figures["random subsets: error / before"].figure.middle == pytest.approx(0.5)
    assert "error / AutoGluon" not in figures


def test_a_model_without_a_score_is_a_gap() -> None:
    text = page([result("houses", 1.0, 2.0)])
    assert "| houses | **1.000** | 2.000 |" in text
    assert "linear" not in text.partition("## Mean absolute error")[2]


def test_one_model_is_compared_with_one_for_each_subset_alone(reading: Reading) -> None:
    shares = dict(WHOLE)
    ratio = beside_dedicated(reading, 2)
    assert 0.5 < ratio.low < ratio.high < 2
    assert shares == WHOLE
