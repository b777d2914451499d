"""Intervals and sets that cover as often as they say, whatever is given.

A model's raw outputs become an answer with a confidence: "in 90 of 100 such cases the truth lies
inside", where "such cases" are those that give the same features. For a request that gives the
subset S of the features, everything outside S is masked in the calibration rows too, and each is
answered by the member of the ensemble that never saw it. The errors there set the width:
mask-conditional calibration, CP-MDA-Exact of Zaffran, Dieuleveut, Josse and Romano, "Conformal
Prediction with Missing Values" (ICML 2023), with the out-of-fold errors of CV+ (Barber, Candès,
Ramdas and Tibshirani, "Predictive inference with the jackknife+", Annals of Statistics 2021).
It is assumed that which features are given does not depend on the answer.

Where the contract names a feature whose groups are to be covered alike, a request that gives it is
calibrated by the rows of its own group alone: Mondrian conformal prediction (Vovk, Gammerman and
Shafer, "Algorithmic Learning in a Random World", 2005, section 4.5). Where these are too few for
the confidence, the rows of all groups stand in.

The server imports this module, so it needs nothing but NumPy.
"""

from __future__ import annotations

import io
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt

from Task1_database.errors import ConfidenceError
from Task2_model.contract import Contract, Floats, Indices, Rows
from Task2_model.ensemble import Ensemble
from Task2_model.quantile_cache import Key, QuantileCache

Block = dict[str, npt.NDArray[Any]]  # one array of length n for each part of the answer

ROWS_AT_ONCE = 10_000  # for which the model is asked at once while it is calibrated


@dataclass(frozen=True)
class Calibration:
    """Rows with what really happened, each to be answered by a member that never saw it.

    Attributes
    ----------
    rows : float32 array, shape (n, features)
    outcomes : float64 array, shape (n,)
        The target as the model learns it: its value, its logarithm, or the index of the class.
    folds : int array, shape (n,)
        The member that answers each.
    """

    rows: Rows
    outcomes: Floats
    folds: Indices

    def subset(self, kept: npt.NDArray[np.bool_]) -> Calibration:
        """Some of the rows."""
        return Calibration(self.rows[kept], self.outcomes[kept], self.folds[kept])

    def to_bytes(self) -> bytes:
        """All arrays in NumPy's own format, without pickle."""
        buffer = io.BytesIO()
        np.savez(buffer, **asdict(self))
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Calibration:
        """What `to_bytes` wrote."""
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return cls(arrays["rows"], arrays["outcomes"], arrays["folds"])


