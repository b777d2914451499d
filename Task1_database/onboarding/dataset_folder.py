"""A plan as the files of a dataset's folder."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from Task1_database.dataset import FEATURES_TABLE, ROW_ID, TOML
from Task1_database.files.column_reading import ColumnReading
from Task1_database.onboarding.dataset_plan import DatasetPlan
from Task1_database.onboarding.names import free, one_line
from Task1_database.onboarding.planned_features import PlannedFeature, numbering
from Task1_database.onboarding.source_cells import SourceCells
from Task1_database.onboarding.starter_questions import starter_questions
from Task1_database.onboarding.summary import readme

ORIGINAL = "original"
PUT_BACK = """\
# To have one of these as a feature, take away its line, add a section for it at the end, such as
#     [features.{name}]
#     label = "{name}"
# and take the dashes from its line in features.sql.
"""
IN_TIME = """\
# {doubt}.
# If it is not known when one asks, delete this section, and its line in features.sql.
"""
READING = """\
# How the file is written, so that the service reads files like it: which column a feature is made
# of, and how its cells are to be understood. A section holds as long as features.sql has its `sql`.
"""
SPLITS = {
    "time": "the model is evaluated on rows later than those that it learned from",
    "group": "the model is evaluated on ones that it has never seen",
}
MADE = "So {evaluated}. If rows are alike in no such way, delete this section."
PROPOSED = "If new rows will be so, too, take the dashes away{column}: then {evaluated}."


def write_folder(plan: DatasetPlan, cells: SourceCells, folder: Path) -> None:
    """Write everything into a folder that is there and empty."""
    _write_table(plan, cells, folder)
    texts = {
        TOML: "".join(_toml(plan)),
        "schema.sql": _schema(plan),
        "features.sql": _features(plan),
        "README.md": readme(plan),
        **{f"questions/{question.file}": question.sql for question in starter_questions(plan)},
    }
    (folder / "questions").mkdir()
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8", newline="\n")


def _write_table(plan: DatasetPlan, cells: SourceCells, folder: Path) -> None:
    table, file = folder / f"{plan.raw.name}.csv", plan.source.file
    if plan.raw.is_copy:
        shutil.copyfile(file, table)
        return
    plan.raw.write(cells, table)
    (folder / ORIGINAL).mkdir()
    shutil.copyfile(file, folder / ORIGINAL / file.name)


def _toml(plan: DatasetPlan) -> Iterator[str]:
    outcome, target = plan.outcome, plan.target
    where = f"the sheet {plan.source.sheet} of " if plan.source.sheet else ""
    yield f"title = {_quoted(f'{one_line(target.label)}: what to expect?')}\n"
    yield f"description = {_quoted(f'{plan.rows:,} rows of {where}{plan.source.file.name}')}\n"
    yield f'task = "{outcome.task}"\n'
    yield f'x = "{plan.x.name}"\n'
    yield f'\n[target]\nname = "{target.name}"\n'
    yield from _label(target)
    if outcome.positive:
        yield f"positive = {_quoted(outcome.positive)}\n"
    yield from _split(plan)
    yield f'\n[tables]\n{plan.raw.name} = "{plan.raw.name}.csv"\n'
    excluded = [left for left in plan.left_out if left.raw]
    if excluded:
        named = (f.name for left in excluded for f in left.features[:1] if f != plan.group)
        example = next(named, excluded[0].raw)
        yield f"\n[excluded]\n{PUT_BACK.format(name=example)}"
        yield from (f"{left.raw} = {_quoted(left.reason)}\n" for left in excluded)
    for feature in plan.features:
        doubt = plan.doubts.get(feature.source.index)
        yield f"\n{IN_TIME.format(doubt=one_line(doubt))}" if doubt else "\n"
        yield f"[features.{feature.name}]\n"
        yield from _label(feature)
    yield from _reading(plan)


def _reading(plan: DatasetPlan) -> Iterator[str]:
    """How the file writes what features are made of, where their names do not say it all."""
    comment = READING
    for feature in plan.features:
        raw = plan.raw.names[feature.source.index]
        plain = asdict(ColumnReading(raw))
        written = {k: v for k, v in asdict(feature.reading).items() if v != plain[k]}
        if not written:
            continue
        yield f"\n{comment}[reading.{feature.name}]\n"
        yield f"column = {_quoted(feature.reading.column)}\nsql = {_quoted(feature.sql)}\n"
        for key, value in written.items():
            if key == "missing":
                yield f"missing = [{', '.join(map(_quoted, value))}]\n"
            elif key != "column":
                yield f"{key} = {_quoted(value)}\n"
        comment = ""


def _split(plan: DatasetPlan) -> Iterator[str]:
    """The split of the rows; as a proposal where it is not sure."""
    if plan.split is None:
        return
    kind, name = plan.split.kind, plan.split.column.name
    text, mark, column = MADE, "", ""
    if not plan.split.is_sure:
        text, mark = PROPOSED, "# "
        column = f", here and from {name} in features.sql" if kind == "group" else ""
    yield f"\n# {one_line(plan.split.reason)}.\n"
    yield f"# {text.format(evaluated=SPLITS[kind], column=column)}\n"
    yield f'{mark}[split]\n{mark}{kind} = "{name}"\n'


def _label(feature: PlannedFeature) -> Iterator[str]:
    yield f"label = {_quoted(one_line(feature.label))}\n"
    if feature.unit:
        yield f"unit = {_quoted(feature.unit)}\n"
    if feature.help:
        yield f"help = {_quoted(feature.help)}\n"


def _quoted(text: str) -> str:
    """A text as TOML has it, which is as JSON has it but for one character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _schema(plan: DatasetPlan) -> str:
    columns = ",\n".join(
        f"    {column.name} {column.type}{' NOT NULL' if column.required else ''}"
        for column in plan.raw.table.columns
    )
    return f"""\
-- The raw table. Each type follows from every row of the file.

CREATE TABLE {plan.raw.name} (
{columns}
);
"""


def _features(plan: DatasetPlan) -> str:
    raw, features = plan.raw.name, [f"{f.sql} AS {f.name}," for f in plan.features]
    group = plan.group
    put_back = [
        f"-- {f.sql} AS {f.name}," for left in plan.left_out for f in left.features if f != group
    ]
    columns = [
        f"{plan.raw.key} AS {ROW_ID},",
        *features,
        *([f"{group.sql} AS {group.name},"] if group else []),
        *put_back,
        f"{plan.target.sql} AS {plan.target.name}",
    ]
    head = ["-- One row of the file a row: its features, then what is to be predicted."]
    if group:
        head.append(f"-- {group.name} says which rows belong together; it is no feature.")
    source, begin = raw, ""
    if plan.days:
        head.append("-- Days are numbered by the calendar: no two databases subtract them alike.")
        months, source = free("in_months", {raw}), free("in_days", {raw})
        begin = numbering(raw, plan.days, months, source)
    lines = "".join(f"    {column}\n" for column in columns)
    create = f"CREATE TABLE {FEATURES_TABLE} AS\n{begin}SELECT\n{lines}FROM {source};\n"
    return "\n".join([*head, "", create])
