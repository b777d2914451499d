"""Coverage is what is promised: exact ranks, and the share inside on exchangeable rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from Task1_database.errors import InputError
from Task2_model.calibration import Calibration
from Task2_model.conformal import conformal
from Task2_model.contract import Contract, Feature, Floats, Rows, SplitColumn, Target, Task
from Task2_model.ensemble import Ensemble
from Task2_model.mask_conditional import Conformal, rank_at_least
from Task2_model.quantile_cache import ENTRY_BYTES
from Task2_model.subset_ridge import Design, Moments, SubsetRidge

CLASSES = ("no", "yes")


def contract(task: Task = "regression", **target: Any) -> Contract:
    features = tuple(Feature(name, "number", name) for name in "ab")
    return Contract("d", "D", task, "a", Target("t", "T", **target), features, 100)


class Linear:
    """Sees `a` and is worse without it: its location is 2a, its scale always the same."""

    def __call__(self, inputs: Rows) -> Floats:
        location = 2 * np.nan_to_num(inputs[:, 0].astype(float))
        return np.column_stack([location, np.zeros(len(inputs))])

    def of_member(self, inputs: Rows, member: int) -> Floats:
        return self(inputs)


class Logistic(Linear):
    """Each of `members` says the same of a row."""

    def __init__(self, members: int = 1) -> None:
        self.members = members

    def __call__(self, inputs: Rows) -> Floats:
        return np.tile(self.of_member(inputs, 0), self.members)

    def of_member(self, inputs: Rows, member: int) -> Floats:
        yes = 1 / (1 + np.exp(-np.nan_to_num(inputs[:, 0].astype(float))))
        return np.column_stack([1 - yes, yes])


def ensemble(asked: Contract, runtime: Linear, members: int = 1) -> Ensemble:
    """Members above a ridge that knows nothing."""
    rows = np.zeros((9, 2), dtype=np.float32)
    design = Design.of(asked, rows)
    nothing = Moments.of(design, rows, np.zeros((9, 1)))
    ridge = SubsetRidge.of(design, [nothing] * members)
    return Ensemble(asked, ridge, np.full(members, 1 / members), runtime)


def calibrated(
    rows: Rows, outcomes: Floats, asked: Contract | None = None, members: int = 1
) -> Conformal:
    """The answers of `Linear`, or of `Logistic` for classes, calibrated by these rows."""
    asked = asked or contract()
    runtime = Linear() if asked.task == "regression" else Logistic(members)
    calibration = Calibration(rows, outcomes, np.arange(len(rows)) % members)
    return conformal(asked, calibration, ensemble(asked, runtime, members))


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


@pytest.mark.parametrize("masked", [[], [0], [1]])
def test_range_covers_nine_in_ten_whatever_is_masked(masked: list[int]) -> None:
    inside = []
    for seed in range(40):
        model = calibrated(*sample(200, seed))
        rows, truth = sample(500, seed + 1000)
        rows[:, masked] = np.nan
        block = model.block(rows)
        inside.append(((block["lower"] <= truth) & (truth <= block["upper"])).mean())
    assert 0.89 < np.mean(inside) < 0.92


def test_masking_what_matters_widens_the_range() -> None:
    model = calibrated(*sample(500, 0))
    rows = np.array([[0.5, 0.5], [np.nan, 0.5], [0.5, np.nan]], dtype=np.float32)
    block = model.block(rows)
    widths = block["upper"] - block["lower"]
    assert widths[1] > 1.5 * widths[0]
    assert widths[2] == widths[0]


def test_only_calibration_rows_that_tell_as_much_are_used() -> None:
    rows, truth = sample(400, 1)
    rows[200:, 1] = np.nan
    truth[200:] += 100  # rows that lack `b` are of another kind
    model = calibrated(rows, truth)
    block = model.block(np.array([[0, 0], [0, np.nan]], dtype=np.float32))
    assert block["upper"][0] < 10
    assert block["upper"][1] > 90


def test_rows_that_tell_less_stand_in_where_too_few_tell_all() -> None:
    rows, truth = sample(200, 2)
    rows[10:, 1] = np.nan
    model = calibrated(rows, truth)
    block = model.block(np.zeros((1, 2), dtype=np.float32))
    assert np.isfinite([block["lower"][0], block["upper"][0]]).all()


def test_too_few_rows_are_refused() -> None:
    model = calibrated(*sample(18, 3))
    with pytest.raises(InputError, match="confidence 0.9 is not possible; .* up to 0.8947, .* 18 "):
        model.block(np.zeros((1, 2), dtype=np.float32))


@pytest.mark.parametrize("confidence", [0.5, 0.8, 0.99])
def test_any_confidence_that_the_rows_allow_is_kept(confidence: float) -> None:
    inside = []
    for seed in range(40):
        model = calibrated(*sample(300, seed))
        rows, truth = sample(500, seed + 1000)
        block = model.block(rows, confidence=confidence)
        inside.append(((block["lower"] <= truth) & (truth <= block["upper"])).mean())
    assert np.mean(inside) == pytest.approx(confidence, abs=0.015)


@pytest.mark.parametrize("confidence", [0.0, -1.0, 0.9901, 1.0, float("nan")])
def test_a_confidence_beyond_the_rows_is_refused_with_what_is_possible(confidence: float) -> None:
    model = calibrated(*sample(199, 0))
    with pytest.raises(InputError, match="expected a number above 0 and up to 0.99,"):
        model.block(np.zeros((1, 2), dtype=np.float32), confidence=confidence)


def test_a_range_never_leaves_what_the_target_can_be() -> None:
    rows, truth = sample(300, 9)
    block = calibrated(rows, truth, contract(minimum=0.0)).block(rows)
    assert block["lower"].min() == block["prediction"].min() == 0
    assert calibrated(rows, truth, contract(minimum=-9.0)).block(rows)["lower"].min() < 0


def test_a_range_ends_with_the_data_unless_the_prediction_lies_beyond() -> None:
    rows, truth = sample(300, 9)
    asked = contract(minimum=-3.0, maximum=2.0)
    free, bound = (calibrated(rows, truth, c).block(rows) for c in (contract(), asked))
    inside = np.abs(free["prediction"] + 0.5) <= 2.5
    assert (free["upper"][inside] > 2).any()
    assert bound["lower"][inside].min() == -3
    assert bound["upper"][inside].max() == 2
    above = free["prediction"] > 2
    assert above.any()
    np.testing.assert_array_equal(bound["upper"][above], bound["prediction"][above])
    np.testing.assert_array_equal(bound["prediction"], free["prediction"])


def test_a_range_of_later_rows_may_go_beyond_the_data() -> None:
    rows, truth = sample(300, 9)
    asked = replace(contract(maximum=2.0), split=SplitColumn("time", "day"))
    assert calibrated(rows, truth, asked).block(rows)["upper"].max() > 3


def grouped(count: int, seed: int, shares: tuple[float, ...]) -> tuple[Rows, Floats]:
    """`b` is the group, from 0; the errors of each are three times those of the one before."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(count, 2)).astype(np.float32)
    rows[:, 1] = rng.choice(len(shares), count, p=shares)
    return rows, 2 * rows[:, 0] + 3.0 ** rows[:, 1] * rng.normal(size=count)


