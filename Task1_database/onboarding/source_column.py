"""What is known of a column of the file, once every row of it has been looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from Task1_database.onboarding.formats import Kind


@dataclass(frozen=True)
class SourceColumn:
    """A column of the file.

    Attributes
    ----------
    text, value : str
        SQL for a cell as the loader takes it, and for its value; NULL if missing.
    plain : bool
        Whether the loader takes all cells as they stand.
    told : int
        In how many rows there is a value.
    low, high
        The smallest and the largest value.
    different, longest, bytes : int
        Of text, how many different values there are, and the characters and bytes of the longest.
    missing : dict
        The signs that stand for a missing value, and how often.
    remark : str
        How it was read, where that does not go without saying.
    """

    place: int
    label: str
    kind: Kind
    text: str
    value: str
    plain: bool
    told: int
    low: Any
    high: Any
    missing: dict[str, int]
    remark: str = ""
    unit: str = ""
    different: int = 0
    longest: int = 0
    bytes: int = 0

    @property
    def constant(self) -> bool:
        """Whether all its values are one and the same."""
        return bool(self.told) and self.low == self.high

    @property
    def days(self) -> bool:
        """Whether it holds days, with or without an hour."""
        return self.kind in ("date", "moment")

    @property
    def numeric(self) -> bool:
        """Whether it holds numbers."""
        return self.kind in ("integer", "number")
