"""The features that a column of the file makes: itself, or of a day its parts and its number.

Of a day a model can use year, month, weekday, and how long after the first day it is. No two
databases subtract days alike, and all of them can take a day apart. So a day is numbered by the
rules of the calendar, with years that begin in March: a leap day is then the last of its year.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

from Task1_database.files.column_reading import ColumnReading, Part
from Task1_database.onboarding.names import readable
from Task1_database.onboarding.source_cells import TABLE, SourceCells
from Task1_database.onboarding.source_column import BLANK, SourceColumn

BEFORE_FIRST = 306  # by so much the number of a day exceeds Python's ordinal


@dataclass(frozen=True)
class PlannedFeature:
    """A column of feature_store, made of one of the file's."""

    name: str
    source: SourceColumn
    sql: str  # how it is made of the raw table's columns
    label: str
    unit: str = ""
    help: str = ""
    association: float = 0.0  # how much of the target it alone explains, at most 1
    part: str = ""  # of a day, what it is: year, month, weekday, or days since the first

    @property
    def is_numeric(self) -> bool:
        """Whether it is a number, as all are that are made of days."""
        return self.source.kind != "text"

    @property
    def reading(self) -> ColumnReading:
        """How the file writes the cells that it is made of."""
        column, form = self.source, self.source.format
        part = cast("Part", (self.part or "hour") if column.is_date else "")
        return ColumnReading(
            column=column.label,
            decimal=form.decimal if form else ".",
            thousands=form.thousands if form else "",
            unit=column.unit,
            missing=tuple(sorted({m.lower() for m in column.missing_markers if m != BLANK})),
            day=form.day if form and part else "",
            part=part,
            first=column.minimum.date().isoformat() if part == "days" else "",
        )


class DayColumn(NamedTuple):
    """A raw column of days, and the columns in which features.sql counts its months and days."""

    raw: str
    months: str
    number: str

    @property
    def months_sql(self) -> str:
        """The months from March of the year 0 to a day's."""
        year, month = (f"EXTRACT({part} FROM {self.raw})" for part in ("YEAR", "MONTH"))
        return f"12 * {year} + {month} - 3 AS {self.months}"

    @property
    def number_sql(self) -> str:
        """The days from March of the year 0, with the leap days of every 4, 100 and 400 years."""
        terms = (
            f"365 * FLOOR({self.months} / 12.0)",
            f"FLOOR({self.months} / 48.0) - FLOOR({self.months} / 1200.0)",
            f"FLOOR({self.months} / 4800.0) + FLOOR((153 * MOD({self.months}, 12) + 2) / 5.0)",
            f"EXTRACT(DAY FROM {self.raw}) AS {self.number}",
        )
        return "\n            + ".join(terms)


def number_of(day: datetime.date) -> int:
    """The number of a day."""
    return day.toordinal() + BEFORE_FIRST


def numbering(table: str, columns: Sequence[DayColumn], months: str, numbered: str) -> str:
    """WITH clauses for a table whose days are numbered; the second of their names is that table."""
    month_columns = "".join(f",\n        {days.months_sql}" for days in columns)
    day_columns = "".join(f",\n        {days.number_sql}" for days in columns)
    return f"""\
WITH {months} AS (
    SELECT
        {table}.*{month_columns}
    FROM {table}
),
{numbered} AS (
    SELECT
        {months}.*{day_columns}
    FROM {months}
)
"""


def day_features(
    cells: SourceCells, column: SourceColumn, days: DayColumn, name_of: Callable[[str], str]
) -> list[PlannedFeature]:
    """The features that a column of days makes: of its parts, those that differ between rows.

    `name_of` gives a name that is free, such as sold_year for year.
    """
    low: datetime.date = column.minimum.date()
    parts = [
        ("year", f"EXTRACT(YEAR FROM {days.raw})", 4, "", ""),
        ("month", f"EXTRACT(MONTH FROM {days.raw})", 2, "", "1 to 12"),
        ("weekday", f"1 + MOD({days.number} + 1, 7)", 1, "", "1 for Monday to 7 for Sunday"),
        ("days", f"{days.number} - {number_of(low)}", 9, "days", f"Days since {low.isoformat()}"),
    ]
    return [
        PlannedFeature(
            name=name_of(part),
            source=column,
            sql=f"CAST({sql} AS DECIMAL({digits},0))",
            label=f"{readable(column.label)}: {'days since the first' if part == 'days' else part}",
            unit=unit,
            help=help_text,
            part=part,
        )
        for (part, sql, digits, unit, help_text), varies in zip(
            parts, _varying(cells, column), strict=True
        )
        if varies
    ]


def _varying(cells: SourceCells, column: SourceColumn) -> tuple[bool, ...]:
    """Whether years, months, weekdays and days differ between rows."""
    distinct = f"(SELECT DISTINCT c{column.index} FROM {TABLE})"
    rows = TABLE if column.kind == "moment" else distinct
    days = f"SELECT DISTINCT CAST({column.value} AS DATE) AS v FROM {rows}"
    (varying,) = cells.query(
        "SELECT count(DISTINCT year(v)) > 1, count(DISTINCT month(v)) > 1, "
        "count(DISTINCT isodow(v)) > 1 AND count(DISTINCT day(v)) > 1, "
        f"count(v) > count(DISTINCT year(v)) FROM ({days})"
    )
    return varying
