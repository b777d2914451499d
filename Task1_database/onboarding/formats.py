"""The formats in which a column of text can be read: whole numbers, numbers, days, moments.

Each format is made of SQL expressions for DuckDB, written for a cell `{c}`: whether it fits, its
value, and the text that the loader takes for it, as `literals.py` has it. A column is of a kind
only if every cell is, so the order of the formats decides between those that fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from Task1_database.files.column_reading import BETWEEN, GAP, ISO, Decimal, Thousands
from Task1_database.literals import MAX_FLOAT32, is_canonical_sql, number_pattern

Kind = Literal["integer", "number", "date", "moment", "text"]
Comma = Literal["sure", "likely", "unlikely"]

UNITS = "$€£¥%"
MISSING = frozenset(["na", "n/a", "#n/a", "n.a.", "<na>", "null", "nan", "?", "-", "--"])
MISSING_NUMBER = MISSING | {
    "none", "nil", "missing", "unknown", ".", "..", "*", "nd", "#div/0!", "#value!", "#ref!", "nat",
}  # fmt: skip
FIRST_DAY = "1000-01-01"  # of MySQL's
DIGITS = 18  # a number of more digits is a code, as is one with zeros before it
DAYS = {
    "%Y-%m-%d": "year-month-day",
    "%Y/%m/%d": "year/month/day",
    "%d.%m.%Y": "day.month.year",
    "%d/%m/%Y": "day/month/year",
    "%m/%d/%Y": "month/day/year",
    "%d-%m-%Y": "day-month-year",
    "%m-%d-%Y": "month-day-year",
    "%d %b %Y": "day month year",
    "%d-%b-%Y": "day-month-year",
    "%b %d, %Y": "month day, year",
    "%d %B %Y": "day month year",
    "%B %d, %Y": "month day, year",
    "%d.%m.%y": "day.month.year",
    "%d/%m/%y": "day/month/year",
    "%m/%d/%y": "month/day/year",
    "%d-%b-%y": "day-month-year",
    "%Y-%m": "year-month",
    "%b %Y": "month year",
    "%B %Y": "month year",
}
TIMES = ("%H:%M:%S", "%H:%M", "%H:%M:%S.%f", "%I:%M %p", "%I:%M:%S %p")
SWAPPED = {"%d/%m": "%m/%d", "%m/%d": "%d/%m", "%d-%m": "%m-%d", "%m-%d": "%d-%m"}


@dataclass(frozen=True)
class ColumnFormat:
    """One format of a column."""

    kind: Kind
    # SQL for a cell `{c}`: whether it fits, and if so its value (BIGINT, DOUBLE or TIMESTAMP) and
    # the text for it
    fits: str
    cast: str
    text: str = "{c}"
    description: str = ""  # how it is written, where that is not how the loader wants it
    # for days, the value that the cell would have with day and month swapped, if it can
    swapped: str = ""
    # the same for whoever reads a cell without SQL: see `ColumnReading`
    decimal: Decimal = "."
    thousands: Thousands = ""
    day: str = ""

    @property
    def value(self) -> str:
        """SQL for the value of a cell; NULL where it does not fit."""
        return f"CASE WHEN {self.fits} THEN {self.cast} END"


def candidate_formats(values: Iterable[str], *, comma: Comma) -> Iterator[list[ColumnFormat]]:
    """The formats that may fit a column with values such as these, kind by kind.

    Within a kind, and from kind to kind, those to be preferred come first.

    Parameters
    ----------
    comma : str
        Whether a comma is a decimal comma ("sure", "likely", "unlikely") or groups thousands;
        where it is one, 1/2/2024 is in February.
    """
    text = "\n".join(values)
    if not any(digit in text for digit in "0123456789"):
        return
    whole = "TRY_CAST({c} AS BIGINT)"
    yield [_compact_day(), ColumnFormat("integer", is_canonical_sql(whole, "{c}"), whole)]
    yield _numbers(comma)
    days = sorted(DAYS, key=lambda day: comma == "unlikely" and day.startswith("%d/"))
    times = TIMES if ":" in text else ("",)
    yield [_iso_moment()]
    yield [_day(day, time) for time in times for day in days if _may_fit(f"{day}{time}", text)]


def without_unit(cell: str, unit: str) -> str:
    """SQL for a cell without its unit, which stands before or after the number."""
    sign = re.escape(unit)
    return f"regexp_replace({cell}, '^([+-]?){sign}{GAP}?|{GAP}?{sign}$', '\\1')"


def _numbers(comma: Comma) -> list[ColumnFormat]:
    point, commas = _number(".", ""), _number(",", "", "decimal comma")
    us = _number(".", ",", "commas between thousands")
    eu = _number(",", ".", "decimal comma, points between thousands")
    gaps = [
        _number(".", " ", "gaps between thousands"),
        _number(",", " ", "decimal comma, gaps between thousands"),
    ]
    if comma == "sure":
        return [commas, _number(",", ".", eu.description, grouped=True), point, us, *gaps]
    if comma == "likely":
        return [point, commas, us, eu, *gaps]
    return [point, us, commas, eu, *gaps]


def _number(
    mark: Decimal, thousands: Thousands, description: str = "", *, grouped: bool = False
) -> ColumnFormat:
    """Numbers with this decimal mark, and what groups their digits, as `ColumnReading` has it.

    With `grouped`, a number of four digits or more must have them grouped.
    """
    between = BETWEEN[thousands]
    whole = f"(?:0|[1-9][0-9]{{0,{2 if grouped else DIGITS - 1}}})"
    if between:
        whole = f"(?:[1-9][0-9]{{0,2}}(?:{between}[0-9]{{3}})+|{whole})"
    pattern = number_pattern(whole, point=re.escape(mark), exponent="[0-9]{1,3}")
    text = f"regexp_replace({{c}}, '{_quoted(between)}', '', 'g')" if between else "{c}"
    text = f"replace({text}, ',', '.')" if mark == "," else text
    cast = f"TRY_CAST({text} AS DOUBLE)"
    fits = f"regexp_full_match({{c}}, '{_quoted(pattern)}') AND abs({cast}) <= {MAX_FLOAT32}"
    return ColumnFormat("number", fits, cast, text, description, decimal=mark, thousands=thousands)


def _compact_day() -> ColumnFormat:
    parsed = "try_strptime({c}, '%Y%m%d')"
    return ColumnFormat(
        "date",
        f"regexp_full_match({{c}}, '(?:19|20)[0-9]{{6}}') AND {parsed} IS NOT NULL",
        parsed,
        f"CAST(CAST({parsed} AS DATE) AS VARCHAR)",
        "written as 20240131",
        day="%Y%m%d",
    )


def _may_fit(pattern: str, text: str) -> bool:
    """Whether all signs of a format are in a text, which spares trying most formats."""
    letters = text.upper().replace("T", "").replace("Z", "")
    named = {"%b", "%B", "%p"} & {pattern[i : i + 2] for i in range(len(pattern))}
    return set(pattern) & set("./-,") <= set(text) and (not named or letters != letters.lower())


def _iso_moment() -> ColumnFormat:
    """2024-01-31T12:00:00Z or 2024-01-31 12:00; an offset would make another day of some."""
    form = "{c} LIKE '____-__-_____:__%' AND {c} >= '1000'"
    without_offset = f"{form} AND NOT contains({{c}}, '+') AND NOT contains({{c}}[11:], '-')"
    cast = "TRY_CAST({c} AS TIMESTAMP)"
    return ColumnFormat("moment", without_offset, cast, "{c}[:10]", day=ISO)


def _day(day: str, time: str) -> ColumnFormat:
    """Days, or moments, in one format of strptime."""
    if (day, time) == ("%Y-%m-%d", ""):
        cast = "TRY_CAST({c} AS DATE)"
        exact = f"{is_canonical_sql(cast, '{c}')} AND {cast} >= DATE '{FIRST_DAY}'"
        return ColumnFormat("date", exact, f"CAST({cast} AS TIMESTAMP)", day=day)
    parsed = _parsed(day, time)
    swapped = _parsed(SWAPPED[day[:5]] + day[5:], time) if day[:5] in SWAPPED else ""
    return ColumnFormat(
        "moment" if time else "date",
        f"{parsed} >= TIMESTAMP '{FIRST_DAY}'",
        parsed,
        f"CAST(CAST({parsed} AS DATE) AS VARCHAR)",
        "" if day == "%Y-%m-%d" else f"written as {DAYS[day]}",
        swapped,
        day=f"{day} {time}".strip(),
    )


def _parsed(day: str, time: str) -> str:
    cell = "rtrim(replace({c}, 'T', ' '), 'Z')" if time else "{c}"
    return f"try_strptime({cell}, '{f'{day} {time}'.strip()}')"


def _quoted(text: str) -> str:
    return text.replace("'", "''")
