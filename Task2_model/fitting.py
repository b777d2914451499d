"""One estimator, fitted: stopped in time where it can be, and as exact as its exported form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.pipeline import Pipeline, make_pipeline

from Task2_model.contract import Floats, Rows

BOOSTED = (HistGradientBoostingRegressor, HistGradientBoostingClassifier)


def fit(
    features: Any | None,
    estimator: Any,
    rows: Rows,
    target: Floats,
    stop: tuple[Rows, Floats] | None = None,
) -> Any:
    """The estimator, or a pipeline of it behind `features`, fitted to rows (n, features).

    Boosted trees that are made with `early_stopping` watch their loss on the rows `stop`.
    """
    if features is not None:
        rows = features.fit_transform(rows, target)
    rows = fill_empty(rows)
    if stops_early(estimator) and stop is not None:
        watched = stop[0] if features is None else features.transform(stop[0])
        estimator.fit(rows, target, X_val=watched, y_val=stop[1])
    else:
        estimator.fit(rows, target)
    return in_float32(estimator if features is None else make_pipeline(features, estimator))


def fill_empty(rows: Any) -> Any:
    """Rows whose columns without any value are 0 instead, a constant that no tree splits on.

    scikit-learn cannot cut such a column into bins.
    """
    if not isinstance(rows, np.ndarray):  # a transformer's sparse matrix has no gaps
        return rows
    empty = np.isnan(rows).all(axis=0)
    return np.where(empty, np.float32(0), rows) if empty.any() else rows


def stops_early(estimator: Any) -> bool:
    """Whether the number of its trees is chosen by rows that it does not learn from."""
    return isinstance(estimator, BOOSTED) and estimator.early_stopping is True


def last_step(estimator: Any) -> Any:
    """The estimator itself, without the features ahead of it."""
    return estimator[-1] if isinstance(estimator, Pipeline) else estimator


def tree_counts(estimators: Sequence[Any]) -> list[int]:
    """How many trees each fold's estimator keeps: as the others' watched rows would have it.

    The rows that stop a fold's model judge it, too, so they do not choose. Of a single one they
    do: its judges are other rows.
    """
    curves = [-last_step(estimator).validation_score_ for estimator in estimators]
    longest = max(map(len, curves))
    losses = np.array([np.pad(curve, (0, longest - len(curve)), "edge") for curve in curves])
    total = losses.sum(axis=0)
    others = [total - own if len(curves) > 1 else total for own in losses]
    return [max(1, min(len(c) - 1, int(o.argmin()))) for c, o in zip(curves, others, strict=True)]


def truncate(estimator: Any, count: int) -> Any:
    """Boosted trees with only the first `count` of them left."""
    last = last_step(estimator)
    last._predictors = last._predictors[:count]
    return estimator


def in_float32(estimator: Any) -> Any:
    """A fitted estimator whose trees split where their exported forms will: at float32 thresholds.

    scikit-learn splits half way between two values, in float64. Rounded to float32 as ONNX does,
    that may land on the upper value, which would then go the other way. Rounded down it never
    does, and no float32 row is sent elsewhere than before.
    """
    for tree in (t for trees in getattr(last_step(estimator), "_predictors", []) for t in trees):
        exact = tree.nodes["num_threshold"]
        near = exact.astype(np.float32)
        down = np.where(near > exact, np.nextafter(near, np.float32(-np.inf)), near)
        tree.nodes["num_threshold"] = down
    return estimator
