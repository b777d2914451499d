"""Which column is to be predicted, and how: as a number, or as one of several classes."""

# ruff: noqa: S608 - the SQL is made of column numbers, and of expressions that this package wrote

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import Any

from Task1_database.errors import DataError
from Task1_database.onboarding.delimited import Delimited, find
from Task1_database.onboarding.source_cells import TABLE, SourceCells
from Task1_database.onboarding.source_column import SourceColumn
from Task1_database.target import FEWEST_OF_A_CLASS, Task

FEWEST_ROWS = 100  # to learn from four fifths of them, and to say how sure an answer is
MOST_CLASSES = 50
FEW_NUMBERS = 10  # so many different whole numbers are taken for classes
YES = ("1", "yes", "y", "true", "t", "positive", "pos")


@dataclass(frozen=True)
class Outcome:
    """What is to be predicted.

    Attributes
    ----------
    why : str
        What makes it this task.
    untold : int
        How many rows lack it, and so are no use to learn from.
    classes : dict
        How many rows each class has, the most frequent first; empty for regression.
    positive : str
        For two classes the one whose probability is told.
    rare : dict
        Classes of too few rows to learn from; they are not among `classes`.
    """

    source: SourceColumn
    task: Task
    why: str
    untold: int
    classes: dict[str, int] = field(default_factory=dict)
    positive: str = ""
    rare: dict[str, int] = field(default_factory=dict)


def column(source: Delimited, wanted: str) -> int:
    """The place of the column that a user names.

    Raises
    ------
    DataError
        If there is none, naming the closest one, or more than one.
    """
    places = find(wanted, source.labels)
    if len(places) > 1:
        what = f"there are {len(places)} columns called {wanted!r}; rename all but one"
        raise DataError(f"{source.file.name}: {what}")
    if places:
        return places[0]
    names = [label for label in source.labels if label]
    close = difflib.get_close_matches(wanted, names, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(map(repr, names))}"
    if any(label.lstrip("+-").replace(".", "", 1).isdigit() for label in names):
        hint += " (a file without a header has column_1, column_2 …)"
    raise DataError(f"{source.file.name}: there is no column {wanted!r}; {hint}")


def outcome(cells: SourceCells, found: SourceColumn) -> Outcome:
    """How a column is to be predicted.

    Raises
    ------
    DataError
        If there is nothing to learn: hardly any rows, one value, days, or too many classes.
    """
    where = f"{cells.source.file.name}: {found.label or 'the target'!r}"
    if found.days:
        raise DataError(f"{where} holds days; a target is a number or a class")
    if found.told < FEWEST_ROWS:
        raise DataError(f"{where} is told in {found.told} rows; at least {FEWEST_ROWS} are needed")
    if found.constant:
        raise DataError(f"{where} is always {found.low!r}; there is nothing to learn")
    untold = cells.rows - found.told
    classes = _counted(cells, found) if found.kind in ("text", "integer") else {}
    if found.kind != "text" and (not classes or len(classes) > FEW_NUMBERS):
        return Outcome(found, "regression", "it is a number", untold)
    rare = {value: count for value, count in classes.items() if count < FEWEST_OF_A_CLASS}
    learned = {value: count for value, count in classes.items() if value not in rare}
    if len(learned) < 2:
        what = f"fewer than two of its values are in {FEWEST_OF_A_CLASS} rows or more"
        raise DataError(f"{where}: {what}; there is nothing to learn")
    if len(learned) > MOST_CLASSES:
        what = f"has {len(classes):,} different texts; expected numbers, or {MOST_CLASSES} classes"
        raise DataError(f"{where} {what} at most")
    why = "it is a text" if found.kind == "text" else f"it is one of {len(classes)} whole numbers"
    return Outcome(found, "classification", why, untold, learned, _positive(learned), rare)


def _counted(cells: SourceCells, found: SourceColumn) -> dict[str, int]:
    """The values and how often each is told; of too many to be classes, enough to know that."""
    whole = found.kind == "integer"
    if whole and len(cells.few(found.place)) > 2 * FEW_NUMBERS:  # spares a long count
        return {}
    some = FEW_NUMBERS + 1 if whole else 20 * MOST_CLASSES
    values = f"SELECT {found.value} AS v FROM {TABLE}"
    counted: list[tuple[Any, int]] = cells.query(
        f"SELECT v, count(*) FROM ({values}) WHERE v IS NOT NULL GROUP BY v "
        f"ORDER BY 2 DESC, 1 LIMIT {some}"
    )
    return {str(value): count for value, count in counted}


def _positive(classes: dict[str, int]) -> str:
    """Of two classes the one that says yes, or else the rarer one."""
    if len(classes) != 2:
        return ""
    yes = [value for value in classes if value.lower() in YES]
    return yes[0] if len(yes) == 1 else list(classes)[-1]
