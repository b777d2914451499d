"""A small CSV that a model can answer, for people to start from."""

from __future__ import annotations

import csv
import io

from Task2_model.contract import Contract, Rows
from Task3_api.example_values import example_value

ROWS = 6


def example_csv(contract: Contract, calibration: Rows) -> str:
    """Rows made of values that calibration rows (n, features) have; the last gives `x` alone."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    features = sorted(contract.features, key=lambda feature: feature.name != contract.x)
    writer.writerow(feature.name for feature in features)
    columns = {name: calibration[:, index] for name, index in contract.indices.items()}
    for index in range(ROWS - 1):
        writer.writerow(
            example_value(feature, columns[feature.name], index) for feature in features
        )
    first = example_value(features[0], columns[features[0].name], 0)
    writer.writerow([first, *[""] * (len(features) - 1)])
    return buffer.getvalue()
