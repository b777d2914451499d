"""Decide what a new dataset will be: what it predicts, from what, and what is left out and why."""

# ruff: noqa: S608 - the SQL is made of column numbers, and of expressions that this package wrote

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from Task1_database.dataset import ROW_ID
from Task1_database.errors import DataError
from Task1_database.onboarding.association import gives_away, relates, truth_of
from Task1_database.onboarding.dataset_plan import DatasetPlan, LeftOut, PlannedFeature
from Task1_database.onboarding.date_features import day_features
from Task1_database.onboarding.date_patterns import Days
from Task1_database.onboarding.names import free, safe_names
from Task1_database.onboarding.outcome import column, outcome
from Task1_database.onboarding.raw_table import raw_table
from Task1_database.onboarding.selection import reason_to_leave_out
from Task1_database.onboarding.source_cells import LOOKED_AT, SourceCells
from Task1_database.onboarding.source_column import SourceColumn
from Task1_database.target import FEWEST_OF_A_CLASS

FEWEST_IN_GROUP = 10  # on average, for groups to be asked about
LEAK = 0.98  # the share of the target's variance from which on a column gives it away


def draft(
    cells: SourceCells, fields: Sequence[SourceColumn], name: str, target: str, x: str | None
) -> DatasetPlan:
    """Decide it all.

    Parameters
    ----------
    name : str
        Of the dataset, which its table takes too.
    target, x : str
        The column to predict, and the one that `x` shall mean, if it matters.

    Raises
    ------
    DataError
        If there is no such column, or nothing to learn, or nothing to learn from.
    """
    return _Drafting(cells, fields, name, target, x).draft()


