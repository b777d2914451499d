"""What a model can use of a day: year, month, weekday, and how long after the first day it is."""

# ruff: noqa: S608 - the SQL is made of names, and of expressions that this package wrote

from __future__ import annotations

import datetime
from collections.abc import Callable

from Task1_database.onboarding.dataset_plan import PlannedFeature
from Task1_database.onboarding.date_patterns import Days, number_of
from Task1_database.onboarding.source_cells import TABLE, SourceCells
from Task1_database.onboarding.source_column import SourceColumn


def day_features(
    cells: SourceCells, found: SourceColumn, days: Days, named: Callable[[str], str]
) -> list[PlannedFeature]:
    """The features that a column of days makes: of its parts, those that differ between rows.

    `named` gives a name that is free, such as sold_year for year.
    """
    some = TABLE if found.kind == "moment" else f"(SELECT DISTINCT c{found.place} FROM {TABLE})"
    different = f"SELECT DISTINCT CAST({found.value} AS DATE) AS v FROM {some}"
    (parts,) = cells.query(
        "SELECT count(DISTINCT year(v)) > 1, count(DISTINCT month(v)) > 1, "
        "count(DISTINCT isodow(v)) > 1 AND count(DISTINCT day(v)) > 1, "
        f"count(v) > count(DISTINCT year(v)) FROM ({different})"
    )
    low: datetime.date = found.low.date()
    making = [
        ("year", f"EXTRACT(YEAR FROM {days.raw})", 4, "", ""),
        ("month", f"EXTRACT(MONTH FROM {days.raw})", 2, "", "1 to 12"),
        ("weekday", f"1 + MOD({days.number} + 1, 7)", 1, "", "1 for Monday to 7 for Sunday"),
        ("days", f"{days.number} - {number_of(low)}", 9, "days", f"Days since {low.isoformat()}"),
    ]
    return [
        PlannedFeature(
            named(part),
            found,
            f"CAST({sql} AS DECIMAL({digits},0))",
            f"{found.label}: {'days since the first' if part == 'days' else part}",
            unit,
            help_text,
        )
        for (part, sql, digits, unit, help_text), varies in zip(making, parts, strict=True)
        if varies
    ]
