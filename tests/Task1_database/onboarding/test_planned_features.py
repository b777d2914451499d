"""Days are numbered by the calendar alone, and right in every year that SQL knows."""

from __future__ import annotations

import datetime

import duckdb
import pytest

from Task1_database.onboarding.planned_features import DayColumn, number_of, numbering

DAYS = """
    1000-01-01 1582-10-15 1900-02-28 1900-03-01 1970-01-01 1999-12-31 2000-02-29 2000-03-01
    2024-02-29 2100-02-28 2100-03-01 9999-12-31
"""


@pytest.mark.parametrize("text", DAYS.split())
def test_a_day_has_its_number_and_weekday(text: str) -> None:
    days = DayColumn("d", "months", "number")
    sql = numbering("t", [days], "in_months", "in_days")
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE t AS SELECT DATE '{text}' AS d")
        select = "SELECT number, 1 + MOD(number + 1, 7) FROM in_days"
        ((number, weekday),) = connection.execute(sql + select).fetchall()
    day = datetime.date.fromisoformat(text)
    assert (number, weekday) == (number_of(day), day.isoweekday())
