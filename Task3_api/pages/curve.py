"""How the answer goes with the main feature, while all else that was told stays as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from Task2_model.contract import Feature, Rows, Value
from Task3_api.predictor import Predictor, Record

POINTS = 96  # of a curve
BARS = 8  # of a category, the most frequent first

Numbers = tuple[float, ...]


@dataclass(frozen=True)
class Curve:
    """What would be answered for each of many values of the main feature.

    Attributes
    ----------
    values : tuple
        Of the feature: numbers that rise, or categories.
    middle : tuple of float
        The predictions, or the probabilities of the class `of`.
    lower, upper : tuple of float
        The ends of the ranges; empty for probabilities.
    of : str or int or None
        The class whose probability is meant; None for a regression.
    asked : float or str or None
        The value that was told; None where none was, or one that training never held.
    """

    feature: Feature
    values: tuple[float | str, ...]
    middle: Numbers
    lower: Numbers
    upper: Numbers
    of: str | int | None
    asked: Value


def curve(predictor: Predictor, record: Record, of: str | int | None = None) -> Curve:
    """The curve around one record; `of` names the class that its answer spoke of."""
    contract = predictor.contract
    feature = contract.by_name[contract.x]
    values = _values(feature, record.get(feature.name))
    rows = np.repeat(contract.encode([record]), len(values), axis=0)
    rows[:, contract.names.index(feature.name)] = [feature.encode(value) for value in values]
    asked = record.get(feature.name)
    asked = None if np.isnan(feature.encode(asked)) else asked
    if contract.task == "regression":
        ends = _ranges(predictor, rows)
        return Curve(feature, values, *ends, None, asked)
    target = contract.target
    of = target.values[target.classes.index(target.positive)] if target.positive else of
    of = target.values[0] if of is None else of
    chances = predictor.raw_predict(rows)[:, target.values.index(of)]
    return Curve(feature, values, tuple(chances.tolist()), (), (), of, asked)


def _values(feature: Feature, asked: Value) -> tuple[float | str, ...]:
    """The values at which the model is asked; what was told is among the categories."""
    if feature.kind == "category":
        shown = feature.categories[:BARS]
        known = isinstance(asked, str) and asked in feature.codes and asked not in shown
        return (*shown[: BARS - 1], str(asked)) if known else shown
    grid = np.linspace(feature.minimum or 0, feature.maximum or 0, POINTS)
    return tuple(np.unique(grid.round() if feature.kind == "integer" else grid).tolist())


def _ranges(predictor: Predictor, rows: Rows) -> tuple[Numbers, Numbers, Numbers]:
    block: dict[str, Any] = predictor.block(rows)
    middle, lower, upper = (block[part].tolist() for part in ("prediction", "lower", "upper"))
    return tuple(middle), tuple(lower), tuple(upper)
