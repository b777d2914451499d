"""What a new dataset will be, once it has been decided; `drafting.py` decides it."""

from __future__ import annotations

from dataclasses import dataclass

from Task1_database.onboarding.date_patterns import Days
from Task1_database.onboarding.delimited import Delimited
from Task1_database.onboarding.outcome import Outcome
from Task1_database.onboarding.raw_table import RawTable
from Task1_database.onboarding.source_column import Field


@dataclass(frozen=True)
class DraftFeature:
    """A column of feature_store, made of one of the file's.

    Attributes
    ----------
    sql : str
        How it is made of the raw table's columns.
    score : float
        How much it alone tells about the target, at most 1.
    """

    name: str
    source: Field
    sql: str
    label: str
    unit: str = ""
    help: str = ""
    score: float = 0.0

    @property
    def numeric(self) -> bool:
        """Whether it is a number, as all are that are made of days."""
        return self.source.kind != "text"


@dataclass(frozen=True)
class LeftOut:
    """A column of the file that is no feature: why, and the features that it would make."""

    source: Field
    raw: str
    reason: str
    features: tuple[DraftFeature, ...]


@dataclass(frozen=True)
class Draft:
    """A dataset, decided upon.

    Attributes
    ----------
    target : DraftFeature
        Among the features it is not.
    features : tuple of DraftFeature
        In the file's order; at least one.
    second : DraftFeature or None
        The feature beside x that tells most about the target, a category if there is one.
    days : tuple of Days
        The columns of days that features are made of.
    remark : str
        What else is to be known of the features.
    """

    name: str
    source: Delimited
    rows: int
    raw: RawTable
    outcome: Outcome
    target: DraftFeature
    features: tuple[DraftFeature, ...]
    x: DraftFeature
    second: DraftFeature | None
    left_out: tuple[LeftOut, ...]
    days: tuple[Days, ...]
    remark: str = ""
