"""What each column of a file holds, found out from every row of it.

A few values suggest how a column may be read; then every cell must be readable so, or be empty, or
hold one of the usual signs for a missing value. What fits no other kind is text.
"""

# ruff: noqa: S608 - the SQL is made of column numbers, and of expressions that this package wrote

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from Task1_database.onboarding.formats import (
    MISSING,
    UNITS,
    Comma,
    Reading,
    bare,
    readings,
)
from Task1_database.onboarding.source_cells import (
    BLANKS,
    TABLE,
    SourceCells,
    has_blanks,
    is_sign,
    trimmed,
)
from Task1_database.onboarding.source_column import SourceColumn

SIGNS = 50  # of all different cells that are odd, so many are looked at
ALMOST = 0.02  # the share of odd cells up to which a column is almost of a kind
LARGEST_WHOLE = 2**53
SIGN_LIST = ", ".join(f"'{sign}'" for sign in sorted(MISSING))
NOUNS = {"integer": "whole numbers", "number": "numbers", "date": "days", "moment": "moments"}


class _Counts(NamedTuple):
    """Of a way to read a column; `broken` are numbers that are not whole, or differing hours."""

    told: int
    odd: int
    low: Any
    high: Any
    broken: int
    swapped: int


class _Texts(NamedTuple):
    told: int
    different: int
    low: str | None
    high: str | None
    longest: int
    bytes: int
    blanks: int
    signs: int


def fields(cells: SourceCells) -> list[SourceColumn]:
    """What each column holds, in the file's order."""
    columns = [_Column(cells, place) for place in cells.places]
    comma: Comma = "likely" if cells.source.separator == ";" else "unlikely"
    if any(column.has_decimal_comma(comma) for column in columns):
        comma = "sure"
    return [column.field(comma) for column in columns]


