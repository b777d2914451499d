"""A small CSV that a model can answer, for people to start from."""

from __future__ import annotations

import csv
import io

import numpy as np

from Task2_model.contract import Contract, Feature, Rows

ROWS = 6
QUANTILES = (0.5, 0.2, 0.7, 0.35, 0.85)  # of a feature, a row each
CATEGORIES = 4  # that take turns


def example_csv(contract: Contract, calibration: Rows) -> str:
    """Rows made of values that calibration rows (n, features) have; the last gives `x` alone."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    features = sorted(contract.features, key=lambda feature: feature.name != contract.x)
    writer.writerow(feature.name for feature in features)
    columns = {name: calibration[:, index] for name, index in contract.indices.items()}
    for index in range(ROWS - 1):
        writer.writerow(_example(feature, columns[feature.name], index) for feature in features)
    first = _example(features[0], columns[features[0].name], 0)
    writer.writerow([first, *[""] * (len(features) - 1)])
    return buffer.getvalue()


def _example(feature: Feature, column: Rows, index: int) -> str:
    """A value of training, another one for each row: nobody has 2.38 bathrooms."""
    if feature.kind == "category":
        return _example_category(feature, index)
    known = column[~np.isnan(column)]
    if not len(known):
        return ""
    value = np.quantile(known, QUANTILES[index % len(QUANTILES)], method="inverted_cdf")
    return np.format_float_positional(value, trim="-")


def _example_category(feature: Feature, index: int) -> str:
    """One of the frequent categories that no spreadsheet alters; empty where there is none."""
    unaltered = [text for text in feature.categories[:40] if text[:1].isalnum()][:CATEGORIES]
    return unaltered[index % len(unaltered)] if unaltered else ""
