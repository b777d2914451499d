"""Questions that the report puts to feature_store, answered by the database itself.

Each function returns portable SQL or the small table that it gives: the database counts, sorts
and aggregates, and only what a figure shows travels. Groups are tenths of the rows or, where a
feature takes few values, those values; ties are broken by row_id, so that every database makes
the same groups.
"""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from Task1_database.databases.base import Database
from Task2_model.contract import Contract, Feature
from Task2_model.contract_builder import TABLE
from Task2_model.reporting.wording import Wording

FEW_VALUES = 12  # a number with no more than this many is shown value by value
BARS = 30
MOST_LEVELS = 8
FEW_ROWS = 20
FEWEST = 10
FENCE = 3.0  # interquartile ranges beyond the quartiles: Tukey's "far out"


def outcome(contract: Contract) -> str:
    """The target as a number in SQL: itself, or 1 for the event and 0 for anything else."""
    target = contract.target.name
    if contract.task == "regression":
        return target
    event = Wording(contract).event.replace("'", "''")
    return f"CASE WHEN {target} = '{event}' THEN 1.0 ELSE 0.0 END"


def groups(database: Database, contract: Contract, feature: Feature) -> str:
    """The SQL expression that puts a row into its group: its value, or its tenth."""
    if feature.kind == "category" or _distinct(database, feature.name) <= FEW_VALUES:
        return feature.name
    return f"NTILE(10) OVER (ORDER BY {feature.name}, row_id)"


def by_group(contract: Contract, feature: Feature, group: str) -> str:
    """SQL for the target in each group of a feature.

    Its columns: `grp`; `n` rows; the feature's mean there as `x` (not for a category); and
    `low`, `mid`, `high`: the target's quartiles, or only `mid`, the share of the event.
    """
    x = "" if feature.kind == "category" else f"AVG({feature.name}) AS x, "
    inner = (
        f"SELECT {group} AS grp, {feature.name}, {outcome(contract)} AS y, row_id FROM {TABLE} "
        f"WHERE {feature.name} IS NOT NULL AND {contract.target.name} IS NOT NULL"
    )
    if contract.task == "classification":
        return (
            f"SELECT grp, COUNT(*) AS n, {x}AVG(y) AS mid\n"
            f"FROM ({inner}) AS grouped\nGROUP BY grp ORDER BY grp"
        )
    return (
        f"WITH grouped AS ({inner}),\n"
        "ranked AS (SELECT grouped.*, COUNT(*) OVER (PARTITION BY grp) AS size,\n"
        "  ROW_NUMBER() OVER (PARTITION BY grp ORDER BY y, row_id) AS place FROM grouped)\n"
        f"SELECT grp, COUNT(*) AS n, {x}MIN(CASE WHEN place >= 0.25 * size THEN y END) AS low,\n"
        "  MIN(CASE WHEN place >= 0.5 * size THEN y END) AS mid,\n"
        "  MIN(CASE WHEN place >= 0.75 * size THEN y END) AS high\n"
        "FROM ranked GROUP BY grp ORDER BY grp"
    )


def target_by(database: Database, contract: Contract, name: str) -> pd.DataFrame:
    """The target in each group of the feature `name`: see `by_group`.

    A share gets `low` and `high` from its 95 % interval. Of a category's levels the most
    frequent are kept, in order of `mid`. Groups of fewer than FEWEST rows are left out.
    """
    feature = contract.by_name[name]
    table = database.frame(by_group(contract, feature, groups(database, contract, feature)))
    enough = table["n"] >= FEWEST
    if enough.sum() > 1:
        table = table[enough]
    if contract.task == "classification":
        low, high = wilson(table["mid"], table["n"])
        table = table.assign(low=low, high=high)
    if feature.kind == "category":
        table = table.nlargest(MOST_LEVELS, "n").sort_values("mid", ignore_index=True)
        table["grp"] = table["grp"].astype(str)
    return table


