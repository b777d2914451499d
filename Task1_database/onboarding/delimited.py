"""A text file with a table in it, as it comes: its encoding, separator and header are detected.

The separator is the one that splits the lines most evenly. Whether the first row is a header
follows from the target, which has to be named anyway.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from Task1_database.errors import DataError
from Task1_database.files.encoding import MARK, as_utf8
from Task1_database.files.layout import (
    HEAD,
    SEPARATORS,
    assert_few_columns,
    header_record,
    separator_of,
)
from Task1_database.onboarding.names import join_quoted, one_line, safe_name

MAX_NAMED = 5  # sheets
_NUMBERED = re.compile(r"column_([1-9][0-9]*)")


@dataclass(frozen=True)
class Delimited:
    """A table of text."""

    file: Path  # what the user named
    path: Path  # the same as UTF-8: the file itself, or a copy
    encoding: str
    separator: str
    # what the file calls its columns; column_1, column_2 … if it has no header
    labels: tuple[str, ...]
    skip: int  # how many physical lines come before the first row
    above: int = 0  # how many of those come before the header
    sheet: str = ""
    other_sheets: tuple[str, ...] = ()

    @property
    def header(self) -> bool:
        """Whether the columns' names stand in the file."""
        return self.skip > self.above

    @property
    def is_canonical(self) -> bool:
        """Whether it is the kind of CSV that a dataset folder holds."""
        layout = (self.encoding.startswith("UTF-8"), self.separator, self.header, self.above)
        return layout == (True, ",", True, 0) and not self.sheet

    @property
    def description(self) -> str:
        """How the file is written, in words."""
        if self.sheet:
            instead = f" ({self.sheet_hint})" if self.other_sheets else ""
            return f"the sheet {self.sheet!r} of a workbook{instead}, {self._header}"
        return f"{self.encoding} text, separated by {SEPARATORS[self.separator]}, {self._header}"

    @property
    def sheet_hint(self) -> str:
        """How to have another sheet of a workbook that has several."""
        return f"--sheet takes another: {join_quoted(self.other_sheets, MAX_NAMED)}"

    @property
    def _header(self) -> str:
        if not self.header:
            return "with no header: the columns are called column_1, column_2 …"
        return f"with its header in line {self.above + 1}"

    @property
    def is_simple(self) -> bool:
        """Whether nothing but a header in one line comes before the rows."""
        marked = self.encoding.endswith(MARK) and not self.header
        return self.above == 0 and self.skip <= 1 and not marked

    def rows(self) -> Iterator[list[str]]:
        """Every row that is not blank.

        Raises DataError, naming the line of the first one that is not as wide as the others or not
        well quoted.
        """
        with self.path.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.reader(text, delimiter=self.separator, strict=True)
            line = 1
            try:
                for cells in reader:
                    if line > self.skip and cells:
                        if len(cells) != len(self.labels):
                            problem = f"has {len(cells)} values; expected {len(self.labels)}"
                            raise DataError(f"{self.file.name}, line {line}: {problem}")
                        yield cells
                    line = reader.line_num + 1
            except csv.Error as error:
                problem = f"a quote is not closed, or one inside a value is not doubled ({error})"
                raise DataError(f"{self.file.name}, line {line}: {problem}") from error


def detect(file: Path, target: str, scratch: Path) -> Delimited:
    """Detect how a text file is written.

    Parameters
    ----------
    target : str
        A column. Where it is column_1, column_2 … and the first row has no such cell, that
        row is data.
    scratch : Path
        A folder for a copy in UTF-8, if one is needed.

    Raises DataError if the file is empty or is no text.
    """
    path, encoding = as_utf8(file, scratch)
    with path.open(encoding="utf-8-sig", newline="") as text:
        head = text.read(HEAD)
    whole = len(head) < HEAD
    if not head.strip():
        raise DataError(f"{file.name}: the file is empty; expected a header and rows")
    return locate_table(file, path, encoding, separator_of(head, whole=whole), target)


def locate_table(
    file: Path, path: Path, encoding: str, separator: str, target: str, sheets: Sequence[str] = ()
) -> Delimited:
    """The table in a UTF-8 text whose separator is known: where it begins, and its header.

    Of a workbook, `sheets` are the one that it comes from, then the others.
    """
    with path.open(encoding="utf-8-sig", newline="") as text:
        head = text.read(HEAD)
    record = header_record(head, separator, whole=len(head) < HEAD)
    if record is None:
        raise DataError(f"{file.name}: the first row has no end; is a quote not closed?")
    first, last, names = record
    assert_few_columns(file.name, len(names))
    above = first - 1
    if is_header(names, target):
        labels, skip = tuple(one_line(name) for name in names), last
    else:
        labels, skip = tuple(f"column_{number + 1}" for number in range(len(names))), above
    sheet, *others = sheets or [""]
    return Delimited(file, path, encoding, separator, labels, skip, above, sheet, tuple(others))


def is_header(cells: Iterable[str], target: str) -> bool:
    """Whether a first row names the columns: unless the target is asked for by number."""
    names = [one_line(cell) for cell in cells]
    numbered = _NUMBERED.fullmatch(target)
    if matching_indices(target, names) or not numbered:
        return True
    return int(numbered[1]) > len(names)


def matching_indices(name: str, labels: Iterable[str]) -> list[int]:
    """The columns that are called so: exactly, or else but for case and signs."""
    numbered = [*enumerate(labels)]
    for form in (str, str.casefold, safe_name):
        if indices := [i for i, label in numbered if form(label) == form(name) != ""]:
            return indices
    return []
