"""How a new dataset's rows should be split: by time where days are in order, by group where an
identifier repeats.

Rows next to each other in time, or of one person, are alike: split at random, a model is judged by
what it has as good as seen, and promises more than it keeps.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from Task1_database.onboarding.names import safe_name
from Task1_database.onboarding.planned_features import PlannedFeature
from Task1_database.onboarding.source_cells import TABLE, SourceCells
from Task1_database.onboarding.source_column import SourceColumn

MIN_GROUPS = 20
MIN_GROUP_ROWS = 2  # on average
MAX_MOMENT_SHARE = 0.05  # of the rows on one day, for ten parts in time to be cut
LONG_BEFORE = re.compile(r"birth(date|day)?|born|built|dob|founded|inception")


@dataclass(frozen=True)
class PlannedSplit:
    """A split."""

    kind: Literal["time", "group"]
    column: PlannedFeature  # the column of feature_store: a feature for time, none for groups
    is_sure: bool  # whether it is made; otherwise it is only proposed
    reason: str  # what of the file suggests it


def planned_split(
    cells: SourceCells, features: Iterable[PlannedFeature], identifiers: Iterable[PlannedFeature]
) -> PlannedSplit | None:
    """The split that suits a file best, if any: a sure one first.

    Days that the rows are in the order of go before groups, and groups before other days.
    `features` may hold the number of a day, or its year; `identifiers` are not among the features.
    """
    times = {f.source.index: f for f in features if f.part in ("year", "days")}
    ordered = [feature for feature in times.values() if _is_ordered(cells, feature.source)]
    others = [feature for feature in times.values() if feature not in ordered]
    splits = [
        *(_by_time(cells, f, "the rows are in its order") for f in ordered),
        *(split for one in identifiers if (split := _by_group(cells, one))),
        *(_by_time(cells, f, "it holds days", doubtful=_is_doubtful(f, others)) for f in others),
    ]
    return next((split for split in splits if split.is_sure), splits[0] if splits else None)


def _is_ordered(cells: SourceCells, column: SourceColumn) -> bool:
    before = f"lag({column.value}) OVER (ORDER BY rowid)"
    steps = f"SELECT {column.value} AS v, {before} AS b FROM {TABLE}"
    ((rising, falling),) = cells.query(f"SELECT bool_and(v >= b), bool_and(v <= b) FROM ({steps})")
    return bool(rising or falling)


def _is_doubtful(days: PlannedFeature, all_days: Collection[PlannedFeature]) -> bool:
    """Whether days may be others than those on which the rows came to be."""
    words = safe_name(days.source.label).split("_")
    return len(all_days) > 1 or any(map(LONG_BEFORE.fullmatch, words))


def _by_time(
    cells: SourceCells, days: PlannedFeature, why: str, *, doubtful: bool = False
) -> PlannedSplit:
    column = days.source
    complete = column.non_null_count == cells.rows
    sure = complete and not doubtful and _largest_share(cells, column) <= MAX_MOMENT_SHARE
    return PlannedSplit("time", days, sure, f"{column.label}: {why}")


def _by_group(cells: SourceCells, identifier: PlannedFeature) -> PlannedSplit | None:
    column = identifier.source
    ((groups,),) = cells.query(f"SELECT count(DISTINCT {column.value}) FROM {TABLE}")
    if groups == column.non_null_count:
        return None
    complete = column.non_null_count == cells.rows
    sure = complete and groups >= MIN_GROUPS and cells.rows >= MIN_GROUP_ROWS * groups
    reason = f"{column.label} identifies {groups:,} things or persons in {cells.rows:,} rows"
    return PlannedSplit("group", identifier, sure, reason)


def _largest_share(cells: SourceCells, column: SourceColumn) -> float:
    days = f"SELECT count(*) AS n FROM {TABLE} GROUP BY CAST({column.value} AS DATE)"
    ((count,),) = cells.query(f"SELECT max(n) FROM ({days})")
    return float(count) / cells.rows
