"""Why rows are answered as they are: the features that contribute most, as columns.

The explainer is asked row by row, which takes it about a tenth of a second each where many features
are given: the rows of a file with reasons are bounded.
"""

from __future__ import annotations

import numpy as np

from Task1_database.errors import InputError
from Task2_model.contract import Contract, Feature, Rows, Value
from Task3_api.explain import Explainer

MAX_REASONS = 10  # a row
MAX_ROWS = 500  # which take about a minute
AT_ONCE = 20  # rows, so that an answer on its way is never silent for long

Column = list[str]


class RowReasons:
    """The largest contributions to the answers of rows.

    Parameters
    ----------
    explainer : Explainer
    contract : Contract
    count : int
        How many contributions a row gets, at most.
    """

    def __init__(self, explainer: Explainer, contract: Contract, count: int) -> None:
        self._explainer = explainer
        self._features = contract.features
        self._part = "prediction" if contract.task == "regression" else "probability"
        self.count = count

    def columns(self, rows: Rows) -> list[Column]:
        """For rows (n, features) `count` pairs of columns: a feature, and what it contributes."""
        reasons = [self._reasons(row) for row in rows]
        return [list(column) for column in zip(*reasons, strict=True)]

    def _reasons(self, row: Rows) -> list[str]:
        record = {
            feature.name: _decoded(feature, float(row[index]))
            for index, feature in enumerate(self._features)
            if not np.isnan(row[index])
        }
        largest = self._explainer.contributions(record)["contributions"][: self.count]
        cells = [text for one in largest for text in (one["feature"], f"{one[self._part]:.15g}")]
        return [*cells, *[""] * (2 * self.count - len(cells))]


def reason_columns(count: int) -> tuple[str, ...]:
    """The names of the columns."""
    return tuple(f"{part}_{n + 1}" for n in range(count) for part in ("reason", "contribution"))


def check_row_count(rows: int) -> None:
    """Raise an InputError where reasons for so many rows would take too long."""
    if rows > MAX_ROWS:
        problem = f"reasons are given for {MAX_ROWS:,} rows at most, and the file has {rows:,}"
        raise InputError(f"{problem}; leave explain out, or send fewer", field="explain")


def _decoded(feature: Feature, code: float) -> Value:
    return feature.categories[int(code)] if feature.kind == "category" else code
