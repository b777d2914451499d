"""What is known of a column of the file, once every row of it has been read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from Task1_database.onboarding.formats import ColumnFormat, Kind

BLANK = "blank"  # what a cell of nothing but blanks is called, among the signs for missing values


@dataclass(frozen=True, kw_only=True)
class SourceColumn:
    """A column of the file."""

    index: int  # from 0, in the file
    label: str
    kind: Kind
    # SQL for a cell as the loader takes it, and for its value; NULL if missing
    text: str
    value: str
    is_canonical: bool  # whether the loader takes all cells as they stand
    non_null_count: int  # in how many rows there is a value
    # the smallest and the largest value
    minimum: Any
    maximum: Any
    # the signs that stand for a missing value, and how often
    missing_markers: dict[str, int] = field(default_factory=dict)
    format: ColumnFormat | None = None  # how its cells are written; None for text
    remark: str = ""  # how it was read, where that does not go without saying
    unit: str = ""
    # of text, how many different values there are, and the characters and bytes of the longest
    distinct_count: int = 0
    max_length: int = 0
    max_bytes: int = 0

    @property
    def is_constant(self) -> bool:
        """Whether all its values are one and the same."""
        return bool(self.non_null_count) and self.minimum == self.maximum

    @property
    def is_date(self) -> bool:
        """Whether it holds days, with or without an hour."""
        return self.kind in ("date", "moment")

    @property
    def is_numeric(self) -> bool:
        """Whether it holds numbers."""
        return self.kind in ("integer", "number")
