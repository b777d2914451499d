"""What was decided, in words: on the command line, and in the README of the new dataset."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from Task1_database.dataset import TOML
from Task1_database.onboarding.dataset_plan import DatasetPlan
from Task1_database.onboarding.names import join_quoted, one_line
from Task1_database.onboarding.planned_split import PlannedSplit
from Task1_database.onboarding.source_column import SourceColumn
from Task1_database.target import FEWEST_OF_A_CLASS

KINDS = {
    "integer": "whole number",
    "number": "number",
    "date": "day",
    "moment": "day and hour",
    "text": "category",
}
MAX_WIDTH = 30  # characters of a column of what is printed
MAX_LISTED = 5  # signs, or classes
MARKUP = "\\`*_{}[]<>|#~"  # signs of Markdown and HTML


class SummaryRow(NamedTuple):
    """A column of the file, what it is in the dataset, and remarks on it."""

    label: str
    becomes: str
    kind: str
    remarks: str


def lines(plan: DatasetPlan, folder: Path) -> Iterator[str]:
    """All of it, for the command line."""
    yield f"{plan.name}: {plan.rows:,} rows of {plan.source.file.name}"
    yield from (f"  {line}" for line in _source(plan))
    yield "predicts"
    yield from (f"  {line}" for line in _target(plan))
    count = len(plan.features)
    yield f"  from {count} feature{'s' if count > 1 else ''}; x is {plan.x.name}"
    yield "columns"
    rows = _columns(plan)
    widths = [min(MAX_WIDTH, max(len(row[part]) for row in rows)) for part in range(3)]
    for row in rows:
        cells = (f"{row[part]:{widths[part]}}" for part in range(3))
        yield f"  {'  '.join(cells)}  {row.remarks}".rstrip()
    if questions := _questions(plan):
        yield "please check"
        yield from (f"  {line}" for line in questions)
    yield f"to change it, edit {folder}"
    yield from (f"  {line}" for line in _line_numbers(plan, folder))


def readme(plan: DatasetPlan) -> str:
    """All of it, in Markdown."""
    table = [
        "| in the file | here | kind | remark |",
        "|---|---|---|---|",
        *(f"| {' | '.join(map(_escape_markdown, row))} |" for row in _columns(plan)),
    ]
    parts = (
        f"# {_escape_markdown(plan.name)}",
        f"{plan.rows:,} rows of {_escape_markdown(plan.source.file.name)}.",
        _bullets(_source(plan)),
        "## Target",
        _bullets(_target(plan)),
        "## Columns",
        "\n".join(table),
        *(["## Please check", _bullets(questions)] if (questions := _questions(plan)) else []),
        "Where it is from, under which licence, and what its columns mean, the file does not say.",
    )
    return "\n\n".join(parts) + "\n"


def _source(plan: DatasetPlan) -> list[str]:
    """How the file is written, and what was made of it."""
    raw, file = plan.raw, plan.source.file.name
    if raw.is_copy:
        return [f"{plan.source.description}: taken as it is"]
    added = f"; {raw.key} numbers its rows" if raw.key_index is None else ""
    table = f"{raw.name}.csv is the same in UTF-8, with commas, points and safe names{added}"
    return [plan.source.description, f"{table}; original/{file} is untouched"]


def _target(plan: DatasetPlan) -> list[str]:
    """What is predicted, and which rows are no use for it."""
    outcome, label = plan.outcome, one_line(plan.outcome.source.label or plan.target.name)
    lines = [f"{label}: {outcome.task}, because {outcome.reason}"]
    if outcome.positive:
        lines.append(f"the probability in an answer is that of {outcome.positive!r}")
    if outcome.missing_count:
        count = outcome.missing_count
        rows = "1 row lacks it" if count == 1 else f"{count:,} rows lack it"
        lines.append(f"{rows}: kept, but not learned from")
    if outcome.rare:
        few = f"fewer than {FEWEST_OF_A_CLASS} rows"
        classes = join_quoted(list(outcome.rare), MAX_LISTED)
        lines.append(f"not learned from, being in {few}: {classes}")
    if plan.remark:
        lines.append(plan.remark)
    return lines


def _questions(plan: DatasetPlan) -> list[str]:
    """What only the user can know."""
    target = _label(plan.outcome.source)
    lines = [
        f"{_label(feature.source)}: {plan.doubts[feature.source.index]}; is it known before "
        f"{target} is? If not, delete [features.{feature.name}] in {TOML} and its line in "
        "features.sql"
        for feature in plan.features
        if feature.source.index in plan.doubts
    ]
    if plan.split:
        lines.append(_split(plan.split))
    return [one_line(line) for line in lines]


def _split(split: PlannedSplit) -> str:
    later = "later rows" if split.kind == "time" else f"rows of a new {split.column.name}"
    setting = f'[split] {split.kind} = "{split.column.name}"'
    if split.is_sure:
        return f"{split.reason}; so {TOML} has {setting}: the model is evaluated on {later}"
    return f"{split.reason}; {TOML} proposes {setting}, to evaluate the model on {later}"


def _columns(plan: DatasetPlan) -> list[SummaryRow]:
    """Every column, in the file's order."""
    names: dict[int, list[str]] = {}
    for feature in plan.features:
        names.setdefault(feature.source.index, []).append(feature.name)
    rows = {
        feature.source.index: _row(plan, feature.source, ", ".join(names[feature.source.index]))
        for feature in plan.features
    }
    target = plan.outcome.source
    rows[target.index] = _row(plan, target, f"{plan.target.name}, the target")
    for left in plan.left_out:
        kind = KINDS[left.source.kind] if left.source.non_null_count else ""
        kind = "text" if kind == "category" else kind
        row = SummaryRow(_label(left.source), "left out", kind, left.reason)
        rows[left.source.index] = row
    return [rows[index] for index in sorted(rows)]


def _row(plan: DatasetPlan, column: SourceColumn, becomes: str) -> SummaryRow:
    remarks = [column.remark] if column.remark else []
    if column.unit:
        remarks.append(f"in {column.unit}")
    missing = plan.rows - column.non_null_count
    if missing:
        markers = join_quoted(list(column.missing_markers), MAX_LISTED)
        remarks.append(f"{missing:,} missing{f' ({markers})' if markers else ''}")
    return SummaryRow(_label(column), becomes, KINDS[column.kind], "; ".join(remarks))


def _label(column: SourceColumn) -> str:
    return one_line(column.label) or "(no name)"


def _line_numbers(plan: DatasetPlan, folder: Path) -> Iterator[str]:
    """Which line of which file holds what was decided."""
    text = (folder / TOML).read_text("utf-8").splitlines()
    numbered = reversed([*enumerate(text, 1)])
    numbers = {line.partition(" = ")[0].partition(".")[0]: number for number, line in numbered}
    yield f"{TOML}, line {numbers['task']}: the task; line {numbers['x']}: x"
    if plan.outcome.positive:
        yield f"{TOML}, line {numbers['positive']}: the class whose probability is answered"
    if "[split]" in numbers:
        yield f"{TOML}, line {numbers['[split]']}: how the rows are split to evaluate the model"
    if "[excluded]" in numbers:
        yield f"{TOML}, line {numbers['[excluded]']}: what is left out, and how to have it back"
    yield f"{TOML}, from line {numbers['[features']}: labels and units of the features"
    yield "schema.sql: types; features.sql: how features are made; questions/: the questions"


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {_escape_markdown(line)}" for line in lines)


def _escape_markdown(text: str) -> str:
    return "".join(f"\\{sign}" if sign in MARKUP else sign for sign in text)
