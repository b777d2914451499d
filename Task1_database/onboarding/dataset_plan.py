"""What a new dataset will be, once it has been decided; `drafting.py` decides it."""

from __future__ import annotations

from dataclasses import dataclass

from Task1_database.onboarding.date_patterns import Days
from Task1_database.onboarding.delimited import Delimited
from Task1_database.onboarding.outcome import Outcome
from Task1_database.onboarding.raw_table import RawTable
from Task1_database.onboarding.source_column import SourceColumn


@dataclass(frozen=True)
class PlannedFeature:
    """A column of feature_store, made of one of the file's.

    Attributes
    ----------
    sql : str
        How it is made of the raw table's columns.
    score : float
        How much it alone tells about the target, at most 1.
    """

    name: str
    source: SourceColumn
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

    source: SourceColumn
    raw: str
    reason: str
    features: tuple[PlannedFeature, ...]


@dataclass(frozen=True)
class DatasetPlan:
    """A dataset, decided upon.

    Attributes
    ----------
    target : PlannedFeature
        Among the features it is not.
    features : tuple of PlannedFeature
        In the file's order; at least one.
    second : PlannedFeature or None
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
    target: PlannedFeature
    features: tuple[PlannedFeature, ...]
    x: PlannedFeature
    second: PlannedFeature | None
    left_out: tuple[LeftOut, ...]
    days: tuple[Days, ...]
    remark: str = ""
