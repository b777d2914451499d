"""What each column of a file holds, established from every row of it.

A few values suggest a column's format; then every cell must fit it, or be empty, or hold one of the
usual signs for a missing value. What fits no other kind is text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from Task1_database.files.column_reading import BLANKS
from Task1_database.onboarding.formats import (
    MISSING,
    UNITS,
    ColumnFormat,
    Comma,
    candidate_formats,
    without_unit,
)
from Task1_database.onboarding.source_cells import (
    TABLE,
    SourceCells,
    has_blanks,
    marks_missing,
    trimmed,
)
from Task1_database.onboarding.source_column import BLANK, SourceColumn
from Task1_database.progress import Log, ProgressLine, silent

MAX_UNREADABLE = 50  # of all different cells that do not fit, so many are examined
ALMOST = 0.02  # the share of unreadable cells up to which a column is almost of a kind
MAX_EXACT_INTEGER = 2**53  # of a double
MARKERS = ", ".join(f"'{marker}'" for marker in sorted(MISSING))
NOUNS = {"integer": "whole numbers", "number": "numbers", "date": "days", "moment": "moments"}


class _Counts(NamedTuple):
    """Of a column in a format; `fractional` are numbers that are not whole, or differing hours."""

    readable: int
    unreadable: int
    minimum: Any
    maximum: Any
    fractional: int
    swapped: int


class _TextCounts(NamedTuple):
    non_null: int
    distinct: int
    minimum: str | None
    maximum: str | None
    max_length: int
    max_bytes: int
    with_blanks: int
    markers: int


def column_types(cells: SourceCells, log: Log = silent) -> list[SourceColumn]:
    """What each column holds, in the file's order; `log` is told how many are done."""
    readers = [_ColumnReader(cells, index) for index in cells.indices]
    comma: Comma = "likely" if cells.source.separator == ";" else "unlikely"
    if any(reader.has_decimal_comma(comma) for reader in readers):
        comma = "sure"
    columns: list[SourceColumn] = []
    for reader in readers:
        log(ProgressLine("examining", len(columns), len(readers), "columns", reader.label))
        columns.append(reader.column(comma))
    return columns


