"""Many rows at once, for programs and for the page: a file in, the same rows with answers out.

The upload is stored, then checked, then answered as a stream: a client that sends everything
before it reads anything would otherwise wait for a server that waits for it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import IO
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, g, jsonify, request, url_for
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.wsgi import wrap_file

from Task3_api.batch.batch_answer import BatchAnswer
from Task3_api.batch.batch_options import CSV, XLSX, BatchOptions, Format
from Task3_api.batch.example_csv import example_csv
from Task3_api.batch.preview import beginning_of, preview_file
from Task3_api.batch.upload import is_table
from Task3_api.batch.workbook_writer import write_workbook
from Task3_api.current_model import current_model
from Task3_api.request_body import small_body

ROW_COUNT = "Row-Count"  # the header by which a client can check that an answer is complete
COLUMNS_READ = "Columns-Read"  # which columns were taken for features of another name
READ_AS = "Read-As"  # what the file was, where it was no CSV in UTF-8
RESULTS = "Results"  # where the answers can be looked at for a while, where `results=1` asks for it
MAX_HEADER = 4_000  # characters

blueprint = Blueprint("batch_api", __name__)


@blueprint.post("/batch_prediction")
def answer_file() -> Response:
    """The uploaded file, answered."""
    model = current_model()
    answer = BatchAnswer.of_upload(model)
    g.tally = answer.tally
    file_format, table = answer.options.format, answer.table
    name = f"{model.contract.dataset}_predictions.{file_format}"
    headers = {ROW_COUNT: str(table.csv.row_count)}
    lines = answer.lines()
    if answer.is_stored and answer.can_be_stored:
        key, lines = answer.stored_lines()
        headers[RESULTS] = url_for("results.page", key=key)
    response = attachment(_response(file_format, lines), name)
    if read := _columns_read(table.matches.renamed):
        headers[COLUMNS_READ] = read
    if table.layout.description:
        headers[READ_AS] = quote(table.layout.description, safe=" ,'")
    response.headers.update(headers)
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
    return attachment(Response(example), f"{sealed.contract.dataset}_example.csv")


def _response(file_format: Format, lines: Iterator[str]) -> Response:
    if file_format == "xlsx":
        return file_response(write_workbook(lines))
    is_old = request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0"
    return file_response(_whole(lines)) if is_old else Response(lines)


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


def file_response(file: IO[bytes]) -> Response:
    """A file, which is closed once it is sent."""
    response = Response(wrap_file(request.environ, file))
    response.content_length = os.fstat(file.fileno()).st_size
    return response


def attachment(response: Response, name: str) -> Response:
    """A response that is saved as a file of this name."""
    response.mimetype = XLSX if name.endswith(".xlsx") else CSV
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
