"""How the service understands a CSV, told from its beginning before all of it is sent.

The page sends the first part of a file; the answer names the columns that count, those that the
model lacks and the cells that it cannot read. The values are read by the parser that answers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import UnsupportedMediaType

from Task2_model.contract import Contract, Feature
from Task3_api.batch.cells import Row, Texts
from Task3_api.batch.column_parser import FeatureColumn
from Task3_api.batch.reader import UploadedCsv
from Task3_api.batch.scorer import BatchScorer, used_columns
from Task3_api.body import small_body
from Task3_api.current_model import CurrentModel, current_model

blueprint = Blueprint("preview", __name__)

LOOK = 1 << 16  # bytes of a file that are looked at
SHOWN_ROWS = 8
EXAMPLE_ROWS = 6


@dataclass
class Seen:
    """A column of the file; `feature` is what it tells the model, empty where it only passes.

    `bad` and `unseen` count the cells looked at that cannot be read, and those unlike any in
    training; `problem` and `remark` are what is to be said about the first of either.
    """

    name: str
    feature: str = ""
    bad: int = 0
    unseen: int = 0
    problem: str = ""
    remark: str = ""


@dataclass(frozen=True)
class Mark:
    """A cell among the rows shown that is bad, or unlike any in training, and why."""

    row: int
    column: int
    bad: bool
    detail: str


@blueprint.post("/batch_prediction/preview")
def preview() -> Response:
    """The first rows of a CSV as they are understood; see `understood`.

    A body of more than LOOK bytes stands for a longer file: it is cut after its last whole row.
    """
    if request.mimetype != "text/csv":
        raise UnsupportedMediaType("send the beginning of the file as text/csv")
    body = small_body()
    return jsonify(
        understood(current_model(), whole_rows(body[:LOOK]) if len(body) > LOOK else body)
    )


@blueprint.get("/batch_prediction/example.csv")
def example() -> Response:
    """A small CSV that this service can answer, to be filled in."""
    contract = current_model().contract
    response = Response(example_csv(contract), mimetype="text/csv")
    name = f"{contract.dataset}_example.csv"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def understood(model: CurrentModel, body: bytes) -> dict[str, Any]:
    """What JSON tells of a CSV: its columns, the features it lacks, its first rows and their marks.

    Raises InputError where the whole file would be refused for the same reason.
    """
    table = UploadedCsv(io.BytesIO(body))
    BatchScorer(model.predictor, model.parser, table.header)  # refuses what it could not answer
    used = used_columns(model.contract, table.header, model.parser)
    seen = [Seen(name) for name in table.header]
    rows: list[Row] = []
    marks: list[Mark] = []
    looked_at = 0
    for lines, cells in table.blocks():
        rows += [cells.row(index) for index in range(min(len(lines), SHOWN_ROWS - len(rows)))]
        for column in used:
            texts = cells.column(column.position)
            marks += _looked_at(column, texts, seen[column.position], looked_at)
        looked_at += len(lines)
    given = {column.feature.name for column in used}
    return {
        "rows_looked_at": looked_at,
        "columns": [asdict(column) for column in seen],
        "hidden": [f.label for f in model.contract.features if f.name not in given],
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


def example_csv(contract: Contract) -> str:
    """Rows made of what training saw; the last tells the main feature alone."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    features = sorted(contract.features, key=lambda feature: feature.name != contract.x)
    writer.writerow(feature.name for feature in features)
    for index in range(EXAMPLE_ROWS - 1):
        writer.writerow(_example(feature, index) for feature in features)
    writer.writerow([_example(features[0], 0), *[""] * (len(features) - 1)])
    return buffer.getvalue()


def added_bytes(contract: Contract) -> int:
    """About how much longer a row is when it comes back: enough to tell how far an answer is."""
    target = contract.target
    if contract.task == "classification":
        return 2 * len(target.classes[0]) + len(",,0.1234,,,")
    return 3 * len(f"{target.median or 0:.{max(target.decimals, 0)}f}") + len(",,,,,\r")


def _looked_at(column: FeatureColumn, texts: Texts, seen: Seen, before: int) -> Iterator[Mark]:
    """Count cells, `before` which others are, into `seen`; mark those among the rows shown."""
    seen.feature = column.feature.label
    for row, cell in column.read(texts)[1].items():
        if cell.error:
            seen.bad += 1
            seen.problem = seen.problem or cell.error
        else:
            seen.unseen += 1
            seen.remark = seen.remark or cell.warning
        if before + row < SHOWN_ROWS:
            yield Mark(before + row, column.position, bool(cell.error), cell.error or cell.warning)


def _example(feature: Feature, index: int) -> str:
    """A value of training, another one for each row; a category that no spreadsheet alters."""
    if feature.kind == "category":
        plain = [text for text in feature.categories[:40] if text[:1].isalnum()]
        return plain[index % min(len(plain), 4)] if plain else ""
    low, middle, high = (edge or 0 for edge in (feature.minimum, feature.median, feature.maximum))
    share = (0, -0.4, 0.15, -0.2, 0.3)[index % 5]
    value = middle + share * ((high - middle) if share > 0 else (middle - low))
    if feature.kind == "integer":
        return str(round(value))
    return f"{float(f'{value:.3g}'):.15g}" if low <= float(f"{value:.3g}") <= high else repr(middle)
