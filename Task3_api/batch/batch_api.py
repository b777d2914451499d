"""Many rows at once, for programs and for the page: a CSV in, the same CSV with answers out.

The upload is stored, then checked, then answered as a stream: a client that sends everything
before it reads anything would otherwise wait for a server that waits for it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from typing import IO

from flask import Blueprint, Response, current_app, jsonify, request
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.wsgi import wrap_file

from Task1_database.errors import InputError
from Task3_api import parsing
from Task3_api.batch.example_csv import example_csv
from Task3_api.batch.preview import PREVIEW_BYTES, preview_csv, whole_rows
from Task3_api.batch.reader import UploadedCsv
from Task3_api.batch.scorer import BatchScorer
from Task3_api.batch.split_scan import SplitScan
from Task3_api.batch.upload import spool_upload
from Task3_api.current_model import CurrentModel, current_model
from Task3_api.request_body import small_body

ROW_COUNT = "Row-Count"  # the header by which a client can check that an answer is complete

blueprint = Blueprint("batch_api", __name__)


@blueprint.post("/batch_prediction")
def answer_file() -> Response:
    """The uploaded CSV, answered."""
    model, scan = current_model(), SplitScan()
    address = parsing.pairs(request.query_string)
    ranges = _ranges(model, address)
    file, entries = spool_upload(current_app.config["MAX_UPLOAD_LENGTH"], scan.feed)
    try:
        table = UploadedCsv(file, scan)
        scorer = BatchScorer(
            model.predictor,
            model.parser,
            table.header,
            ranges=ranges,
            confidence=model.parser.confidence([*address, *entries]),
        )
    except BaseException:
        file.close()
        raise
    lines = _lines(file, table, scorer)
    is_old = request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0"
    response = _file_response(_whole(lines)) if is_old else Response(lines)
    response.headers[ROW_COUNT] = str(table.row_count)
    return _attachment(response, f"{model.contract.dataset}_predictions.csv")


@blueprint.post("/batch_prediction/preview")
def preview() -> Response:
    """The first rows of a CSV as they are understood; see `preview_csv`.

    A body of more than PREVIEW_BYTES stands for a longer file: it is cut after its last whole row.
    """
    if request.mimetype != "text/csv":
        raise UnsupportedMediaType("send the beginning of the file as text/csv")
    body = small_body()
    beginning = whole_rows(body[:PREVIEW_BYTES]) if len(body) > PREVIEW_BYTES else body
    return jsonify(preview_csv(current_model(), beginning))


@blueprint.get("/batch_prediction/example.csv")
def example() -> Response:
    """A small CSV that this service can answer, to be filled in."""
    sealed = current_model().predictor.sealed
    example = example_csv(sealed.contract, sealed.calibration.rows)
    return _attachment(Response(example), f"{sealed.contract.dataset}_example.csv")


def _ranges(model: CurrentModel, address: parsing.Pairs) -> bool:
    """Whether the answers shall have their range or set; `range=0` in the address says no.

    Raises InputError where the address says anything else that it cannot.
    """
    name = model.parser.confidence_name
    model.predictor.check(model.parser.confidence(address))
    others = [pair for pair in address if pair[0] != name]
    if others not in ([], [("range", "0")], [("range", "1")]):
        raise InputError(f"batch_prediction takes range, which is 0 or 1, and {name}")
    return others != [("range", "0")]


def _lines(file: IO[bytes], table: UploadedCsv, scorer: BatchScorer) -> Iterator[str]:
    with file, closing(table.blocks()) as blocks:
        yield scorer.head()
        yield from scorer.answers(blocks)


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
    response.mimetype = "text/csv"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