@pytest.mark.parametrize("masked", [[], [0]])
def test_each_group_is_covered_as_often_as_all(masked: list[int]) -> None:
    asked, shares = replace(contract(), coverage_groups="b"), (0.8, 0.2)
    inside: dict[int, list[bool]] = {0: [], 1: []}
    together: dict[int, list[bool]] = {0: [], 1: []}
    for seed in range(30):
        calibration, (rows, truth) = grouped(400, seed, shares), grouped(400, seed + 99, shares)
        group = rows[:, 1].astype(int)
        rows[:, masked] = np.nan
        for shown, contract_ in ((inside, asked), (together, contract())):
            block = calibrated(*calibration, contract_).block(rows)
            covered = (block["lower"] <= truth) & (truth <= block["upper"])
            for number in (0, 1):
                shown[number] += covered[group == number].tolist()
    assert all(0.885 < np.mean(share) < 0.93 for share in inside.values())
    assert np.mean(together[1]) < 0.8


def test_a_group_of_too_few_rows_and_an_unknown_one_are_calibrated_by_all() -> None:
    rows, truth = grouped(300, 0, (0.9, 0.1))
    rows[:12, 1] = 7
    model = calibrated(rows, truth, replace(contract(), coverage_groups="b"))
    plain = calibrated(rows, truth)
    for asked in ([0.5, 7], [0.5, 3], [0.5, np.nan]):
        row = np.array([asked], dtype=np.float32)
        assert model.block(row) == plain.block(row)
    own = np.array([[0.5, 1]], dtype=np.float32)
    assert model.block(own)["upper"] > 1.5 * plain.block(own)["upper"]


def test_groups_at_once_are_answered_as_one_by_one() -> None:
    asked = replace(contract(), coverage_groups="b")
    calibration, (rows, _) = grouped(300, 1, (0.5, 0.3, 0.2)), grouped(12, 2, (0.5, 0.3, 0.2))
    rows[::3, 0] = np.nan
    together = calibrated(*calibration, asked).block(rows)
    model = calibrated(*calibration, asked)
    for index in range(12):
        alone = model.block(rows[index : index + 1])
        assert {part: values[0] for part, values in alone.items()} == {
            part: values[index] for part, values in together.items()
        }


