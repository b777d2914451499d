"""What was decided, in words: on the command line, and in the README of the new dataset."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from Task1_database.dataset import TOML
from Task1_database.onboarding.dataset_plan import DatasetPlan
from Task1_database.onboarding.names import one_line
from Task1_database.onboarding.source_column import SourceColumn
from Task1_database.target import FEWEST_OF_A_CLASS
from Task1_database.workspace import Workspace

KINDS = {
    "integer": "whole number",
    "number": "number",
    "date": "day",
    "moment": "day and hour",
    "text": "category",
}
WIDEST = 30  # characters of a column of what is printed
SHOWN = 5  # signs, or classes, that are listed


class Said(NamedTuple):
    """A column of the file, what it is in the dataset, and what there is to say of it."""

    label: str
    becomes: str
    kind: str
    what: str


def columns(draft: DatasetPlan) -> list[Said]:
    """Every column, in the file's order."""
    becomes: dict[int, list[str]] = {}
    for feature in draft.features:
        becomes.setdefault(feature.source.place, []).append(feature.name)
    said = {
        found.source.place: _said(draft, found.source, ", ".join(becomes[found.source.place]))
        for found in draft.features
    }
    target = draft.outcome.source
    said[target.place] = _said(draft, target, f"{draft.target.name}, the target")
    for left in draft.left_out:
        kind = "" if not left.source.told else KINDS[left.source.kind]
        kind = "text" if kind == "category" else kind
        said[left.source.place] = Said(_label(left.source), "left out", kind, left.reason)
    return [said[place] for place in sorted(said)]


def source(draft: DatasetPlan) -> list[str]:
    """How the file is written, and what was made of it."""
    raw, file = draft.raw, draft.source.file.name
    if raw.copied:
        return [f"{draft.source.says}: taken as it is"]
    added = f"; {raw.key} numbers its rows" if raw.key_place is None else ""
    made = f"{raw.name}.csv is the same in UTF-8, with commas, points and safe names{added}"
    return [draft.source.says, f"{made}; original/{file} is untouched"]


def target(draft: DatasetPlan) -> list[str]:
    """What is predicted, and which rows are no use for it."""
    outcome, label = draft.outcome, one_line(draft.target.label)
    lines = [f"{label}: {outcome.task}, because {outcome.why}"]
    if outcome.positive:
        lines.append(f"the probability that is told is that of {outcome.positive!r}")
    if outcome.untold:
        rows = "1 row does" if outcome.untold == 1 else f"{outcome.untold:,} rows do"
        lines.append(f"{rows} not tell it: kept, but not learned from")
    if outcome.rare:
        few = f"fewer than {FEWEST_OF_A_CLASS} rows"
        lines.append(f"not learned from, being in {few}: {_listed(list(outcome.rare))}")
    if draft.remark:
        lines.append(draft.remark)
    return lines


def lines(draft: DatasetPlan, folder: Path) -> Iterator[str]:
    """All of it, for the command line."""
    yield f"{draft.name}: {draft.rows:,} rows of {draft.source.file.name}"
    yield from (f"  {line}" for line in source(draft))
    yield "predicts"
    yield from (f"  {line}" for line in target(draft))
    count = len(draft.features)
    yield f"  from {count} feature{'s' if count > 1 else ''}; x is {draft.x.name}"
    yield "columns"
    table = columns(draft)
    widths = [min(WIDEST, max(len(said[place]) for said in table)) for place in range(3)]
    for said in table:
        cells = (f"{said[place]:{widths[place]}}" for place in range(3))
        yield f"  {'  '.join(cells)}  {said.what}".rstrip()
    yield f"to change it, edit {folder}"
    yield from (f"  {line}" for line in _where(draft, folder))
    yield f"next: tablecast run {_as_argument(folder)}"


def _where(draft: DatasetPlan, folder: Path) -> Iterator[str]:
    """Which line of which file holds what was decided."""
    text = (folder / TOML).read_text("utf-8").splitlines()
    numbered = reversed([*enumerate(text, 1)])
    places = {line.partition(" = ")[0].partition(".")[0]: number for number, line in numbered}
    yield f"{TOML}, line {places['task']}: the task; line {places['x']}: x"
    if draft.outcome.positive:
        yield f"{TOML}, line {places['positive']}: the class whose probability is told"
    if "[excluded]" in places:
        yield f"{TOML}, line {places['[excluded]']}: what is left out, and how to have it back"
    yield f"{TOML}, from line {places['[features']}: labels and units of the features"
    yield "schema.sql: types; features.sql: how features are made; questions/: the questions"


def _said(draft: DatasetPlan, found: SourceColumn, becomes: str) -> Said:
    notes = [found.remark] if found.remark else []
    if found.unit:
        notes.append(f"in {found.unit}")
    missing = draft.rows - found.told
    if missing:
        signs = f" ({_listed(list(found.missing))})" if found.missing else ""
        notes.append(f"{missing:,} missing{signs}")
    return Said(_label(found), becomes, KINDS[found.kind], "; ".join(notes))


def _label(found: SourceColumn) -> str:
    return one_line(found.label) or "(no name)"


def _listed(values: list[str]) -> str:
    more = f" and {len(values) - SHOWN} more" if len(values) > SHOWN else ""
    return ", ".join(repr(value) for value in values[:SHOWN]) + more


def _as_argument(folder: Path) -> str:
    """The folder as a command names it: in the workspace by its name alone."""
    return folder.name if folder.parent == Workspace.here().home else str(folder)
