"""Coverage is what is promised: exact ranks, and the share inside on exchangeable rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from Task2_model.conformal import Calibration, conformal, rank_at_least
from Task2_model.contract import Contract, Feature, Rows, Target, Task

CLASSES = ("no", "yes")


def contract(task: Task = "regression", **target: Any) -> Contract:
    features = tuple(Feature(name, "number", name) for name in "ab")
    return Contract("d", "D", task, "a", Target("t", "T", **target), features, 100)


def linear(rows: Rows) -> np.ndarray:
    """A model that sees `a` and is worse without it: its centre is 2a, its spread the same."""
    centre = 2 * np.nan_to_num(rows[:, 0].astype(float))
    return np.column_stack([centre, np.zeros(len(rows))])


def chances(rows: Rows) -> np.ndarray:
    yes = 1 / (1 + np.exp(-np.nan_to_num(rows[:, 0].astype(float))))
    return np.column_stack([1 - yes, yes])


def sample(count: int, seed: int) -> tuple[Rows, np.ndarray]:
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(count, 2)).astype(np.float32)
    return rows, 2 * rows[:, 0] + rng.normal(size=count)


@pytest.mark.parametrize(
    ("share", "count", "rank"),
    [(0.9, 9, 9), (0.9, 8, 9), (0.9, 99, 90), (0.95, 19, 19), (0.95, 18, 19), (0.5, 1, 1)],
)
def test_rank_is_the_finite_sample_quantile(share: float, count: int, rank: int) -> None:
    assert rank_at_least(share, count) == rank


@pytest.mark.parametrize("hidden", [[], [0], [1]])
def test_range_covers_nine_in_ten_whatever_is_hidden(hidden: list[int]) -> None:
    inside = []
    for seed in range(40):
        model = conformal(contract(), Calibration(*sample(200, seed)), linear)
        rows, truth = sample(500, seed + 1000)
        rows[:, hidden] = np.nan
        block = model.block(rows)
        inside.append(((block["lower"] <= truth) & (truth <= block["upper"])).mean())
    assert 0.89 < np.mean(inside) < 0.92


def test_hiding_what_matters_widens_the_range() -> None:
    model = conformal(contract(), Calibration(*sample(500, 0)), linear)
    rows = np.array([[0.5, 0.5], [np.nan, 0.5], [0.5, np.nan]], dtype=np.float32)
    block = model.block(rows)
    widths = block["upper"] - block["lower"]
    assert widths[1] > 1.5 * widths[0]
    assert widths[2] == widths[0]


def test_only_calibration_rows_that_tell_as_much_are_used() -> None:
    rows, truth = sample(400, 1)
    rows[200:, 1] = np.nan
    truth[200:] += 100  # rows that lack `b` are of another kind
    model = conformal(contract(), Calibration(rows, truth), linear)
    block = model.block(np.array([[0, 0], [0, np.nan]], dtype=np.float32))
    assert block["upper"][0] < 10
    assert block["upper"][1] > 90


def test_rows_that_tell_less_stand_in_where_too_few_tell_all() -> None:
    rows, truth = sample(200, 2)
    rows[10:, 1] = np.nan
    model = conformal(contract(), Calibration(rows, truth), linear)
    block = model.block(np.zeros((1, 2), dtype=np.float32))
    assert np.isfinite([block["lower"][0], block["upper"][0]]).all()


def test_too_few_rows_are_refused() -> None:
    model = conformal(contract(), Calibration(*sample(18, 3)), linear)
    with pytest.raises(ValueError, match="18 calibration rows are too few"):
        model.block(np.zeros((1, 2), dtype=np.float32))


def test_a_logarithmic_target_is_answered_in_its_own_unit() -> None:
    rows, learned = sample(300, 4)
    plain = conformal(contract(), Calibration(rows, learned), linear).block(rows)
    unlogged = conformal(contract(logarithmic=True), Calibration(rows, learned), linear).block(rows)
    for part in ("prediction", "lower", "upper"):
        np.testing.assert_allclose(unlogged[part], np.exp(plain[part]))


@pytest.mark.parametrize("hidden", [[], [0], [1]])
def test_each_class_is_in_its_set_nine_times_in_ten(hidden: list[int]) -> None:
    asked = contract("classification", classes=CLASSES, positive="yes")
    inside: dict[int, list[bool]] = {0: [], 1: []}
    for seed in range(40):
        rng = np.random.default_rng(seed)
        rows = rng.normal(-1, 1, size=(600, 2)).astype(np.float32)
        truth = (rng.random(600) < chances(rows)[:, 1]).astype(float)
        model = conformal(asked, Calibration(rows[:300], truth[:300]), chances)
        test = rows[300:].copy()
        test[:, hidden] = np.nan
        block = model.block(test)
        for row, actual in zip(block["set"], truth[300:].astype(int), strict=True):
            inside[actual].append(row[actual])
    assert all(np.mean(share) > 0.885 for share in inside.values())


def test_a_class_too_rare_to_calibrate_is_never_ruled_out() -> None:
    asked = contract("classification", classes=CLASSES, positive="yes")
    rows = np.full((100, 2), -9, dtype=np.float32)
    truth = np.zeros(100)
    truth[:8] = 1
    block = conformal(asked, Calibration(rows, truth), chances).block(rows[:1])
    assert block["set"][0].tolist() == [True, True]
    assert block["label"][0] == 0


def test_the_threshold_decides_the_label() -> None:
    rows, _ = sample(200, 5)
    truth = (rows[:, 0] > 0).astype(float)
    half = np.zeros((1, 2), dtype=np.float32)  # a probability of exactly one half
    for threshold, label in ((0.5, 1), (0.6, 0), (None, 1)):
        asked = contract("classification", classes=CLASSES, positive="yes", threshold=threshold)
        assert conformal(asked, Calibration(rows, truth), chances).block(half)["label"] == [label]


def test_many_subsets_at_once_are_answered_as_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    calibration, (rows, _) = Calibration(*sample(100, 7)), sample(8, 8)
    rows[::2, 0] = np.nan
    rows[1::4, 1] = np.nan
    together = conformal(contract(), calibration, linear).block(rows)
    monkeypatch.setattr("Task2_model.conformal.CACHED_SUBSETS", 2)  # and none is kept for long
    model = conformal(contract(), calibration, linear)
    for index in [*range(8), *range(8)]:
        alone = model.block(rows[index : index + 1])
        assert {part: values[0] for part, values in alone.items()} == {
            part: values[index] for part, values in together.items()
        }


def test_calibration_survives_the_disk() -> None:
    before = Calibration(*sample(50, 6))
    after = Calibration.from_bytes(before.to_bytes())
    np.testing.assert_array_equal(before.rows, after.rows)
    np.testing.assert_array_equal(before.outcomes, after.outcomes)