def test_each_class_of_each_group_is_in_its_set() -> None:
    """The group `b` turns the meaning of `a` half round, which the model does not know."""
    asked = contract("classification", classes=CLASSES, positive="yes")
    asked = replace(asked, coverage_groups="b")
    inside: list[bool] = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        rows = rng.normal(size=(900, 2)).astype(np.float32)
        rows[:, 1] = rng.random(900) < 0.3
        probability = np.where(rows[:, 1] == 1, 0.5, Logistic()(rows)[:, 1])
        truth = (rng.random(900) < probability).astype(float)
        sets = calibrated(rows[:500], truth[:500], asked, 5).block(rows[500:])["set"]
        special = rows[500:, 1] == 1
        inside += sets[np.arange(400), truth[500:].astype(int)][special].tolist()
    assert np.mean(inside) > 0.885


def test_only_scores_of_the_same_member_are_compared() -> None:
    """One member is surer of everything than the other; sets built on both still fit each."""
    asked = contract("classification", classes=CLASSES, positive="yes")

    class Uneven(Logistic):
        def __call__(self, inputs: Rows) -> Floats:
            return np.hstack([self.of_member(inputs, member) for member in range(2)])

        def of_member(self, inputs: Rows, member: int) -> Floats:
            logit = (1 + 4 * member) * np.nan_to_num(inputs[:, 0].astype(float))
            return np.column_stack([1 / (1 + np.exp(logit)), 1 / (1 + np.exp(-logit))])

    inside = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        rows = rng.normal(size=(800, 2)).astype(np.float32)
        truth = (rng.random(800) < Logistic()(rows)[:, 1]).astype(float)
        calibration = Calibration(rows[:400], truth[:400], np.arange(400) % 2)
        model = conformal(asked, calibration, ensemble(asked, Uneven(), 2))
        sets = model.block(rows[400:])["set"]
        inside.append(sets[np.arange(400), truth[400:].astype(int)].mean())
    assert 0.89 < np.mean(inside) < 0.93


def test_a_logarithmic_target_is_answered_in_its_own_unit() -> None:
    rows, learned = sample(300, 4)
    plain = calibrated(rows, learned).block(rows)
    unlogged = calibrated(rows, learned, contract(logarithmic=True)).block(rows)
    for part in ("prediction", "lower", "upper"):
        np.testing.assert_allclose(unlogged[part], np.exp(plain[part]))


@pytest.mark.parametrize("members", [1, 5])
@pytest.mark.parametrize("masked", [[], [0], [1]])
def test_each_class_is_in_its_set_nine_times_in_ten(masked: list[int], members: int) -> None:
    asked = contract("classification", classes=CLASSES, positive="yes")
    inside: dict[int, list[bool]] = {0: [], 1: []}
    for seed in range(40):
        rng = np.random.default_rng(seed)
        rows = rng.normal(-1, 1, size=(600, 2)).astype(np.float32)
        truth = (rng.random(600) < Logistic()(rows)[:, 1]).astype(float)
        model = calibrated(rows[:300], truth[:300], asked, members)
        test = rows[300:].copy()
        test[:, masked] = np.nan
        block = model.block(test)
        for row, actual in zip(block["set"], truth[300:].astype(int), strict=True):
            inside[actual].append(row[actual])
    assert all(np.mean(share) > 0.885 for share in inside.values())


def test_a_class_too_rare_to_calibrate_is_never_ruled_out() -> None:
    asked = contract("classification", classes=CLASSES, positive="yes")
    rows = np.full((100, 2), -9, dtype=np.float32)
    truth = np.zeros(100)
    truth[:8] = 1
    block = calibrated(rows, truth, asked).block(rows[:1])
    assert block["set"][0].tolist() == [True, True]
    assert block["label"][0] == 0


def test_the_threshold_decides_the_label() -> None:
    rows, _ = sample(200, 5)
    truth = (rows[:, 0] > 0).astype(float)
    half = np.zeros((1, 2), dtype=np.float32)  # a probability of exactly one half
    for threshold, label in ((0.5, 1), (0.6, 0), (None, 1)):
        asked = contract("classification", classes=CLASSES, positive="yes", threshold=threshold)
        assert calibrated(rows, truth, asked).block(half)["label"] == [label]


def test_many_subsets_at_once_are_answered_as_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    calibration, (rows, _) = sample(100, 7), sample(8, 8)
    rows[::2, 0] = np.nan
    rows[1::4, 1] = np.nan
    together = calibrated(*calibration).block(rows)
    two = 2 * (ENTRY_BYTES + 16)
    monkeypatch.setattr("Task2_model.quantile_cache.USUAL_BYTES", two)  # none is kept for long
    model = calibrated(*calibration)
    for index in [*range(8), *range(8)]:
        alone = model.block(rows[index : index + 1])
        assert {part: values[0] for part, values in alone.items()} == {
            part: values[index] for part, values in together.items()
        }


def test_calibration_survives_the_disk() -> None:
    before = Calibration(*sample(50, 6), np.arange(50) % 5)
    after = Calibration.from_bytes(before.to_bytes())
    np.testing.assert_array_equal(before.rows, after.rows)
    np.testing.assert_array_equal(before.outcomes, after.outcomes)
    np.testing.assert_array_equal(before.folds, after.folds)
