"""How the service understands a CSV, from its beginning, before all of it is sent.

The page sends the first part of a file (of a workbook all of it); the answer names the columns that
count and for what, those that may be meant, those that the model lacks and the cells that it cannot
read. The values are read by the parser that answers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from Task1_database.files.encoding import utf16_codec
from Task1_database.files.layout import separator_of
from Task1_database.files.workbook import MAGIC
from Task2_model.contract import Contract
from Task3_api.batch.cells import ByteSlices, Row
from Task3_api.batch.column_match import ColumnMatches
from Task3_api.batch.column_parser import FeatureColumn
from Task3_api.batch.scorer import BatchScorer, answer_columns
from Task3_api.batch.uploaded_table import open_table
from Task3_api.current_model import CurrentModel

PREVIEW_BYTES = 1 << 16  # of a file, at most
PREVIEW_ROWS = 8


@dataclass
class ColumnPreview:
    """A column of the file; `feature` holds the labels of its features, empty where it passes.

    `bad` and `unseen` count the cells that cannot be read, and those unlike any in training;
    `problem` and `remark` are the messages about the first of either.
    """

    name: str
    feature: str = ""
    bad: int = 0
    unseen: int = 0
    problem: str = ""
    remark: str = ""


@dataclass(frozen=True)
class CellMark:
    """A cell among the previewed rows that is bad, or unlike any in training, and why."""

    row: int
    column: int
    bad: bool
    detail: str


@dataclass(frozen=True)
class FeaturePreview:
    """A feature, its column (empty where it has none) and one that may be meant instead."""

    name: str
    label: str
    column: str
    is_exact: bool
    suggestion: str


def preview_file(
    model: CurrentModel, body: bytes, chosen: dict[str, str] | None = None
) -> dict[str, Any]:
    """A file as it is understood, for JSON.

    `columns` and `features` say which is which, `missing` what the file does not have, `rows` and
    `marks` are the first rows and what there is to say of their cells. Where no column is a
    feature, `problem` says so.

    Raises InputError where the whole file would be refused for the same reason, and no choice of
    columns would help.
    """
    table = open_table(io.BytesIO(body), model.contract, chosen=chosen)
    columns = [ColumnPreview(name) for name in table.csv.header]
    rows: list[Row] = []
    marks: list[CellMark] = []
    n_rows = 0
    with table.file:
        used = table.feature_columns(model.parser) if table.matches.used else []
        BatchScorer(model.predictor, table.csv.header, used)  # refuses what it could not answer
        for lines, cells in table.csv.blocks():
            rows += [cells.row(i) for i in range(min(len(lines), PREVIEW_ROWS - len(rows)))]
            for column in used:
                texts = cells.column(column.position)
                marks += _marks(column, texts, columns[column.position], n_rows)
            n_rows += len(lines)
    for column in used:
        preview = columns[column.position]
        preview.feature += ", " * bool(preview.feature) + column.feature.label
    features = [*_features(table.matches)]
    return {
        "layout": table.layout.description,
        "problem": "" if used else table.matches.problem().detail,
        "rows_looked_at": n_rows,
        "columns": [asdict(column) for column in columns],
        "features": [asdict(feature) for feature in features],
        "missing": [feature.label for feature in features if not feature.column],
        "rows": rows,
        "marks": [asdict(mark) for mark in marks],
    }


def _features(matches: ColumnMatches) -> Iterator[FeaturePreview]:
    for feature in matches.contract.features:
        position = matches.positions.get(feature.name)
        yield FeaturePreview(
            feature.name,
            feature.label,
            "" if position is None else matches.header[position],
            feature.name not in matches.renamed,
            matches.suggestions.get(feature.name, ""),
        )


def beginning_of(body: bytes) -> bytes:
    """The whole rows of what may be the beginning of a longer file; a workbook as it is."""
    if len(body) <= PREVIEW_BYTES or body.startswith(MAGIC):
        return body
    body = body[:PREVIEW_BYTES]
    if codec := utf16_codec(body):
        return whole_rows(body.decode(codec, "ignore").encode()).decode().encode("utf-16")
    return whole_rows(body)


def whole_rows(body: bytes) -> bytes:
    """The beginning of a longer CSV up to the end of its last whole row."""
    lines = body.splitlines(keepends=True)[:-1]
    texts = [line.decode("utf-8", "replace") for line in lines]
    separator = separator_of("".join(texts), whole=False)
    reader = csv.reader(texts, delimiter=separator, strict=True)
    end = 0
    try:
        for _ in reader:
            end = reader.line_num
    except csv.Error:
        cut_in_a_cell = reader.line_num == len(lines)
        return b"".join(lines[:end] if cut_in_a_cell else lines)
    return b"".join(lines)


def added_bytes(contract: Contract) -> int:
    """About how much longer a row is when it comes back: enough to tell how far an answer is."""
    target = contract.target
    if contract.task == "classification":
        probabilities = len(answer_columns(contract)) - len(("label", "set", "warnings", "error"))
        return 2 * len(target.classes[0]) + probabilities * len(",0.1234") + len(",,,,")
    return 3 * len(f"{target.median or 0:.{max(target.decimals, 0)}f}") + len(",,,,,\r")


def _marks(
    column: FeatureColumn, texts: ByteSlices, preview: ColumnPreview, first_row: int
) -> Iterator[CellMark]:
    """Count cells, which begin with `first_row`, into `preview`; mark those of previewed rows."""
    for index, cell in column.read(texts)[1].items():
        if cell.error:
            preview.bad += 1
            preview.problem = preview.problem or cell.error
        else:
            preview.unseen += 1
            preview.remark = preview.remark or cell.warning
        row = first_row + index
        if row < PREVIEW_ROWS:
            yield CellMark(row, column.position, bool(cell.error), cell.error or cell.warning)