class _Drafting:
    """A file of which a dataset is being made."""

    def __init__(
        self,
        cells: SourceCells,
        fields: Sequence[SourceColumn],
        name: str,
        target: str,
        x: str | None,
    ) -> None:
        self._cells = cells
        self._name = name
        place = column(cells.source, target)
        self._outcome = outcome(cells, fields[place])
        self._others = [found for found in fields if found.place != place]
        self._wanted = None if x is None else column(cells.source, x)
        if self._wanted == place:
            raise self._error(f"x cannot be {target!r}, which is to be predicted")
        self._raw = raw_table(cells, fields, name)
        labels = [found.label for found in fields]
        self._names = dict(zip(cells.places, safe_names(labels, {ROW_ID}), strict=True))
        if not self._raw.copied:
            self._names |= self._raw.names
        self._days: dict[int, Days] = {}

    def draft(self) -> DatasetPlan:
        """All that is decided."""
        reasons = self._reasons()
        left = [found for found in self._others if found.place not in reasons]
        leaks, scores, remark = self._compared(left)
        reasons |= leaks
        made = {found.place: self._features(found, scores) for found in self._others}
        features = [f for found in left if found.place not in leaks for f in made[found.place]]
        x = self._x(features)
        left_out = [
            LeftOut(f, self._raw.names.get(f.place, ""), reasons[f.place], tuple(made[f.place]))
            for f in self._others
            if f.place in reasons
        ]
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
            left_out=tuple(left_out),
            days=tuple(self._days.values()),
            remark=remark,
        )

    def _reasons(self) -> dict[int, str]:
        """Why some columns say nothing about the target, by their places."""
        reasons = {
            found.place: reason
            for found in self._others
            if (reason := reason_to_leave_out(self._cells, found, self._raw.key_place))
        }
        if self._wanted in reasons:
            label = self._cells.source.labels[self._wanted]
            raise self._error(f"{label!r} cannot be x: {reasons[self._wanted]}")
        if len(reasons) == len(self._others):
            listed = "; ".join(f"{f.label!r}: {reasons[f.place]}" for f in self._others)
            raise self._error(f"no column is left to predict from ({listed})")
        return reasons

    def _compared(
        self, left: Sequence[SourceColumn]
    ) -> tuple[dict[int, str], dict[int, float], str]:
        """Which columns give the target away, how much each tells about it, and a remark."""
        columns, truth = self._looked_at(left)
        label = self._outcome.source.label
        leaks, remark = {}, ""
        for found, values in zip(left, columns, strict=True):
            share = gives_away(values, truth)
            if share >= LEAK and not found.days and found.place != self._wanted:
                what = f"it alone tells {100 * share:.3g} % of {label}"
                leaks[found.place] = f"{what}: is it known before {label} is?"
        if len(leaks) == len(left):
            remark = "; ".join(f"{f.label}: {leaks[f.place]}" for f in left)
            remark, leaks = f"{remark}; but nothing else is there to predict from", {}
        scores = {f.place: relates(v, truth) for f, v in zip(left, columns, strict=True)}
        return leaks, scores, remark

    def _looked_at(
        self, left: Sequence[SourceColumn]
    ) -> tuple[list[npt.NDArray[Any]], npt.NDArray[np.float64]]:
        """Some rows that tell the target: the columns, and the target to compare them with."""
        target = self._outcome.source.value
        values = ", ".join(f"{_comparable(f)} AS v{place}" for place, f in enumerate(left))
        arrays = self._cells.arrays(
            f"SELECT {target} AS target, {values} FROM {LOOKED_AT} WHERE {target} IS NOT NULL"
        )
        truth = truth_of(_filled(arrays["target"]), classes=bool(self._outcome.classes))
        return [_filled(arrays[f"v{place}"]) for place in range(len(left))], truth

    def _features(self, found: SourceColumn, scores: Mapping[int, float]) -> list[PlannedFeature]:
        """What feature_store can have of a column; its score goes to the last of several."""
        if found.place not in self._raw.names or not found.told:
            return []
        name, raw = self._names[found.place], self._raw.names[found.place]
        score = scores.get(found.place, 0.0)
        if not found.days:
            return [PlannedFeature(name, found, raw, found.label or name, found.unit, score=score)]
        days = Days(raw, self._free(f"{raw}_in_months"), self._free(f"{raw}_in_days"))
        features = day_features(self._cells, found, days, lambda part: self._free(f"{name}_{part}"))
        self._days[found.place] = days
        if found.place in self._raw.hours:
            hour = self._raw.hours[found.place]
            label = f"{found.label or name}: hour"
            features.insert(0, PlannedFeature(hour, found, hour, label, help="0 to 23"))
        return [*features[:-1], *(replace(last, score=score) for last in features[-1:])]

    def _free(self, name: str) -> str:
        """A name for a column of our own, such as sold_year, or when_year of when_."""
        taken = {*self._names.values(), *self._raw.names.values(), *self._raw.hours.values()}
        return free(name.replace("__", "_"), taken)

    def _target(self) -> PlannedFeature:
        found, rare = self._outcome.source, self._outcome.rare
        name, sql = self._names[found.place], self._raw.names[found.place]
        if rare:
            often = f"COUNT(*) OVER (PARTITION BY {sql}) >= {FEWEST_OF_A_CLASS}"
            sql = f"CASE WHEN {often} THEN {sql} END"
        return PlannedFeature(name, found, sql, found.label or name, found.unit)

    def _x(self, features: Sequence[PlannedFeature]) -> PlannedFeature:
        """The feature asked for, or called x; or the number, or day, or text that tells most."""
        of_wanted = [f for f in features if f.source.place == self._wanted]
        if self._wanted is None:
            of_wanted = [f for f in features if f.name == "x" and f.numeric]
        ranks = {"integer": 2, "number": 2, "date": 1, "moment": 1, "text": 0}
        return max(of_wanted or features, key=lambda f: (ranks[f.source.kind], f.score))

    def _error(self, what: str) -> DataError:
        return DataError(f"{self._cells.source.file.name}: {what}")


def _second(
    features: Sequence[PlannedFeature], x: PlannedFeature, rows: int
) -> PlannedFeature | None:
    """The category of not too many kinds, or else what feature there is, that tells most."""
    others = [feature for feature in features if feature.source != x.source]
    few = rows / FEWEST_IN_GROUP
    return max(others, key=lambda f: (0 < f.source.different <= few, f.score), default=None)


def _comparable(found: SourceColumn) -> str:
    if found.days:
        return f"epoch({found.value}) / 86400.0"
    return f"CAST({found.value} AS DOUBLE)" if found.numeric else found.value


def _filled(values: Any) -> npt.NDArray[Any]:
    """An array without a mask: NaN, or None for text, where there was no value."""
    if isinstance(values, np.ma.MaskedArray):
        return np.asarray(values.filled(np.nan if values.dtype.kind == "f" else None))
    return np.asarray(values)
