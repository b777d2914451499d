"""How the answer goes with the main feature, while all other given features stay as they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from Task2_model.contract import Feature, Rows, Value
from Task3_api.predictor import Predictor
from Task3_api.record_encoder import Record

POINTS = 96  # of a curve
BARS = 8  # of a category, the most frequent first

Numbers = tuple[float, ...]


@dataclass(frozen=True)
class Curve:
    """What would be answered for each of many values of the main feature."""

    feature: Feature
    values: tuple[float | str, ...]  # of the feature: numbers that rise, or categories
    middle: Numbers  # the predictions, or the probabilities of the class `probability_of`
    # the ends of the intervals; empty for probabilities
    lower: Numbers
    upper: Numbers
    probability_of: str | int | None  # the class whose probability is meant; None for a regression
    given: Value  # the value that was given; None where none was, or one that training never held


def curve(
    predictor: Predictor,
    record: Record,
    probability_of: str | int | None = None,
    confidence: float | None = None,
) -> Curve:
    """The curve around one record; `probability_of` names the class that its answer spoke of."""
    contract = predictor.contract
    feature = contract.by_name[contract.x]
    given = record.get(feature.name)
    values = _values(feature, given)
    rows = np.repeat(contract.encode([record]), len(values), axis=0)
    rows[:, contract.indices[feature.name]] = [feature.encode(value) for value in values]
    given = None if np.isnan(feature.encode(given)) else given
    if contract.task == "regression":
        return Curve(feature, values, *_intervals(predictor, rows, confidence), None, given)
    target = contract.target
    label = target.values[0] if probability_of is None else probability_of
    if target.positive:
        label = target.values[target.classes.index(target.positive)]
    probabilities = predictor.raw_predict(rows)[:, target.values.index(label)]
    return Curve(feature, values, tuple(probabilities.tolist()), (), (), label, given)


def _values(feature: Feature, given: Value) -> tuple[float | str, ...]:
    """The values at which the model is asked; a category that was given is among them."""
    if feature.kind == "category":
        frequent = feature.categories[:BARS]
        rarer = isinstance(given, str) and given in feature.codes and given not in frequent
        return (*frequent[: BARS - 1], str(given)) if rarer else frequent
    grid = np.linspace(feature.minimum or 0, feature.maximum or 0, POINTS)
    return tuple(np.unique(grid.round() if feature.kind == "integer" else grid).tolist())


def _intervals(
    predictor: Predictor, rows: Rows, confidence: float | None
) -> tuple[Numbers, Numbers, Numbers]:
    block = predictor.block(rows, confidence=confidence)
    middle, lower, upper = (block[part].tolist() for part in ("prediction", "lower", "upper"))
    return tuple(middle), tuple(lower), tuple(upper)
