"""The ways in which a column of text can be read: as whole numbers, numbers, days or moments.

Each way is made of SQL expressions for DuckDB, written for a cell `{c}`: whether it can be read so,
its value, and the text that the loader takes for it. A column is of a kind only if every cell is,
so the order of the ways decides between those that fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["integer", "number", "date", "moment", "text"]
Comma = Literal["sure", "likely", "unlikely"]

UNITS = "$€£¥%"
MISSING = frozenset(["na", "n/a", "#n/a", "n.a.", "<na>", "null", "nan", "?", "-", "--"])
MISSING_NUMBER = MISSING | {
    "none", "nil", "missing", "unknown", ".", "..", "*", "nd", "#div/0!", "#value!", "#ref!", "nat",
}  # fmt: skip
FIRST_DAY = "1000-01-01"  # of MySQL's
LARGEST = "3.4e38"  # a model's numbers are float32
DIGITS = 18  # a number of more digits is a code, as is one with zeros before it
GAP = "[ \u00a0\u202f]"
GAPS = "[ \u00a0\u202f'’]"
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
class Reading:
    """One way to read a column.

    Attributes
    ----------
    fits, cast, text : str
        SQL for a cell `{c}`: whether it can be read so, and if so its value (BIGINT, DOUBLE or
        TIMESTAMP) and the text for it.
    words : str
        How it is written, where that is not how the loader wants it.
    swapped : str
        For days, the value that the cell would have with day and month swapped, if it can.
    """

    kind: Kind
    fits: str
    cast: str
    text: str = "{c}"
    words: str = ""
    swapped: str = ""

    @property
    def value(self) -> str:
        """SQL for the value of a cell; NULL where it cannot be read so."""
        return f"CASE WHEN {self.fits} THEN {self.cast} END"


def readings(values: Iterable[str], *, comma: Comma) -> Iterator[list[Reading]]:
    """The ways that may do for a column with values such as these, kind by kind.

    Within a kind, and from kind to kind, the ones to be preferred come first.

    Parameters
    ----------
    comma : str
        Whether a comma is a decimal comma ("sure", "likely", "unlikely") or groups thousands;
        where it is one, 1/2/2024 is in February.
    """
    seen = "\n".join(values)
    if not any(digit in seen for digit in "0123456789"):
        return
    whole = "TRY_CAST({c} AS BIGINT)"
    yield [_compact_day(), Reading("integer", f"CAST({whole} AS VARCHAR) = {{c}}", whole)]
    yield _numbers(comma)
    days = sorted(DAYS, key=lambda day: comma == "unlikely" and day.startswith("%d/"))
    times = TIMES if ":" in seen else ("",)
    yield [_iso_moment()]
    yield [_day(day, time) for time in times for day in days if _may_be(f"{day}{time}", seen)]


def bare(cell: str, unit: str) -> str:
    """SQL for a cell without its unit, which stands before or after the number."""
    sign = re.escape(unit)
    return f"regexp_replace({cell}, '^([+-]?){sign}{GAP}?|{GAP}?{sign}$', '\\1')"


def _numbers(comma: Comma) -> list[Reading]:
    point, commas = _number(".", ""), _number(",", "", "decimal comma")
    us = _number(".", ",", "commas between thousands")
    eu = _number(",", r"\.", "decimal comma, points between thousands")
    gaps = [
        _number(".", GAPS, "gaps between thousands"),
        _number(",", GAPS, "decimal comma, gaps between thousands"),
    ]
    if comma == "sure":
        return [commas, _number(",", r"\.", eu.words, always=True), point, us, *gaps]
    if comma == "likely":
        return [point, commas, us, eu, *gaps]
    return [point, us, commas, eu, *gaps]


def _number(mark: str, between: str, words: str = "", *, always: bool = False) -> Reading:
    """Numbers with this decimal mark, and (a regular expression for) what groups their digits.

    With `always`, a number of four digits or more must have them grouped.
    """
    whole = f"(?:0|[1-9][0-9]{{0,{2 if always else DIGITS - 1}}})"
    if between:
        whole = f"(?:[1-9][0-9]{{0,2}}(?:{between}[0-9]{{3}})+|{whole})"
    point = re.escape(mark)
    form = f"[+-]?(?:{whole}(?:{point}[0-9]*)?|{point}[0-9]+)(?:[eE][+-]?[0-9]{{1,3}})?"
    text = f"regexp_replace({{c}}, '{_quoted(between)}', '', 'g')" if between else "{c}"
    text = f"replace({text}, ',', '.')" if mark == "," else text
    cast = f"TRY_CAST({text} AS DOUBLE)"
    fits = f"regexp_full_match({{c}}, '{_quoted(form)}') AND abs({cast}) < {LARGEST}"
    return Reading("number", fits, cast, text, words)


def _compact_day() -> Reading:
    parsed = "try_strptime({c}, '%Y%m%d')"
    return Reading(
        "date",
        f"regexp_full_match({{c}}, '(?:19|20)[0-9]{{6}}') AND {parsed} IS NOT NULL",
        parsed,
        f"CAST(CAST({parsed} AS DATE) AS VARCHAR)",
        "written as 20240131",
    )


def _may_be(form: str, seen: str) -> bool:
    """Whether the signs of a format are all among those seen, which spares trying most of them."""
    letters = seen.upper().replace("T", "").replace("Z", "")
    named = {"%b", "%B", "%p"} & {form[i : i + 2] for i in range(len(form))}
    return set(form) & set("./-,") <= set(seen) and (not named or letters != letters.lower())


def _iso_moment() -> Reading:
    """2024-01-31T12:00:00Z or 2024-01-31 12:00; an offset would make another day of some."""
    shape = "{c} LIKE '____-__-_____:__%' AND {c} >= '1000'"
    known = f"{shape} AND NOT contains({{c}}, '+') AND NOT contains({{c}}[11:], '-')"
    return Reading("moment", known, "TRY_CAST({c} AS TIMESTAMP)", "{c}[:10]")


def _day(day: str, time: str) -> Reading:
    """Days, or moments, in one format of strptime."""
    if (day, time) == ("%Y-%m-%d", ""):
        cast = "TRY_CAST({c} AS DATE)"
        exact = f"CAST({cast} AS VARCHAR) = {{c}} AND {cast} >= DATE '{FIRST_DAY}'"
        return Reading("date", exact, f"CAST({cast} AS TIMESTAMP)")
    parsed = _parsed(day, time)
    swapped = _parsed(SWAPPED[day[:5]] + day[5:], time) if day[:5] in SWAPPED else ""
    return Reading(
        "moment" if time else "date",
        f"{parsed} >= TIMESTAMP '{FIRST_DAY}'",
        parsed,
        f"CAST(CAST({parsed} AS DATE) AS VARCHAR)",
        "" if day == "%Y-%m-%d" else f"written as {DAYS[day]}",
        swapped,
    )


def _parsed(day: str, time: str) -> str:
    cell = "rtrim(replace({c}, 'T', ' '), 'Z')" if time else "{c}"
    return f"try_strptime({cell}, '{f'{day} {time}'.strip()}')"


def _quoted(text: str) -> str:
    return text.replace("'", "''")
