"""Days as numbers, in SQL that all databases share.

No two of them subtract days alike, and all of them can take a day apart. So a day is numbered by
the rules of the calendar, with years that begin in March: a leap day is then the last of its year.
"""

# ruff: noqa: S608 - names in the SQL are safe ones

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import NamedTuple

BEFORE_FIRST = 306  # by so much the number of a day exceeds Python's ordinal


class Days(NamedTuple):
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


def numbering(table: str, columns: Sequence[Days], months: str, numbered: str) -> str:
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
