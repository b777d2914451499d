"""Prediction sets: the classes that cannot be ruled out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from Task2_model.contract import Floats, Indices, Rows
from Task2_model.mask_conditional import Block, Conformal, rank_at_least


class ConformalClassifier(Conformal):
    """A set of the classes that cannot be ruled out.

    The raw outputs are a probability for each class. A class stays if enough of its calibration
    rows, scored by their own fold's member, are no likelier to be of it than this row is, scored
    by the same member: more than 1 - confidence of them. Each class has its own rows, so
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
