"""Many rows at once, for programs and for the page: a file in, the same rows with answers out.

The upload is stored, then checked, then answered as a stream: a client that sends everything
before it reads anything would otherwise wait for a server that waits for it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from typing import IO
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, current_app, g, jsonify, request
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.wsgi import wrap_file

from Task3_api.batch.batch_options import CSV, XLSX, BatchOptions
from Task3_api.batch.example_csv import example_csv
from Task3_api.batch.preview import beginning_of, preview_file
from Task3_api.batch.scorer import BatchScorer
from Task3_api.batch.split_scan import SplitScan
from Task3_api.batch.upload import is_table, spool_upload
from Task3_api.batch.uploaded_table import UploadedTable, open_table
from Task3_api.batch.workbook_writer import check_size, write_workbook
from Task3_api.current_model import current_model
from Task3_api.request_body import check_count, small_body

ROW_COUNT = "Row-Count"  # the header by which a client can check that an answer is complete
COLUMNS_READ = "Columns-Read"  # which columns were taken for features of another name
READ_AS = "Read-As"  # what the file was, where it was no CSV in UTF-8
MAX_HEADER = 4_000  # characters

blueprint = Blueprint("batch_api", __name__)


@blueprint.post("/batch_prediction")
def answer_file() -> Response:
    """The uploaded file, answered."""
    model, scan = current_model(), SplitScan()
    options = BatchOptions.of_request(model.parser)
    model.predictor.check(options.confidence)
    file, entries = spool_upload(current_app.config["MAX_UPLOAD_LENGTH"], scan.feed)
    table = open_table(file, model.contract, scan, options.chosen)
    with ExitStack() as on_error:
        on_error.callback(table.file.close)
        check_count(len(table.csv.header), "MAX_COLUMNS", "columns")
        if options.format == "xlsx":
            check_size(table.csv.row_count, len(table.csv.header))
        scorer = BatchScorer(
            model.predictor,
            table.csv.header,
            table.feature_columns(model.parser),
            ranges=options.ranges,
            confidence=options.with_entries(model.parser, entries).confidence,
            keep_formulas=options.format == "csv" and current_app.config["FORMULAS"] == "keep",
        )
        on_error.pop_all()
    g.tally = scorer.tally
    name = f"{model.contract.dataset}_predictions.{options.format}"
    response = _attachment(_response(options, _lines(table, scorer)), name)
    response.headers[ROW_COUNT] = str(table.csv.row_count)
    if read := _columns_read(table.matches.renamed):
        response.headers[COLUMNS_READ] = read
    if table.layout.description:
        response.headers[READ_AS] = quote(table.layout.description, safe=" ,'")
    return response


@blueprint.post("/batch_prediction/preview")
def preview() -> Response:
    """The first rows of a file as they are understood; see `preview_file`.

    A text of more than PREVIEW_BYTES stands for a longer file: it is cut after its last whole row.
    """
    if not is_table():
        raise UnsupportedMediaType("send the beginning of the file as text/csv, or a workbook")
    model = current_model()
    chosen = BatchOptions.of_request(model.parser).chosen
    return jsonify(preview_file(model, beginning_of(small_body()), chosen))


@blueprint.get("/batch_prediction/example.csv")
def example() -> Response:
    """A small CSV that this service can answer, to be filled in."""
    sealed = current_model().predictor.sealed
    example = example_csv(sealed.contract, sealed.calibration.rows)
    return _attachment(Response(example), f"{sealed.contract.dataset}_example.csv")


def _lines(table: UploadedTable, scorer: BatchScorer) -> Iterator[str]:
    with table.file, closing(table.csv.blocks()) as blocks:
        yield scorer.head()
        yield from scorer.answers(blocks)


def _response(options: BatchOptions, lines: Iterator[str]) -> Response:
    if options.format == "xlsx":
        return _file_response(write_workbook(lines))
    is_old = request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0"
    return _file_response(_whole(lines)) if is_old else Response(lines)


def _columns_read(renamed: dict[str, str]) -> str:
    """The columns that are not called as their features are, as FEATURE=COLUMN&…, percent-encoded.

    What is longer than a header may be is cut after a whole pair.
    """
    text = urlencode(renamed)
    return text if len(text) <= MAX_HEADER else text[:MAX_HEADER].rpartition("&")[0]


def _whole(lines: Iterable[str]) -> IO[bytes]:
    """The answer as a file at its beginning.

    HTTP/1.0 ends an answer by closing the connection, which a broken one does, too: there it needs
    a length, and that is known once all of it is made.
    """
    with ExitStack() as on_error:
        file = on_error.enter_context(tempfile.TemporaryFile())
        file.writelines(line.encode() for line in lines)
        file.seek(0)
        on_error.pop_all()
        return file


def _file_response(file: IO[bytes]) -> Response:
    response = Response(wrap_file(request.environ, file))
    response.content_length = os.fstat(file.fileno()).st_size
    return response


def _attachment(response: Response, name: str) -> Response:
    response.mimetype = XLSX if name.endswith(".xlsx") else CSV
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
