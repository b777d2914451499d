"""A draft as the files of a dataset's folder."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from Task1_database.dataset import FEATURES_TABLE, ROW_ID, TOML
from Task1_database.onboarding.dataset_plan import DatasetPlan, PlannedFeature
from Task1_database.onboarding.date_patterns import numbering
from Task1_database.onboarding.names import free, one_line
from Task1_database.onboarding.readme import readme
from Task1_database.onboarding.source_cells import SourceCells
from Task1_database.onboarding.starter_questions import starters

ORIGINAL = "original"
PUT_BACK = """\
# To have one of these as a feature, take away its line, add a section for it at the end, such as
#     [features.{name}]
#     label = "{name}"
# and take the dashes from its line in features.sql.
"""


def write_folder(draft: DatasetPlan, cells: SourceCells, folder: Path) -> None:
    """Write everything into a folder that is there and empty."""
    _write_table(draft, cells, folder)
    texts = {
        TOML: "".join(_toml(draft)),
        "schema.sql": _schema(draft),
        "features.sql": _features(draft),
        "README.md": readme(draft),
        **{f"questions/{starter.file}": starter.sql for starter in starters(draft)},
    }
    (folder / "questions").mkdir()
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8", newline="\n")


def _write_table(draft: DatasetPlan, cells: SourceCells, folder: Path) -> None:
    table, file = folder / f"{draft.raw.name}.csv", draft.source.file
    if draft.raw.copied:
        shutil.copyfile(file, table)
        return
    draft.raw.write(cells, table)
    (folder / ORIGINAL).mkdir()
    shutil.copyfile(file, folder / ORIGINAL / file.name)


def _toml(draft: DatasetPlan) -> Iterator[str]:
    outcome, target = draft.outcome, draft.target
    where = f"the sheet {draft.source.sheet} of " if draft.source.sheet else ""
    yield f"title = {_quoted(f'What {one_line(target.label)} to expect?')}\n"
    yield f"description = {_quoted(f'{draft.rows:,} rows of {where}{draft.source.file.name}')}\n"
    yield f'task = "{outcome.task}"\n'
    yield f'x = "{draft.x.name}"\n'
    yield f'\n[target]\nname = "{target.name}"\n'
    yield from _words(target)
    if outcome.positive:
        yield f"positive = {_quoted(outcome.positive)}\n"
    yield f'\n[tables]\n{draft.raw.name} = "{draft.raw.name}.csv"\n'
    listed = [left for left in draft.left_out if left.raw]
    if listed:
        example = next((left.features[0].name for left in listed if left.features), listed[0].raw)
        yield f"\n[excluded]\n{PUT_BACK.format(name=example)}"
        yield from (f"{left.raw} = {_quoted(left.reason)}\n" for left in listed)
    for feature in draft.features:
        yield f"\n[features.{feature.name}]\n"
        yield from _words(feature)


def _words(feature: PlannedFeature) -> Iterator[str]:
    yield f"label = {_quoted(one_line(feature.label))}\n"
    if feature.unit:
        yield f"unit = {_quoted(feature.unit)}\n"
    if feature.help:
        yield f"help = {_quoted(feature.help)}\n"


def _quoted(text: str) -> str:
    """A text as TOML has it, which is as JSON has it but for one character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _schema(draft: DatasetPlan) -> str:
    columns = ",\n".join(
        f"    {column.name} {column.type}{' NOT NULL' if column.required else ''}"
        for column in draft.raw.table.columns
    )
    return f"""\
-- The raw table. Each type was found out from every row of the file.

CREATE TABLE {draft.raw.name} (
{columns}
);
"""


def _features(draft: DatasetPlan) -> str:
    raw, chosen = draft.raw.name, [f"{f.sql} AS {f.name}," for f in draft.features]
    put_back = [f"-- {f.sql} AS {f.name}," for left in draft.left_out for f in left.features]
    columns = [
        f"{draft.raw.key} AS {ROW_ID},",
        *chosen,
        *put_back,
        f"{draft.target.sql} AS {draft.target.name}",
    ]
    head = ["-- One row of the file a row: what may be told of it, then what is to be predicted."]
    source, begin = raw, ""
    if draft.days:
        head.append("-- Days are numbered by the calendar: no two databases subtract them alike.")
        months, source = free("in_months", {raw}), free("in_days", {raw})
        begin = numbering(raw, draft.days, months, source)
    listed = "".join(f"    {column}\n" for column in columns)
    create = f"CREATE TABLE {FEATURES_TABLE} AS\n{begin}SELECT\n{listed}FROM {source};\n"
    return "\n".join([*head, "", create])