def histogram(database: Database, name: str, low: float, high: float) -> pd.DataFrame:
    """Counts of a number in equal steps: columns `low`, `high` (of the step) and `n`."""
    step = _round_step((high - low) / BARS)
    start = float(low // step * step)
    bins = database.frame(
        f"SELECT FLOOR(({name} - {start!r}) / {step!r}) AS bin, COUNT(*) AS n "
        f"FROM {TABLE} WHERE {name} IS NOT NULL GROUP BY bin ORDER BY bin"
    )
    lows = start + bins["bin"].astype(float) * step
    return pd.DataFrame({"low": lows, "high": lows + step, "n": bins["n"]})


def frequencies(database: Database, name: str) -> pd.DataFrame:
    """How often each value of a category occurs, the most frequent first: `value` and `n`."""
    table = database.frame(
        f"SELECT {name} AS value, COUNT(*) AS n FROM {TABLE} "
        f"WHERE {name} IS NOT NULL GROUP BY {name}"
    )
    table["value"] = table["value"].astype(str)
    return table.sort_values(["n", "value"], ascending=[False, True], ignore_index=True)


def repeated(contract: Contract) -> str:
    """SQL for the groups of rows that are alike in every feature and in the target."""
    alike = ", ".join([*contract.names, contract.target.name])
    return f"SELECT {alike}, COUNT(*) AS copies FROM {TABLE} GROUP BY {alike} HAVING COUNT(*) > 1"


def quartiles(database: Database, name: str) -> tuple[float, float]:
    """The lower and the upper quartile of a number."""
    low, high = database.query(
        f"SELECT MIN(CASE WHEN place >= 0.25 * size THEN v END), "
        "MIN(CASE WHEN place >= 0.75 * size THEN v END) FROM "
        f"(SELECT {name} AS v, ROW_NUMBER() OVER (ORDER BY {name}, row_id) AS place, "
        f"COUNT(*) OVER () AS size FROM {TABLE} WHERE {name} IS NOT NULL) AS ranked"
    ).rows[0]
    return float(low), float(high)


def odd_values(database: Database, contract: Contract) -> list[tuple[str, str, int]]:
    """What a careful reader would ask about: (column, what is odd, rows)."""
    found = []
    numbers = [f.name for f in contract.features if f.kind != "category" and f.missing < 1]
    if contract.task == "regression":
        numbers.append(contract.target.name)
    for name in numbers:
        found += _far_out(database, name)
    for feature in contract.features:
        if feature.kind == "category":
            found += _rare(database, feature.name)
    return found


def _rare(database: Database, name: str) -> list[tuple[str, str, int]]:
    table = frequencies(database, name)
    counted = zip(table["value"], table["n"], strict=True)
    return [(name, f"“{value}” is rare", int(rows)) for value, rows in counted if rows < FEW_ROWS]


def _far_out(database: Database, name: str) -> list[tuple[str, str, int]]:
    low, high = quartiles(database, name)
    reach = FENCE * (high - low)
    if not reach:
        return []
    below, above = low - reach, high + reach
    counts = database.query(
        f"SELECT COUNT(CASE WHEN {name} < {below!r} THEN 1 END), "
        f"COUNT(CASE WHEN {name} > {above!r} THEN 1 END) FROM {TABLE}"
    ).rows[0]
    sides = [("far below the rest", int(counts[0])), ("far above the rest", int(counts[1]))]
    return [(name, side, rows) for side, rows in sides if rows]


def _distinct(database: Database, name: str) -> int:
    return int(database.query(f"SELECT COUNT(DISTINCT {name}) FROM {TABLE}").rows[0][0])


def _round_step(step: float) -> float:
    """The nearest of 1, 2, 2.5 and 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(step))
    return min((power * nice for nice in (1, 2, 2.5, 5, 10)), key=lambda s: abs(math.log(s / step)))


def wilson(share: Any, rows: Any) -> tuple[Any, Any]:
    """The ends of the 95 % interval of a share (Wilson, 1927)."""
    z = 1.96
    centre = (share + z**2 / (2 * rows)) / (1 + z**2 / rows)
    half = z / (1 + z**2 / rows) * (share * (1 - share) / rows + z**2 / (4 * rows**2)) ** 0.5
    return centre - half, centre + half
