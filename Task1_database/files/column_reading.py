"""How the cells of one column are written in the file that was learned from, and files like it.

`new` establishes it from every row and writes it into dataset.toml; it travels in the contract, so
that the service reads a file as `new` read the one that it was trained on. A cell is rewritten to
what the strict parser takes (`12.5`, or the part of a day that a feature is); one that is written
otherwise stays as it is, and it is for that parser to take it or to say what is wrong.
"""

from __future__ import annotations

import datetime
import re
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from Task1_database.literals import NUMBER, number_pattern

BLANKS = " \t\n\r"
GAP = "[ \u00a0\u202f]"
GAPS = "[ \u00a0\u202f'’]"
BETWEEN = {"": "", ",": ",", ".": r"\.", " ": GAPS}  # patterns for what groups digits
ISO = "iso"  # 2024-01-31T12:00:00Z, or a space for the T
Decimal = Literal[".", ","]
Thousands = Literal["", ",", ".", " "]
Part = Literal["", "year", "month", "weekday", "days", "hour"]


@dataclass(frozen=True)
class ColumnReading:
    """How the cells are written that one feature is made of."""

    column: str  # what the file calls the column
    # of numbers: the sign before the decimals, and the one between thousands; empty for none, a
    # blank for any kind of gap
    decimal: Decimal = "."
    thousands: Thousands = ""
    unit: str = ""  # a sign that may stand before or behind a number
    # what stands for a missing value, in small letters; an empty cell does anyway
    missing: tuple[str, ...] = ()
    day: str = ""  # how days are written, for strptime, or ISO; empty where the column holds none
    part: Part = ""  # what the feature is of a day; empty where `day` is
    first: str = ""  # the day that `days` are counted from, as 2024-01-31

    def contradiction(self) -> str:
        """The attribute that does not go with the others; empty where all do."""
        if bool(self.day) != bool(self.part):
            return "day"
        with suppress(ValueError):
            datetime.date.fromisoformat(self.first)
            return ""
        return "first" if self.first or self.part == "days" else ""

    @cached_property
    def is_plain(self) -> bool:
        """Whether a decimal number, such as 12.5, means what it says."""
        marks = any(re.fullmatch(NUMBER, sign) for sign in self.missing)
        return self.decimal == "." and not self.thousands and not self.day and not marks

    def rewrite(self, cell: str) -> str:
        """A cell as the strict parser takes it; as it is, where it is written otherwise."""
        if cell.lower() in self.missing:
            return ""
        return self._part_of(cell) if self.day else self._number(cell)

    def _number(self, cell: str) -> str:
        bare = self._unit.sub(r"\1", cell, count=1) if self.unit else cell
        if not self._pattern.fullmatch(bare):
            return cell
        if self.thousands:
            bare = re.sub(BETWEEN[self.thousands], "", bare)
        return bare.replace(",", ".") if self.decimal == "," else bare

    @cached_property
    def _unit(self) -> re.Pattern[str]:
        sign = re.escape(self.unit)
        return re.compile(rf"^([+-]?){sign}{GAP}?|{GAP}?{sign}$")

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        between = BETWEEN[self.thousands]
        whole = f"(?:[0-9]{{1,3}}(?:{between}[0-9]{{3}})+|[0-9]+)" if between else "[0-9]+"
        return re.compile(number_pattern(whole, point=re.escape(self.decimal)))

    def _part_of(self, cell: str) -> str:
        moment = self._moment(cell)
        if moment is None:
            return cell
        if self.part == "weekday":
            return str(moment.isoweekday())
        if self.part == "days":
            return str((moment.date() - datetime.date.fromisoformat(self.first)).days)
        return str(getattr(moment, self.part))

    def _moment(self, cell: str) -> datetime.datetime | None:
        """The moment that a cell names, without an offset; workbooks have it as ISO 8601."""
        with suppress(ValueError):
            moment = datetime.datetime.fromisoformat(cell) if cell[4:5] == "-" else None
            if moment is not None:
                return moment.replace(tzinfo=None) if not moment.utcoffset() else None
        if self.day != ISO:
            text = cell.replace("T", " ").rstrip("Z") if ":" in self.day else cell
            with suppress(ValueError):
                return datetime.datetime.strptime(text, self.day)
        return None