class _ColumnReader:
    """Establishes what one column holds."""

    def __init__(self, cells: SourceCells, index: int) -> None:
        self._query = cells.query
        self._index = index
        self.label = cells.source.labels[index]
        self._cell = f"c{index}"
        self._values = cells.some_values(index)
        self._unit = _unit(self._values)

    def has_decimal_comma(self, comma: Comma) -> bool:
        """Whether some of its values are numbers only if their comma is a decimal one."""
        if not any("," in value for value in self._values):
            return False
        first = next(self._fitting_formats(self._cell, comma), None)
        return first is not None and first.description.startswith("decimal comma")

    def column(self, comma: Comma) -> SourceColumn:
        """What it holds."""
        cell = without_unit(self._cell, self._unit) if self._unit else self._cell
        blank = any(value != value.strip(BLANKS) for value in self._values)
        return self._read(trimmed(cell) if blank else cell, comma)

    def _read(self, cell: str, comma: Comma) -> SourceColumn:
        remark = ""
        for form in self._fitting_formats(cell, comma):
            counts = self._count(form, cell)
            unreadable = self._unreadable(form, cell) if counts.unreadable else {}
            strange = [value for value in unreadable if not marks_missing(value)]
            if not strange:
                return self._formatted(form, cell, counts, unreadable)
            if any(value != value.strip(BLANKS) for value in strange):
                return self._read(trimmed(cell), comma)
            if counts.unreadable <= ALMOST * counts.readable:
                noun = NOUNS[form.kind]
                remark = f"{counts.unreadable:,} are no {noun}, such as {strange[0]!r}"
        return self._text(remark)

    def _fitting_formats(self, cell: str, comma: Comma) -> Iterator[ColumnFormat]:
        """The formats that fit all of the few values."""
        for forms in filter(None, candidate_formats(self._values, comma=comma)):
            counts = ", ".join(f"count({form.value.replace('{c}', 'c')})" for form in forms)
            cells = f"SELECT {cell} AS c FROM (SELECT unnest($few) AS {self._cell})"
            (fitting,) = self._query(f"SELECT {counts} FROM ({cells})", few=self._values)
            for form, fits in zip(forms, fitting, strict=True):
                if fits == len(self._values):
                    yield form

    def _count(self, form: ColumnFormat, cell: str) -> _Counts:
        fractional = {
            "number": "count(*) FILTER (v <> trunc(v))",
            "moment": "max(hour(v)) - min(hour(v))",
        }.get(form.kind, "0")
        swapped = form.swapped.replace("{c}", "c") or "NULL"
        (row,) = self._query(
            "SELECT count(v), count(c) - count(v), min(v), max(v), "
            f"{fractional}, count({swapped}) FROM ({_cells_and_values(form, cell)})"
        )
        return _Counts(*row)

    def _unreadable(self, form: ColumnFormat, cell: str) -> dict[str, int]:
        """The most frequent cells that do not fit."""
        rows = f"FROM ({_cells_and_values(form, cell)}) WHERE v IS NULL AND c IS NOT NULL"
        order = f"GROUP BY c ORDER BY 2 DESC, 1 LIMIT {MAX_UNREADABLE}"
        return dict(self._query(f"SELECT c, count(*) {rows} {order}"))

    def _formatted(
        self, form: ColumnFormat, cell: str, counts: _Counts, markers: dict[str, int]
    ) -> SourceColumn:
        value = form.value if markers else form.cast  # once all fit, there is nothing to test
        value, text = (sql.replace("{c}", cell) for sql in (value, form.text))
        minimum, maximum, kind = counts.minimum, counts.maximum, form.kind
        description = form.description
        whole = form.kind == "number" and not counts.fractional
        if whole and max(-minimum, maximum) < MAX_EXACT_INTEGER:
            minimum, maximum, kind = int(minimum), int(maximum), "integer"
            description = description or "written with a point"
            value = f"CAST({value} AS BIGINT)"
            text = f"CAST({value} AS VARCHAR)"
        if form.kind == "moment" and not counts.fractional:
            kind = "date"
        if counts.swapped == counts.readable:
            description += ", though day and month could also be the other way round"
        is_canonical = text == self._cell and not markers
        if markers:
            text = f"CASE WHEN {value} IS NOT NULL THEN {text} END"
        return SourceColumn(
            index=self._index,
            label=self.label,
            kind=kind,
            text=text,
            value=value,
            is_canonical=is_canonical,
            non_null_count=counts.readable,
            minimum=minimum,
            maximum=maximum,
            missing_markers=_trimmed_counts(markers),
            format=form,
            remark=description,
            unit=self._unit,
        )

    def _text(self, remark: str) -> SourceColumn:
        counts = self._count_texts(self._cell)
        text, markers = self._cell, dict[str, int]()
        if counts.with_blanks:
            text = f"nullif({trimmed(text)}, '')"
        if counts.with_blanks or counts.markers:
            markers = self._text_markers(text)
        if markers:
            text = f"CASE WHEN lower({text}) NOT IN ({MARKERS}) THEN {text} END"
        if text != self._cell:
            counts = self._count_texts(text)
        return SourceColumn(
            index=self._index,
            label=self.label,
            kind="text",
            text=text,
            value=text,
            is_canonical=text == self._cell,
            non_null_count=counts.non_null,
            minimum=counts.minimum,
            maximum=counts.maximum,
            missing_markers=markers,
            remark=remark,
            distinct_count=counts.distinct,
            max_length=counts.max_length,
            max_bytes=counts.max_bytes,
        )

    def _count_texts(self, text: str) -> _TextCounts:
        """Counts of all different texts of the column."""
        (row,) = self._query(
            "SELECT coalesce(sum(n), 0), count(*), min(t), max(t), coalesce(max(length(t)), 0), "
            f"coalesce(max(strlen(t)), 0), count(*) FILTER ({has_blanks('t')}), "
            f"count(*) FILTER (lower(t) IN ({MARKERS})) FROM "
            f"(SELECT {text} AS t, count(*) AS n FROM {TABLE} WHERE t IS NOT NULL GROUP BY t)"
        )
        return _TextCounts(int(row[0]), *row[1:])

    def _text_markers(self, text: str) -> dict[str, int]:
        """The signs for missing values; none if they leave but one text, like - beside +."""
        cells = f"SELECT {text} AS t FROM {TABLE}"
        ((low, high),) = self._query(
            f"SELECT min(t), max(t) FROM ({cells}) WHERE lower(t) NOT IN ({MARKERS})"
        )
        if low is not None and low == high:
            return {}
        counts = f"SELECT t, count(*) FROM ({cells}) WHERE lower(t) IN ({MARKERS}) GROUP BY t"
        return _trimmed_counts(dict(self._query(counts)))


def _cells_and_values(form: ColumnFormat, cell: str) -> str:
    value = form.value.replace("{c}", "c")
    return f"SELECT c, {value} AS v FROM (SELECT {cell} AS c FROM {TABLE})"


def _trimmed_counts(markers: dict[str, int]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for marker, count in markers.items():
        counts[marker.strip(BLANKS) or BLANK] += count
    return dict(counts)


def _unit(values: list[str]) -> str:
    """The one unit that most values have before or after them."""
    ends = Counter(end for value in values for end in {*value.strip("+- ")[:1], *value[-1:]})
    units = [unit for unit in UNITS if ends[unit] > len(values) / 2]
    return units[0] if len(units) == 1 else ""
