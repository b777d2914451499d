"""How wrong predictions are: the same few figures for every model.

Regression: `error` is the mean absolute error, `rmse` the root of the mean squared one.
Classification: `error` is the logarithmic loss in nats, `auc` the area under the ROC curve (of more
than two classes the mean over one against the others), and `bins` what the calibration of the
probabilities is seen from.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import psutil
from sklearn.metrics import log_loss, roc_auc_score

BINS = 10
LEAST = 1e-6  # no probability is taken to be less, so that a single row cannot decide

Floats = npt.NDArray[np.float64]
Score = dict[str, Any]


def regression_score(prediction: Floats, truth: Floats) -> Score:
    """Of predictions (n,) beside what was true (n,)."""
    errors = np.asarray(prediction) - truth
    return {"error": float(np.abs(errors).mean()), "rmse": float(np.sqrt((errors**2).mean()))}


def class_score(probabilities: Floats, truth: npt.NDArray[Any]) -> Score:
    """Of the probabilities (n, classes) beside the indices (n,) of what was true."""
    classes = np.arange(probabilities.shape[1])
    clipped = np.clip(probabilities, LEAST, 1)
    clipped /= clipped.sum(axis=1, keepdims=True)
    binary = len(classes) == 2
    scored = clipped[:, 1] if binary else clipped
    return {
        "error": float(log_loss(truth, clipped, labels=classes)),
        "auc": float(roc_auc_score(truth, scored, multi_class="ovr", labels=classes)),
        "bins": [_bins(clipped[:, index], truth == index) for index in classes],
    }


def processor_seconds() -> float:
    """What this process and its children have taken of the cores, whoever else is using them."""
    process = psutil.Process()
    alive = [process, *process.children(recursive=True)]  # those that ended are in their parents'
    return sum(sum(each.cpu_times()[:4]) for each in alive)  # user and system, own and children's


def _bins(probability: Floats, happened: npt.NDArray[np.bool_]) -> list[list[float]]:
    """For each tenth of the probabilities: rows, sum of the probabilities, how many came true."""
    of_row = np.minimum((probability * BINS).astype(int), BINS - 1)
    sums = [np.bincount(of_row, w, BINS) for w in (None, probability, happened)]
    return [list(map(float, row)) for row in np.column_stack(sums)]


def calibration_error(scores: Iterable[Score]) -> float:
    """The expected calibration error over the rows of several test sets.

    The distance between probability and frequency in each of ten bins of equal width, weighted by
    their rows, and the mean of that over the classes (Kull et al., NeurIPS 2019, classwise ECE).
    """
    rows, probability, happened = np.sum([s["bins"] for s in scores], axis=0).transpose(2, 0, 1)
    return float((np.abs(probability - happened).sum(axis=1) / rows.sum(axis=1)).mean())
