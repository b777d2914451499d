"""Which column is to be predicted, and how: as a number, or as one of several classes."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import Any

from Task1_database.errors import DataError
from Task1_database.onboarding.delimited import Delimited, matching_indices
from Task1_database.onboarding.names import join_quoted
from Task1_database.onboarding.source_cells import TABLE, SourceCells
from Task1_database.onboarding.source_column import SourceColumn
from Task1_database.target import FEWEST_OF_A_CLASS, Task

MIN_ROWS = 100  # to learn from four fifths of them, and to say how sure an answer is
MAX_CLASSES = 50
MAX_INTEGER_CLASSES = 5  # more different whole numbers are counts, or grades
MAX_LISTED = 8  # columns of a file, where none is called as the user says
MAX_NEAR = 3
FEWEST_SIGNS = 3  # of a name that is looked for within others
YES = ("1", "yes", "y", "true", "t", "positive", "pos")


@dataclass(frozen=True)
class Outcome:
    """What is to be predicted."""

    source: SourceColumn
    task: Task
    reason: str  # what makes it this task
    missing_count: int  # how many rows lack it, and so are no use to learn from
    # how many rows each class has, the most frequent first; empty for regression
    classes: dict[str, int] = field(default_factory=dict)
    positive: str = ""  # for two classes the one whose probability is answered
    # classes of too few rows to learn from; they are not among `classes`
    rare: dict[str, int] = field(default_factory=dict)


def find_column(source: Delimited, name: str) -> int:
    """The index of the column that a user names.

    Raises DataError if there is none, naming those that are near or else the first few, or more
    than one.
    """
    indices = matching_indices(name, source.labels)
    if len(indices) > 1:
        problem = f"there are {len(indices)} columns called {name!r}; rename all but one"
        raise DataError(f"{source.file.name}: {problem}")
    if indices:
        return indices[0]
    labels = [label for label in source.labels if label]
    close = _near(name, labels)
    if close:
        hint = f"did you mean {' or '.join(map(repr, close))}?"
    else:
        hint = f"there are {join_quoted(labels, MAX_LISTED)}"
    if any(label.lstrip("+-").replace(".", "", 1).isdigit() for label in labels):
        hint += " (a file without a header has column_1, column_2 …)"
    where = f" in the sheet {source.sheet!r}" if source.other_sheets else ""
    if source.other_sheets:
        hint += f"; {source.sheet_hint}"
    raise DataError(f"{source.file.name}: there is no column {name!r}{where}; {hint}")


def _near(name: str, labels: list[str]) -> list[str]:
    """The labels that may be meant, in whatever case: spelt alike, or with the name in them."""
    folded = {label.casefold(): label for label in labels}
    sought = name.strip().casefold()
    close = difflib.get_close_matches(sought, folded, n=MAX_NEAR)
    within = [label for label in folded if len(sought) >= FEWEST_SIGNS and sought in label]
    return [folded[label] for label in dict.fromkeys([*close, *within])][:MAX_NEAR]


def outcome(cells: SourceCells, column: SourceColumn) -> Outcome:
    """How a column is to be predicted.

    Raises DataError if there is nothing to learn: hardly any rows, one value, days, or too many
    classes.
    """
    where = f"{cells.source.file.name}: {column.label or 'the target'!r}"
    if column.is_date:
        raise DataError(f"{where} holds days; a target is a number or a class")
    if column.non_null_count < MIN_ROWS:
        has = f"has a value in {column.non_null_count} rows"
        raise DataError(f"{where} {has}; at least {MIN_ROWS} are needed")
    if column.is_constant:
        raise DataError(f"{where} is always {column.minimum!r}; there is nothing to learn")
    missing = cells.rows - column.non_null_count
    classes = _classes(cells, column) if column.kind in ("text", "integer") else {}
    rare = {value: count for value, count in classes.items() if count < FEWEST_OF_A_CLASS}
    many = len(classes) > MAX_INTEGER_CLASSES or (rare and len(classes) > 2)
    if column.kind != "text" and (many or not classes):
        return Outcome(column, "regression", "it is a number", missing)
    common = {value: count for value, count in classes.items() if value not in rare}
    if len(common) < 2:
        problem = f"fewer than two of its values are in {FEWEST_OF_A_CLASS} rows or more"
        raise DataError(f"{where}: {problem}; there is nothing to learn")
    if len(common) > MAX_CLASSES:
        has = f"has {len(classes):,} different texts"
        raise DataError(f"{where} {has}; expected numbers, or {MAX_CLASSES} classes at most")
    reason = f"it is one of {len(classes)} whole numbers"
    if column.kind == "text":
        reason = "it is a text"
    return Outcome(column, "classification", reason, missing, common, _positive(common), rare)


def _classes(cells: SourceCells, column: SourceColumn) -> dict[str, int]:
    """The values and how often each occurs; of too many to be classes, enough to know that."""
    whole = column.kind == "integer"
    if whole and len(cells.some_values(column.index)) > 2 * MAX_INTEGER_CLASSES:
        return {}  # which spares a long count
    limit = MAX_INTEGER_CLASSES + 1 if whole else 20 * MAX_CLASSES
    values = f"SELECT {column.value} AS v FROM {TABLE}"
    counts: list[tuple[Any, int]] = cells.query(
        f"SELECT v, count(*) FROM ({values}) WHERE v IS NOT NULL GROUP BY v "
        f"ORDER BY 2 DESC, 1 LIMIT {limit}"
    )
    return {str(value): count for value, count in counts}


def _positive(classes: dict[str, int]) -> str:
    """Of two classes the one that says yes, or else the rarer one."""
    if len(classes) != 2:
        return ""
    yes = [value for value in classes if value.lower() in YES]
    return yes[0] if len(yes) == 1 else list(classes)[-1]
