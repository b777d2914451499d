"""How a text with a table in it is laid out: its separator, and where the table begins.

The separator is the one that splits the lines most evenly; a line such as `sep=;` says it. The
table begins with the first row that is as wide as most: what comes above is a title.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from typing import NamedTuple

from Task1_database.errors import DataError

MAX_COLUMNS = 1_000  # MySQL's tables have 1,017 at most, and days take several
HEAD = 1 << 18  # characters from which separator and header are detected
SEPARATORS = {"\t": "tabs", ";": "semicolons", "|": "bars", ",": "commas"}
_SEP_LINE = re.compile(r"\ufeff?\"?sep=(.)\"?\r?\n?")


class Record(NamedTuple):
    """A row, from its first physical line to its last."""

    first: int
    last: int
    cells: list[str]


def separator_of(head: str, *, whole: bool) -> str:
    """What separates the cells of a text, of which `head` is the beginning or the `whole`."""
    declared = _SEP_LINE.match(head)
    if declared and declared[1] in SEPARATORS:
        return declared[1]
    return _separator(head, whole)


def header_record(head: str, separator: str, *, whole: bool) -> Record | None:
    """The first row of the table, be it a header or data; None where no row has an end."""
    records = _records(head, separator, whole=whole)
    if not records:
        return None
    width = _usual(len(record.cells) for record in records)
    declared = bool(_SEP_LINE.match(head))
    wide = (record for record in records[declared:] if len(record.cells) == width)
    return next(wide, None)


def assert_few_columns(file: str, count: int) -> None:
    """Raise DataError for more columns than every database holds."""
    if count > MAX_COLUMNS:
        limit = f"at most {MAX_COLUMNS:,} fit every database"
        raise DataError(f"{file}: there are {count:,} columns; {limit}: keep those that matter")


def _separator(head: str, whole: bool) -> str:
    """The separator that splits most rows, the first among them, into the same number of cells."""
    best, chosen = (False, 0.0), ","
    for separator in SEPARATORS:
        widths = [len(record.cells) for record in _records(head, separator, whole=whole)]
        usual = _usual(widths)
        even = (widths[:1] == [usual], widths.count(usual) / max(1, len(widths)))
        if usual > 1 and even > best:
            best, chosen = even, separator
    return chosen


def _usual(widths: Iterable[int]) -> int:
    return max(Counter(widths).items(), key=lambda item: item[1], default=(0, 0))[0]


def _records(head: str, separator: str, *, whole: bool) -> list[Record]:
    """Each row that is not blank; without the last one if it may be cut."""
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=separator)
    line, records = 1, list[Record]()
    with suppress(csv.Error):  # of a cell without end, which is refused when all is read
        for cells in itertools.islice(reader, 10_000):
            if cells:
                records.append(Record(line, reader.line_num, cells))
            line = reader.line_num + 1
    return records if whole or len(records) < 2 else records[:-1]
