"""Tablecast's own scores: its default model, fitted on the rows to learn from, as a user gets it.

One fitted model is asked with everything given, with `x` alone and with thirty random subsets.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.accuracy.scores import Score, class_score, processor_seconds, regression_score
from benchmarks.accuracy.tables import Reading, Split
from benchmarks.coverage import subsets

Block = dict[str, npt.NDArray[Any]]


def own_score(reading: Reading, split: Split) -> Score:
    """Fit, and evaluate with everything given.

    `coverage`, and `width` (the median of the intervals, or the mean size of the sets), are of
    everything given; `x` and `random` hold the figures of `x` alone and of the random subsets.
    """
    study = reading.study
    begun = processor_seconds()
    model = study.model(study.contract, seed=split.seed)
    model.fit(study.rows[split.train], study.outcomes[split.train])
    seconds = processor_seconds() - begun
    rows, truth = study.rows[split.test], study.outcomes[split.test]
    whole, x_only, *random = (
        subset_score(model.predict(np.where(given, rows, np.float32(np.nan))), truth)
        for given in subsets(rows.shape[1]).values()
    )
    return {**whole, "processor": seconds, "x": brief([x_only]), "random": brief(random)}


def subset_score(block: Block, truth: npt.NDArray[Any]) -> Score:
    """The score of the answers to one subset of the features, with coverage and width."""
    if "set" in block:
        score = class_score(block["probabilities"], truth)
        covered, width = block["set"][np.arange(len(truth)), truth], block["set"].sum(axis=1).mean()
    else:
        score = regression_score(block["prediction"], truth)
        covered = (block["lower"] <= truth) & (truth <= block["upper"])
        width = np.median(block["upper"] - block["lower"])
    return {**score, "coverage": float(covered.mean()), "width": float(width)}


def brief(scores: Sequence[Score]) -> Score:
    """Several subsets in one: geometric means of error and width, mean and least coverage."""
    coverage = [score["coverage"] for score in scores]
    return {
        "error": geometric_mean([score["error"] for score in scores]),
        "width": geometric_mean([score["width"] for score in scores]),
        "coverage": float(np.mean(coverage)),
        "least_coverage": min(coverage),
    }


def geometric_mean(values: Sequence[float]) -> float:
    """Of positive numbers: the ratio of two of them is the geometric mean of the ratios."""
    return float(np.exp(np.log(values).mean()))
