"""Many rows at once: a CSV in, the same CSV with answers out.

The upload is stored, then checked, then answered as a stream: a client that sends everything
before it reads anything would otherwise wait for a server that waits for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import IO

from flask import Blueprint, Response, current_app, render_template, request

from Task1_database.errors import InputError
from Task3_api import parsing
from Task3_api.batch.preview import LOOK, added_bytes
from Task3_api.batch.reader import UploadedCsv
from Task3_api.batch.scan import Scan
from Task3_api.batch.scorer import BatchScorer, columns
from Task3_api.body import upload
from Task3_api.current_model import current_model
from Task3_api.pages.form import Form

blueprint = Blueprint("batch", __name__)


@blueprint.get("/batch_prediction")
def page() -> str:
    """Where a person chooses a file."""
    contract = current_model().contract
    told = {"columns": columns(contract), "fields": Form(contract).fields}
    return render_template("batch.html", **told, look=LOOK, added=added_bytes(contract))


@blueprint.post("/batch_prediction")
def answer_file() -> Response:
    """The uploaded CSV, answered."""
    model, ranges, scan = current_model(), _ranges(), Scan()
    file = upload(current_app.config["MAX_UPLOAD_LENGTH"], scan.feed)
    try:
        table = UploadedCsv(file, scan)
        answering = BatchScorer(model.predictor, model.parser, table.header, ranges=ranges)
    except BaseException:
        file.close()
        raise
    response = Response(_lines(file, table, answering), mimetype="text/csv")
    name = f"{model.contract.dataset}_predictions.csv"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _ranges() -> bool:
    """Whether the answers shall have their range or set; `range=0` in the address says no."""
    told = parsing.pairs(request.query_string)
    if told and told not in ([("range", "0")], [("range", "1")]):
        raise InputError("batch_prediction takes one parameter, range, which is 0 or 1")
    return told != [("range", "0")]


def _lines(file: IO[bytes], table: UploadedCsv, answering: BatchScorer) -> Iterator[str]:
    with file, closing(table.blocks()) as blocks:
        yield answering.head()
        yield from answering.answers(blocks)
