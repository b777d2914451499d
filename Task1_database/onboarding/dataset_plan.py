"""What a new dataset will be: what it predicts, from what, and what is left out and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from Task1_database.dataset import ROW_ID
from Task1_database.errors import DataError
from Task1_database.onboarding.delimited import Delimited
from Task1_database.onboarding.hindsight import sounds_late
from Task1_database.onboarding.identifiers import identified_count
from Task1_database.onboarding.names import free, readable, safe_names
from Task1_database.onboarding.outcome import Outcome, find_column, outcome
from Task1_database.onboarding.planned_features import DayColumn, PlannedFeature, day_features
from Task1_database.onboarding.planned_split import PlannedSplit, planned_split
from Task1_database.onboarding.raw_table import RawTable, raw_table
from Task1_database.onboarding.selection import Comparison, compare, reason_to_leave_out
from Task1_database.onboarding.source_cells import SourceCells
from Task1_database.onboarding.source_column import SourceColumn
from Task1_database.target import FEWEST_OF_A_CLASS

MIN_GROUP = 10  # rows, on average, for groups to be asked about
RANKS = {"integer": 2, "number": 2, "date": 1, "moment": 1, "text": 0}  # as the main feature


@dataclass(frozen=True)
class LeftOut:
    """A column of the file that is no feature: why, and the features that it would make."""

    source: SourceColumn
    raw: str
    reason: str
    features: tuple[PlannedFeature, ...]


@dataclass(frozen=True, kw_only=True)
class DatasetPlan:
    """A dataset, decided upon."""

    name: str
    source: Delimited
    rows: int
    raw: RawTable
    outcome: Outcome
    target: PlannedFeature  # among the features it is not
    features: tuple[PlannedFeature, ...]  # in the file's order; at least one
    x: PlannedFeature
    # the feature beside x that explains most of the target, a category if there is one
    second: PlannedFeature | None
    left_out: tuple[LeftOut, ...]
    days: tuple[DayColumn, ...]  # the columns of days that features are made of
    split: PlannedSplit | None  # how rows should be split, where some are alike
    # what makes it doubtful that a feature is known in time, by its column's index
    doubts: dict[int, str]
    remark: str  # what else is to be known of the features

    @property
    def group(self) -> PlannedFeature | None:
        """The column of feature_store that says which rows belong together, where one does."""
        split = self.split
        return split.column if split and split.is_sure and split.kind == "group" else None


def plan(
    cells: SourceCells, columns: Sequence[SourceColumn], name: str, target: str, x: str | None
) -> DatasetPlan:
    """Decide it all.

    Parameters
    ----------
    name : str
        Of the dataset, which its table takes too.
    target, x : str
        The column to predict, and the one that `x` shall mean, if it matters.

    Raises DataError if there is no such column, or nothing to learn, or nothing to learn from.
    """
    return _Planner(cells, columns, name, target, x).plan()


class _Planner:
    """Plans a dataset from the columns of a file."""

    def __init__(
        self,
        cells: SourceCells,
        columns: Sequence[SourceColumn],
        name: str,
        target: str,
        x: str | None,
    ) -> None:
        self._cells = cells
        self._name = name
        index = find_column(cells.source, target)
        self._outcome = outcome(cells, columns[index])
        self._others = [column for column in columns if column.index != index]
        self._x_index = None if x is None else find_column(cells.source, x)
        if self._x_index == index:
            raise self._error(f"x cannot be {target!r}, which is to be predicted")
        self._raw = raw_table(cells, columns, name)
        labels = [column.label for column in columns]
        self._names = dict(zip(cells.indices, safe_names(labels, {ROW_ID}), strict=True))
        if not self._raw.is_copy:
            self._names |= self._raw.names
        self._days: dict[int, DayColumn] = {}

    def plan(self) -> DatasetPlan:
        reasons = self._reasons()
        candidates = [column for column in self._others if column.index not in reasons]
        comparison = compare(self._cells, candidates, self._outcome, self._x_index)
        reasons |= comparison.reasons
        made = {column.index: self._features(column, comparison) for column in self._others}
        features = [f for c in self._others if c.index not in reasons for f in made[c.index]]
        x = self._x(features)
        return DatasetPlan(
            name=self._name,
            source=self._cells.source,
            rows=self._cells.rows,
            raw=self._raw,
            outcome=self._outcome,
            target=self._target(),
            features=tuple(features),
            x=x,
            second=_second(features, x, self._cells.rows),
            left_out=tuple(
                LeftOut(c, self._raw.names.get(c.index, ""), reasons[c.index], tuple(made[c.index]))
                for c in self._others
                if c.index in reasons
            ),
            days=tuple(self._days.values()),
            split=planned_split(self._cells, features, self._identifiers(made, reasons)),
            doubts=comparison.doubts,
            remark=comparison.remark,
        )

    def _reasons(self) -> dict[int, str]:
        """Why some columns say nothing about the target, by their indices."""
        reasons = {
            column.index: reason
            for column in self._others
            if (reason := reason_to_leave_out(self._cells, column, self._raw.key_index))
        }
        if self._x_index in reasons:
            label = self._cells.source.labels[self._x_index]
            raise self._error(f"{label!r} cannot be x: {reasons[self._x_index]}")
        if len(reasons) == len(self._others):
            texts = "; ".join(f"{c.label!r}: {reasons[c.index]}" for c in self._others)
            raise self._error(f"no column is left to predict from ({texts})")
        return reasons

    def _identifiers(
        self, made: dict[int, list[PlannedFeature]], reasons: dict[int, str]
    ) -> list[PlannedFeature]:
        """The columns that identify something, as feature_store would have them."""
        return [
            made[column.index][0]
            for column in self._others
            if column.index in reasons
            and made[column.index]
            and column.index != self._raw.key_index
            and identified_count(self._cells, column)
        ]

    def _features(self, column: SourceColumn, comparison: Comparison) -> list[PlannedFeature]:
        """What feature_store can have of a column; the last of several has its association."""
        if column.index not in self._raw.names or not column.non_null_count:
            return []
        name, raw = self._names[column.index], self._raw.names[column.index]
        label = readable(column.label) or name
        features = [PlannedFeature(name, column, raw, label, column.unit)]
        if column.is_date:
            features = self._day_features(column, name, raw)
        if column.index in self._raw.hours:
            hour = self._raw.hours[column.index]
            features.insert(0, PlannedFeature(hour, column, hour, f"{label}: hour", help="0 to 23"))
        share = comparison.associations.get(column.index, 0.0)
        return [*features[:-1], *(replace(last, association=share) for last in features[-1:])]

    def _day_features(self, column: SourceColumn, name: str, raw: str) -> list[PlannedFeature]:
        days = DayColumn(raw, self._free(f"{raw}_in_months"), self._free(f"{raw}_in_days"))
        self._days[column.index] = days
        return day_features(self._cells, column, days, lambda part: self._free(f"{name}_{part}"))

    def _free(self, name: str) -> str:
        """A name for a column of our own, such as sold_year, or when_year of when_."""
        taken = {*self._names.values(), *self._raw.names.values(), *self._raw.hours.values()}
        return free(name.replace("__", "_"), taken)

    def _target(self) -> PlannedFeature:
        column = self._outcome.source
        name, sql = self._names[column.index], self._raw.names[column.index]
        if self._outcome.rare:
            is_common = f"COUNT(*) OVER (PARTITION BY {sql}) >= {FEWEST_OF_A_CLASS}"
            sql = f"CASE WHEN {is_common} THEN {sql} END"
        return PlannedFeature(name, column, sql, readable(column.label) or name, column.unit)

    def _x(self, features: Sequence[PlannedFeature]) -> PlannedFeature:
        """The feature asked for, or called x; or the number, or day, or text that explains most.

        One that is called like something known only afterwards comes last.
        """
        candidates = [f for f in features if f.source.index == self._x_index]
        if self._x_index is None:
            candidates = [f for f in features if f.name == "x" and f.is_numeric]
        return max(
            candidates or features,
            key=lambda f: (not sounds_late(f.source), RANKS[f.source.kind], f.association),
        )

    def _error(self, problem: str) -> DataError:
        return DataError(f"{self._cells.source.file.name}: {problem}")


def _second(
    features: Sequence[PlannedFeature], x: PlannedFeature, rows: int
) -> PlannedFeature | None:
    """The category of not too many kinds, or else what feature there is, that explains most."""
    others = [feature for feature in features if feature.source != x.source]
    groups = rows / MIN_GROUP
    return max(
        others, key=lambda f: (0 < f.source.distinct_count <= groups, f.association), default=None
    )