class _Column:
    """A column that is being looked at."""

    def __init__(self, cells: SourceCells, place: int) -> None:
        self._query = cells.query
        self._place = place
        self._label = cells.source.labels[place]
        self._cell = f"c{place}"
        self._few = cells.few(place)
        self._unit = _unit(self._few)

    def has_decimal_comma(self, comma: Comma) -> bool:
        """Whether the few values are numbers only if their comma is a decimal one."""
        if not any("," in value for value in self._few):
            return False
        first = next(self._ways(self._cell, comma), None)
        return first is not None and first.words.startswith("decimal comma")

    def field(self, comma: Comma) -> SourceColumn:
        """What it holds."""
        cell = bare(self._cell, self._unit) if self._unit else self._cell
        blank = any(value != value.strip(BLANKS) for value in self._few)
        return self._read(trimmed(cell) if blank else cell, comma)

    def _read(self, cell: str, comma: Comma) -> SourceColumn:
        remark = ""
        for way in self._ways(cell, comma):
            counts = self._count(way, cell)
            odd = self._odd(way, cell) if counts.odd else {}
            strange = [value for value in odd if not is_sign(value)]
            if not strange:
                return self._readable(way, cell, counts, odd)
            if any(value != value.strip(BLANKS) for value in strange):
                return self._read(trimmed(cell), comma)
            if counts.odd <= ALMOST * counts.told:
                remark = f"{counts.odd:,} are no {NOUNS[way.kind]}, such as {strange[0]!r}"
        return self._text(remark)

    def _ways(self, cell: str, comma: Comma) -> Iterator[Reading]:
        """How all of the few values can be read."""
        for ways in filter(None, readings(self._few, comma=comma)):
            counts = ", ".join(f"count({way.value.replace('{c}', 'c')})" for way in ways)
            cells = f"SELECT {cell} AS c FROM (SELECT unnest($few) AS {self._cell})"
            (fitting,) = self._query(f"SELECT {counts} FROM ({cells})", few=self._few)
            for way, fits in zip(ways, fitting, strict=True):
                if fits == len(self._few):
                    yield way

    def _count(self, way: Reading, cell: str) -> _Counts:
        broken = {
            "number": "count(*) FILTER (v <> trunc(v))",
            "moment": "max(hour(v)) - min(hour(v))",
        }.get(way.kind, "0")
        swapped = way.swapped.replace("{c}", "c") or "NULL"
        (row,) = self._query(
            "SELECT count(v), count(c) - count(v), min(v), max(v), "
            f"{broken}, count({swapped}) FROM ({_values(way, cell)})"
        )
        return _Counts(*row)

    def _odd(self, way: Reading, cell: str) -> dict[str, int]:
        """The most frequent cells that cannot be read."""
        odd = f"SELECT c, count(*) FROM ({_values(way, cell)}) WHERE v IS NULL AND c IS NOT NULL"
        return dict(self._query(f"{odd} GROUP BY c ORDER BY 2 DESC, 1 LIMIT {SIGNS}"))

    def _readable(
        self, way: Reading, cell: str, counts: _Counts, odd: dict[str, int]
    ) -> SourceColumn:
        value = way.value if odd else way.cast  # once all fit, there is nothing to test
        value, text = (sql.replace("{c}", cell) for sql in (value, way.text))
        low, high, kind, words = counts.low, counts.high, way.kind, way.words
        if way.kind == "number" and not counts.broken and max(-low, high) < LARGEST_WHOLE:
            low, high, kind = int(low), int(high), "integer"
            words = words or "written with a point"
            value = f"CAST({value} AS BIGINT)"
            text = f"CAST({value} AS VARCHAR)"
        if way.kind == "moment" and not counts.broken:
            kind = "date"
        if counts.swapped == counts.told:
            words += ", though day and month could also be the other way round"
        plain = text == self._cell and not odd
        if odd:
            text = f"CASE WHEN {value} IS NOT NULL THEN {text} END"
        signs = _counted(odd)
        return SourceColumn(
            self._place,
            self._label,
            kind,
            text,
            value,
            plain,
            counts.told,
            low,
            high,
            signs,
            words,
            self._unit,
        )

    def _text(self, remark: str) -> SourceColumn:
        found = self._texts(self._cell)
        text, missing = self._cell, dict[str, int]()
        if found.blanks:
            text = f"nullif({trimmed(text)}, '')"
        if found.blanks or found.signs:
            missing = self._text_signs(text)
        if missing:
            text = f"CASE WHEN lower({text}) NOT IN ({SIGN_LIST}) THEN {text} END"
        if text != self._cell:
            found = self._texts(text)
        return SourceColumn(
            self._place,
            self._label,
            "text",
            text,
            text,
            text == self._cell,
            found.told,
            found.low,
            found.high,
            missing,
            remark,
            "",
            found.different,
            found.longest,
            found.bytes,
        )

    def _texts(self, text: str) -> _Texts:
        """What there is to know of all different texts of the column."""
        (row,) = self._query(
            "SELECT coalesce(sum(n), 0), count(*), min(t), max(t), coalesce(max(length(t)), 0), "
            f"coalesce(max(strlen(t)), 0), count(*) FILTER ({has_blanks('t')}), "
            f"count(*) FILTER (lower(t) IN ({SIGN_LIST})) FROM "
            f"(SELECT {text} AS t, count(*) AS n FROM {TABLE} WHERE t IS NOT NULL GROUP BY t)"
        )
        return _Texts(int(row[0]), *row[1:])

    def _text_signs(self, text: str) -> dict[str, int]:
        """The signs for missing values; none if they leave but one text, like - beside +."""
        cells = f"SELECT {text} AS t FROM {TABLE}"
        ((low, high),) = self._query(
            f"SELECT min(t), max(t) FROM ({cells}) WHERE lower(t) NOT IN ({SIGN_LIST})"
        )
        if low is not None and low == high:
            return {}
        found = f"SELECT t, count(*) FROM ({cells}) WHERE lower(t) IN ({SIGN_LIST}) GROUP BY t"
        return _counted(dict(self._query(found)))


def _values(way: Reading, cell: str) -> str:
    value = way.value.replace("{c}", "c")
    return f"SELECT c, {value} AS v FROM (SELECT {cell} AS c FROM {TABLE})"


def _counted(signs: dict[str, int]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for sign, count in signs.items():
        counts[sign.strip(BLANKS) or "blank"] += count
    return dict(counts)


def _unit(values: list[str]) -> str:
    """The one unit that most values have before or after them."""
    ends = Counter(end for value in values for end in {*value.strip("+- ")[:1], *value[-1:]})
    units = [unit for unit in UNITS if ends[unit] > len(values) / 2]
    return units[0] if len(units) == 1 else ""
