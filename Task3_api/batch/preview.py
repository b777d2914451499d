"""How the service understands a CSV, from its beginning, before all of it is sent.

The page sends the first part of a file; the answer names the columns that count, those that the
model lacks and the cells that it cannot read. The values are read by the parser that answers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from Task2_model.contract import Contract
from Task3_api.batch.cells import ByteSlices, Row
from Task3_api.batch.column_parser import FeatureColumn
from Task3_api.batch.reader import UploadedCsv
from Task3_api.batch.scorer import BatchScorer, answer_columns, used_columns
from Task3_api.current_model import CurrentModel

PREVIEW_BYTES = 1 << 16  # of a file, at most
PREVIEW_ROWS = 8


@dataclass
class ColumnPreview:
    """A column of the file; `feature` is the label of its feature, empty where it only passes.

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


def preview_csv(model: CurrentModel, body: bytes) -> dict[str, Any]:
    """A CSV as it is understood, for JSON: columns, missing features, first rows and their marks.

    Raises InputError where the whole file would be refused for the same reason.
    """
    table = UploadedCsv(io.BytesIO(body))
    BatchScorer(model.predictor, model.parser, table.header)  # refuses what it could not answer
    used = used_columns(model.contract, table.header, model.parser)
    columns = [ColumnPreview(name) for name in table.header]
    rows: list[Row] = []
    marks: list[CellMark] = []
    n_rows = 0
    for lines, cells in table.blocks():
        rows += [cells.row(index) for index in range(min(len(lines), PREVIEW_ROWS - len(rows)))]
        for column in used:
            texts = cells.column(column.position)
            marks += _marks(column, texts, columns[column.position], n_rows)
        n_rows += len(lines)
    given = {column.feature.name for column in used}
    return {
        "rows_looked_at": n_rows,
        "columns": [asdict(column) for column in columns],
        "missing": [f.label for f in model.contract.features if f.name not in given],
        "rows": rows,
        "marks": [asdict(mark) for mark in marks],
    }


def whole_rows(body: bytes) -> bytes:
    """The beginning of a longer CSV up to the end of its last whole row."""
    lines = body.splitlines(keepends=True)[:-1]
    reader = csv.reader((line.decode("utf-8", "replace") for line in lines), strict=True)
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
    preview.feature = column.feature.label
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