class Conformal(ABC):
    """A model's raw outputs, turned into answers with a confidence.

    Parameters
    ----------
    contract : Contract
        Says the task, the usual confidence and how the target was transformed.
    calibration : Calibration
    ensemble : Ensemble
        The members, run by scikit-learn or in an exported form.

    Attributes
    ----------
    highest_confidence : float
        The most that can be said with as many calibration rows as there are.
    """

    def __init__(self, contract: Contract, calibration: Calibration, ensemble: Ensemble) -> None:
        self.contract = contract
        self.calibration = calibration
        self.ensemble = ensemble
        self._known = ~np.isnan(calibration.rows)
        name = contract.coverage_groups
        self._group_column = contract.indices[name] if name else None
        self._groups = np.empty(0, dtype=np.float32)
        if self._group_column is not None:
            values = np.unique(calibration.rows[:, self._group_column])
            self._groups = values[~np.isnan(values)]
        self._cache = QuantileCache(contract.confidence)
        self.highest_confidence = self._highest_confidence()

    def block(self, rows: Rows, *, confidence: float | None = None) -> Block:
        """The answers to rows (n, features), as arrays of length n.

        Raises ConfidenceError where so few rows calibrate that they cannot give this confidence.
        """
        level = self.contract.confidence if confidence is None else confidence
        self.check(level)
        raw, quantiles = self._raw(rows), self._quantiles(rows, level)
        return self._point(self._answer(raw)) | self._prediction_set(raw, *quantiles)

    def for_subset(self, row: Rows, confidence: float | None = None) -> Callable[[Floats], Block]:
        """What makes answers of raw outputs by the quantiles of the subset that `row` gives.

        `row` has shape (1, features); the raw outputs are the ensemble's, of its members for
        classification.
        """
        level = self.contract.confidence if confidence is None else confidence
        quantiles, _ = self._quantiles(row, level)
        return lambda raw: (
            self._point(self._answer(raw)) | self._prediction_set(raw, quantiles, None)
        )

    def point(self, rows: Rows) -> Block:
        """The answers without their interval or set, which need no calibration."""
        return self._point(self.ensemble(rows))

    def check(self, confidence: float) -> None:
        """Raise a ConfidenceError where the calibration rows are too few for this confidence."""
        if not self.allows(confidence):
            raise ConfidenceError(
                f"confidence {confidence:g} is not possible; expected a number above 0 and up to "
                f"{np.floor(self.highest_confidence * 1e4) / 1e4:g}, which is what "
                f"{len(self.calibration.rows):,} calibration rows allow"
            )

    def out_of_fold(self, rows: Rows) -> Block:
        """The answers to the calibration rows, or to masked copies of them (n, features).

        Each comes from the member that never saw it, without an interval or set.
        """
        return self._point(self.ensemble.of_folds(rows, self.calibration.folds))

    def allows(self, confidence: float) -> bool:
        """Whether the calibration rows are enough for this confidence."""
        return 0 < confidence <= self.highest_confidence

    @abstractmethod
    def _highest_confidence(self) -> float:
        """The most that can be said with as many calibration rows as there are."""

    @abstractmethod
    def _raw(self, rows: Rows) -> Floats:
        """What the interval or set is made of: raw outputs, of all members where it takes these."""

    @abstractmethod
    def _answer(self, raw: Floats) -> Floats:
        """The raw outputs (n, outputs) of all members together."""

    def is_calibrated(self, rows: Rows, confidence: float | None = None) -> bool:
        """Whether the quantiles of one row (1, features) at this confidence are known."""
        level = self.contract.confidence if confidence is None else confidence
        return self._cache.get((self._conditions(rows)[0].tobytes(), level)) is not None

    @abstractmethod
    def _point(self, raw: Floats) -> Block:
        """Raw outputs (n, outputs) as answers without a confidence."""

    @abstractmethod
    def _prediction_set(self, raw: Floats, quantiles: Floats, of_row: Indices | None) -> Block:
        """The interval or set, from raw outputs and the quantiles of each subset.

        `of_row` (n,) says which of the quantiles are a row's; None where all have the first.
        """

    @abstractmethod
    def _scores_to_quantiles(
        self, raw: Floats, rows: npt.NDArray[np.bool_], confidence: float
    ) -> Floats | None:
        """The quantiles that some calibration rows give, from their raw outputs.

        None where they are too few to give any.
        """

    def _quantiles(self, rows: Rows, confidence: float) -> tuple[Floats, Indices | None]:
        """The quantiles of each condition that rows meet, and which of them are each row's."""
        packed = self._conditions(rows)
        if len(rows) == 1 or (packed == packed[0]).all():
            key = packed[0].tobytes(), confidence
            cached = self._cache.get(key)
            quantiles = self._quantiles_of([key])[0] if cached is None else cached
            return quantiles[np.newaxis], None
        conditions: list[bytes] = packed.view(f"V{packed.shape[1]}").ravel().tolist()
        indices = {condition: index for index, condition in enumerate(dict.fromkeys(conditions))}
        each = self._quantiles_of([(condition, confidence) for condition in indices])
        return np.array(each), np.array([indices[condition] for condition in conditions])

    def _conditions(self, rows: Rows) -> npt.NDArray[np.uint8]:
        """What must be alike for calibration rows to count: (n, bytes).

        The bits of the features that are given; then, where groups are covered alike, the number
        of the group, from 1, or 0 where it is missing or unknown.
        """
        packed = np.packbits(~np.isnan(rows), axis=1)
        if self._group_column is None:
            return packed
        column = rows[:, self._group_column]
        number = np.searchsorted(self._groups, column) + 1
        number[~np.isin(column, self._groups)] = 0
        return np.column_stack([packed, number.astype(np.uint8)])

    def _quantiles_of(self, keys: list[Key]) -> list[Floats]:
        kept = {key: kept for key in keys if (kept := self._cache.get(key)) is not None}
        new = sorted(set(keys) - kept.keys())
        made = dict(zip(new, self._calibrate(new), strict=True))
        for key, quantiles in made.items():
            self._cache.put(key, quantiles)
        every = kept | made
        return [every[key] for key in keys]

    def _calibrate(self, keys: list[Key]) -> Iterator[Floats]:
        """The quantiles of sorted keys: what is outside a subset is masked in calibration, too.

        Copies of one row stand side by side, in the order of the subsets, because trees answer
        like after like the fastest.
        """
        rows, folds = self.calibration.rows, self.calibration.folds
        packed_bytes = -(-rows.shape[1] // 8)
        by_subset = [
            (np.frombuffer(subset, np.uint8), [*same])
            for subset, same in groupby(keys, key=lambda key: key[0][:packed_bytes])
        ]
        at_once = max(1, ROWS_AT_ONCE // len(rows))
        for begin in range(0, len(by_subset), at_once):
            some = by_subset[begin : begin + at_once]
            packed = [subset for subset, _ in some]
            given = np.unpackbits(packed, axis=1, count=rows.shape[1]).astype(bool)
            masked = np.where(given, rows[:, None], np.float32(np.nan))  # (rows, subsets, features)
            raw = self.ensemble.of_folds(
                masked.reshape(-1, rows.shape[1]), np.repeat(folds, len(given))
            ).reshape(*masked.shape[:2], -1)
            complete = (self._known[:, None] | ~given).all(axis=2)
            for index, (_, same) in enumerate(some):
                for condition, confidence in same:
                    group = self._in_group(condition[packed_bytes:])
                    yield self._quantiles_from(raw[:, index], complete[:, index], group, confidence)

    def _in_group(self, number: bytes) -> npt.NDArray[np.bool_]:
        """Which calibration rows are of a group; all of them where there is none."""
        if self._group_column is None or not number[0]:
            return np.ones(len(self.calibration.rows), dtype=bool)
        column = self.calibration.rows[:, self._group_column]
        return np.asarray(column == self._groups[number[0] - 1])

    def _quantiles_from(
        self,
        raw: Floats,
        complete: npt.NDArray[np.bool_],
        group: npt.NDArray[np.bool_],
        confidence: float,
    ) -> Floats:
        """Of the group's rows that give all of the subset, or of more where these are too few.

        The other groups stand in first, then rows that give only part of the subset.
        """
        for rows in (complete & group, complete, np.ones_like(complete)):
            quantiles = self._scores_to_quantiles(raw, rows, confidence)
            if quantiles is not None:
                return quantiles
        raise ValueError(f"{len(complete)} calibration rows are too few")


class ConformalRegressor(Conformal):
    """An interval around each prediction.

    The raw outputs are a location and the logarithm of a scale. The out-of-fold errors of the
    calibration rows, in units of their scale, give the interval's two ends, each missed by half
    of what the confidence leaves (Lei, G'Sell, Rinaldo, Tibshirani and Wasserman, JASA 2018,
    section 5.2; the ends apart as in Romano, Patterson and Candès, NeurIPS 2019, theorem 2).

    No end lies beyond all values of the data, unless the prediction does: of n exchangeable rows
    and one more, that one is beyond the others with a probability of 2 / (n + 1) at most. Later
    rows are not exchangeable with those before, so of rows split in time no end is moved.
    """

    def __init__(self, contract: Contract, calibration: Calibration, ensemble: Ensemble) -> None:
        super().__init__(contract, calibration, ensemble)
        target, in_time = contract.target, contract.split and contract.split.kind == "time"
        self._least = -np.inf if in_time or target.minimum is None else target.minimum
        self._largest = np.inf if in_time or target.maximum is None else target.maximum

    def _highest_confidence(self) -> float:
        """Both ends must be among the errors."""
        count = len(self.calibration.rows)
        return (count - 1) / (count + 1)

    def _raw(self, rows: Rows) -> Floats:
        return self.ensemble(rows)

    def _answer(self, raw: Floats) -> Floats:
        return raw

    def _point(self, raw: Floats) -> Block:
        return {"prediction": self._amount(raw[:, 0])}

    def _prediction_set(self, raw: Floats, quantiles: Floats, of_row: Indices | None) -> Block:
        quantiles = quantiles if of_row is None else quantiles[of_row]
        ends = self._amount(raw[:, :1] + quantiles * np.exp(raw[:, 1:]))
        prediction = self._amount(raw[:, 0])
        return {
            "lower": np.maximum(ends[:, 0], np.minimum(prediction, self._least)),
            "upper": np.minimum(ends[:, 1], np.maximum(prediction, self._largest)),
        }

    def _amount(self, learned: Floats) -> Floats:
        """In the unit of the target, and nothing below 0 where no row ever was."""
        target = self.contract.target
        if target.logarithmic:
            return np.exp(learned)
        if target.minimum is not None and target.minimum >= 0:
            return np.maximum(learned, 0.0)
        return learned

    def _scores_to_quantiles(
        self, raw: Floats, rows: npt.NDArray[np.bool_], confidence: float
    ) -> Floats | None:
        outcomes, own = self.calibration.outcomes[rows], raw[rows]
        scores = np.sort((outcomes - own[:, 0]) / np.exp(own[:, 1]))
        rank = rank_at_least((1 + confidence) / 2, len(scores))
        if rank > len(scores):
            return None
        return np.array([scores[len(scores) - rank], scores[rank - 1]])


class ConformalClassifier(Conformal):
    """A set of the classes that cannot be ruled out.

    The raw outputs are a probability for each class. A class stays if enough of its calibration
    rows, scored by their own fold's member, are no likelier to be of it than this row is, scored
    by the same member: more than 1 - confidence of them. Each class is judged by its own rows, so
    rare ones are covered as often as common ones (label-conditional: Vovk, Gammerman and Shafer,
    "Algorithmic Learning in a Random World", 2005, section 4.5). A class with too few
    calibration rows is never ruled out.
    """

    def _highest_confidence(self) -> float:
        """At least one class must be possible to rule out."""
        most = np.bincount(self.calibration.outcomes.astype(np.intp), minlength=1).max()
        return float(most / (most + 1))

    def _raw(self, rows: Rows) -> Floats:
        return self.ensemble.members(rows)

    def _answer(self, raw: Floats) -> Floats:
        return self.ensemble.together(raw)

    def _point(self, raw: Floats) -> Block:
        best = raw.argmax(axis=1)
        target = self.contract.target
        if target.positive:
            positive = target.classes.index(target.positive)
            probability = raw[:, positive]
            label = np.where(probability >= (target.threshold or 0.5), positive, 1 - positive)
        else:
            label, probability = best, raw.max(axis=1)
        return {"label": label, "probability": probability, "probabilities": raw}

    def _prediction_set(self, raw: Floats, quantiles: Floats, of_row: Indices | None) -> Block:
        possible = np.empty((len(raw), raw.shape[2]), dtype=bool)
        for index, of_subset in enumerate(quantiles):
            rows = slice(None) if of_row is None else of_row == index
            possible[rows] = _possible(raw[rows], of_subset)
        empty = np.flatnonzero(~possible.any(axis=1))
        likeliest = self.ensemble.together(raw[empty]).argmax(axis=1)
        possible[empty, likeliest] = True  # a set is never empty
        return {"set": possible}

    def _scores_to_quantiles(
        self, raw: Floats, rows: npt.NDArray[np.bool_], confidence: float
    ) -> Floats | None:
        """For each class and member the lowest scores (classes, members, 1 + needed).

        The first number is how many scores must be no higher for the class to stay; the scores
        beyond what could decide that are left out, and infinite ones fill the array.
        """
        outcomes, folds = self.calibration.outcomes.astype(np.intp), self.calibration.folds
        members, classes = len(self.ensemble.weights), raw.shape[1]
        needed = _needed(outcomes[rows], classes, confidence)
        if not any(needed) and not rows.all():
            return None
        longest = max(_needed(outcomes, classes, confidence))  # the same for every subset
        quantiles = np.full((classes, members, 1 + longest), np.inf)
        for index, least in enumerate(needed):
            quantiles[index, :, 0] = least
            for member in range(members):
                own = raw[rows & (outcomes == index) & (folds == member), index]
                lowest = np.sort(own)[:least]
                quantiles[index, member, 1 : 1 + len(lowest)] = lowest
        return quantiles


def _needed(outcomes: Indices, classes: int, confidence: float) -> list[int]:
    """For each class of calibration rows how many scores must be no higher for it to stay."""
    counts = np.bincount(outcomes, minlength=classes).tolist()
    return [count + 1 - rank_at_least(confidence, count) for count in counts]


def _possible(members: Floats, quantiles: Floats) -> npt.NDArray[np.bool_]:
    """Which classes stay (n, classes), from probabilities (n, members, classes).

    `quantiles` are those of one subset: see `ConformalClassifier._scores_to_quantiles`.
    """
    if len(members) == 1:
        as_low = quantiles[:, :, 1:] <= members[0].T[:, :, None]
        no_higher = np.count_nonzero(as_low.reshape(len(quantiles), -1), axis=1)
        return np.asarray(no_higher >= quantiles[:, 0, 0])[np.newaxis]
    no_higher = np.zeros((len(members), len(quantiles)), dtype=np.intp)
    for index, of_class in enumerate(quantiles):
        for member, scores in enumerate(of_class[:, 1:]):
            no_higher[:, index] += scores.searchsorted(members[:, member, index], "right")
    return np.asarray(no_higher >= quantiles[:, 0, 0])


def rank_at_least(share: float, count: int) -> int:
    """The rank, from 1, of the finite-sample quantile of `count` exchangeable scores.

    It exceeds `count` where they are too few for any of them to be the quantile.
    """
    return int(np.ceil(share * (count + 1) - 1e-9))  # 0.9 * 10 is 9, not a hair more


def conformal(contract: Contract, calibration: Calibration, ensemble: Ensemble) -> Conformal:
    """The calibrated form of a model, by the contract's task."""
    kind = ConformalRegressor if contract.task == "regression" else ConformalClassifier
    return kind(contract, calibration, ensemble)
