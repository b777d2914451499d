"""A small CSV that a model can answer, for people to start from."""

from __future__ import annotations

import csv
import io

from Task2_model.contract import Contract, Feature

ROWS = 6
SHARES = (0, -0.4, 0.15, -0.2, 0.3)  # of the way from the median to an end of the range
CATEGORIES = 4  # that take turns


def example_csv(contract: Contract) -> str:
    """Rows made of what training saw; the last gives the main feature alone."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    features = sorted(contract.features, key=lambda feature: feature.name != contract.x)
    writer.writerow(feature.name for feature in features)
    for index in range(ROWS - 1):
        writer.writerow(_example(feature, index) for feature in features)
    writer.writerow([_example(features[0], 0), *[""] * (len(features) - 1)])
    return buffer.getvalue()


def _example(feature: Feature, index: int) -> str:
    """A value of training, another one for each row."""
    if feature.kind == "category":
        return _example_category(feature, index)
    low, middle, high = (edge or 0 for edge in (feature.minimum, feature.median, feature.maximum))
    share = SHARES[index % len(SHARES)]
    value = middle + share * ((high - middle) if share > 0 else (middle - low))
    if feature.kind == "integer":
        return str(round(value))
    rounded = float(f"{value:.3g}")
    return f"{rounded:.15g}" if low <= rounded <= high else repr(middle)


def _example_category(feature: Feature, index: int) -> str:
    """One of the frequent categories that no spreadsheet alters; empty where there is none."""
    unaltered = [text for text in feature.categories[:40] if text[:1].isalnum()][:CATEGORIES]
    return unaltered[index % len(unaltered)] if unaltered else ""
