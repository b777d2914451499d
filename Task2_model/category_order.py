"""Categories in the order of what they mean for the target, so that a tree parts them in one cut.

Each member of an ensemble orders them by the rows that it learns from, never by its judges.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from Task2_model.contract import Contract, Rows

SMOOTHING = 10.0  # as if each category had this many more rows, all with the mean of the target

# For each category feature, by its index: the rank of each code.
Ranks = dict[int, npt.NDArray[np.float32]]


def rank_categories(contract: Contract, rows: Rows, target: npt.NDArray[np.float64]) -> Ranks:
    """The ranks of the codes by the smoothed mean of the target (n,) over rows (n, features)."""
    ranks: Ranks = {}
    for index, feature in enumerate(contract.features):
        if feature.kind == "category":
            given = ~np.isnan(rows[:, index])
            codes, size = rows[given, index].astype(np.intp), len(feature.categories)
            counts = np.bincount(codes, minlength=size) + SMOOTHING
            sums = np.bincount(codes, target[given], minlength=size) + SMOOTHING * target.mean()
            order = np.argsort(sums / counts, kind="stable")
            ranks[index] = np.empty(size, dtype=np.float32)
            ranks[index][order] = np.arange(size, dtype=np.float32)
    return ranks


def apply_ranks(rows: Rows, ranks: Ranks) -> Rows:
    """Rows (n, features or more) with the codes of their categories replaced by the ranks."""
    ranked = rows.copy() if ranks else rows
    for index, ranks_of_codes in ranks.items():
        given = ~np.isnan(ranked[:, index])
        ranked[given, index] = ranks_of_codes[ranked[given, index].astype(np.intp)]
    return ranked
