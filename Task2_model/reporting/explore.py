"""The rows before any model: groups along a feature, unusual values, associations."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from Task2_model.contract import Contract
from Task2_model.intervals import wilson_interval

FEW_VALUES = 12  # a number with no more than this many is shown value by value
GROUPS = 10
MIN_GROUP_ROWS = 10
MAX_CATEGORIES = 8
FENCE = 3.0  # interquartile ranges beyond the quartiles: Tukey's "far out"
RARE_ROWS = 20


def bins(column: pd.Series[Any]) -> pd.Series[Any]:
    """The group of each row: its own value, or the mean of its tenth of a number's many values."""
    if not pd.api.types.is_numeric_dtype(column) or column.nunique() <= FEW_VALUES:
        return column
    tenth = pd.qcut(column.rank(method="first"), GROUPS, labels=False)
    return column.groupby(tenth).transform("mean")


def outcome_by(outcome: pd.Series[Any], groups: pd.Series[Any]) -> pd.DataFrame:
    """The outcome in each group (the index), with `n` rows: columns `low`, `mid` and `high`.

    Quartiles of a number; of a yes or no (bool) its share and the share's 95 % interval. Groups of
    fewer than MIN_GROUP_ROWS are left out. Of categories the most frequent are kept, in the order
    of `mid`.
    """
    grouped = outcome.groupby(groups, observed=True)
    table = pd.DataFrame({"n": grouped.size()})
    if outcome.dtype == bool:
        table["mid"] = grouped.mean()
        table["low"], table["high"] = wilson_interval(table["mid"], table["n"])
    else:
        quartiles = grouped.quantile(np.array([0.25, 0.5, 0.75])).unstack()
        table[["low", "mid", "high"]] = quartiles.to_numpy()
    enough = table["n"] >= MIN_GROUP_ROWS
    table = table[enough] if enough.sum() > 1 else table
    if pd.api.types.is_numeric_dtype(table.index):
        return table
    return table.nlargest(MAX_CATEGORIES, "n").sort_values("mid")


def unusual_values(table: pd.DataFrame) -> pd.DataFrame:
    """Rare categories and numbers far from the rest: columns `column`, `issue` and `rows`."""
    numbers = table.select_dtypes("number").astype(float)
    first, third = numbers.quantile(0.25), numbers.quantile(0.75)
    reach = FENCE * (third - first).where(third > first)
    lines = [
        (name, issue, int(rows))
        for issue, beyond in (
            ("far below the rest", numbers < first - reach),
            ("far above the rest", numbers > third + reach),
        )
        for name, rows in beyond.sum().items()
    ]
    for name, column in table.select_dtypes(exclude="number").items():
        counts = column.value_counts()
        lines += [
            (name, f"“{value}” is rare", n) for value, n in counts[counts < RARE_ROWS].items()
        ]
    unusual = pd.DataFrame(lines, columns=["column", "issue", "rows"])
    return unusual[unusual["rows"] > 0].sort_values("rows", ascending=False, kind="stable")


def associations(table: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """How strongly each two of the table's features go together, from 0 to 1.

    Spearman's correlation (its absolute value) of two numbers, the correlation ratio of a number's
    ranks and a category, Cramér's V of two categories; from the rows that have both.
    """
    names = list(table.columns)
    matrix = pd.DataFrame(np.eye(len(names)), index=names, columns=names)
    categorical = {name for name in names if contract.by_name[name].kind == "category"}
    for one, other in combinations(sorted(names, key=lambda name: name in categorical), 2):
        both = table[[one, other]].dropna()
        strength = _association(both[one], both[other], len({one, other} & categorical))
        matrix.loc[one, other] = matrix.loc[other, one] = strength
    return matrix


def _association(one: pd.Series[Any], other: pd.Series[Any], categorical: int) -> float:
    """Of two columns without gaps, the last `categorical` of which are categories."""
    if one.nunique() < 2 or other.nunique() < 2:
        return 0.0
    if categorical == 2:
        return _cramers_v(pd.crosstab(one, other).to_numpy())
    ranks = one.astype(float).rank()
    if categorical == 0:
        return float(abs(ranks.corr(other.astype(float).rank())))
    return float(ranks.groupby(other).transform("mean").std() / ranks.std())


def _cramers_v(counts: npt.NDArray[Any]) -> float:
    """Cramér's V of a contingency table."""
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0) / counts.sum()
    chi_squared = ((counts - expected) ** 2 / expected).sum()
    return float(np.sqrt(chi_squared / (counts.sum() * (min(counts.shape) - 1))))
