"""The page of an answered file: a table that sorts and filters, a summary, and the files to keep.

All of it is made here, so that it works without scripts; the address says what is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlencode

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound, RequestEntityTooLarge

from Task1_database.errors import InputError
from Task3_api import parsing
from Task3_api.batch.batch_answer import BatchAnswer, result_store
from Task3_api.batch.batch_api import attachment, file_response
from Task3_api.batch.batch_options import USE
from Task3_api.batch.column_match import match_columns
from Task3_api.batch.result_store import ROWS, StoredResult
from Task3_api.batch.uploaded_table import feature_columns
from Task3_api.batch.workbook_writer import check_size, write_workbook
from Task3_api.current_model import CurrentModel, current_model
from Task3_api.pages.results_view import ResultsView
from Task3_api.request_body import posted_form

MOST_CHOICES = 20_000  # of columns for features; beyond, a page would take seconds
LONG_NAME = 40  # characters; a longer name counts for several
GONE = (
    "these answers are not here, or no longer: most are kept for half an hour; send the file again"
)

blueprint = Blueprint("results", __name__, url_prefix="/batch_prediction/results")


@blueprint.post("")
def answer() -> ResponseReturnValue:
    """Answer the file of the form, store the answers, and go to their page."""
    return _store(BatchAnswer.of_upload(current_model(), stored=True))


@blueprint.get("/<key>")
def page(key: str) -> Response:
    """The answers, a page at a time."""
    model, result = _result(key)
    view = ResultsView.of(model.contract, result, parsing.pairs(request.query_string))
    html = render_template(
        "results.html",
        view=view,
        matches=match_columns(model.contract, result.info.header, result.info.chosen),
        can_choose=_can_choose(model, result),
        ask_address=_ask_address(model, result),
    )
    return _private(Response(html))


@blueprint.post("/<key>")
def again(key: str) -> ResponseReturnValue:
    """Answer the file again, with the columns that were chosen for its features."""
    model, result = _result(key)
    chosen = {}
    for name, column in parsing.pairs(posted_form()):
        if not name.startswith(USE):
            raise InputError(f"{name[:40]} is not known here", field=name[:40])
        chosen[name.removeprefix(USE)] = column
    return _store(BatchAnswer.again(model, result, chosen))


@blueprint.post("/<key>/delete")
def delete(key: str) -> ResponseReturnValue:
    """Delete the answers, and the file that they belong to, at once."""
    _result(key)
    result_store().remove(key)
    return redirect(url_for("batch_page.page"), 303)


@blueprint.get("/<key>/answers.csv")
def csv_file(key: str) -> Response:
    """The answers as a CSV."""
    model, result = _result(key)
    name = f"{model.contract.dataset}_predictions.csv"
    return _private(attachment(file_response(result.answers()), name))


@blueprint.get("/<key>/answers.xlsx")
def workbook(key: str) -> Response:
    """The answers as a workbook."""
    model, result = _result(key)
    check_size(len(result.index()), len(result.info.header))
    with result.answers() as file:
        book = write_workbook(line.decode() for line in file)
    return _private(attachment(file_response(book), f"{model.contract.dataset}_predictions.xlsx"))


def _store(answer: BatchAnswer) -> ResponseReturnValue:
    if not answer.can_be_stored:
        answer.table.file.close()
        too_large = f"a page shows {ROWS:,} rows at most; take the answers to this file as a CSV"
        raise RequestEntityTooLarge(too_large)
    g.tally = answer.tally
    key, lines = answer.stored_lines()
    for _ in lines:
        pass
    return redirect(url_for(".page", key=key), 303)


def _result(key: str) -> tuple[CurrentModel, StoredResult]:
    """The model in service, and a result that is its dataset's."""
    model = current_model()
    result = result_store().get(key)
    if result is None or result.info.dataset != model.contract.dataset:
        raise NotFound(GONE)
    return model, result


def _can_choose(model: CurrentModel, result: StoredResult) -> bool:
    """Whether a choice of every column for every feature fits a page."""
    header, features = result.info.header, len(model.contract.features)
    return features * max(len(header), sum(map(len, header)) // LONG_NAME) <= MOST_CHOICES


def _ask_address(model: CurrentModel, result: StoredResult) -> Callable[[list[str]], str]:
    """What gives the address that asks about one row alone, with its reasons."""
    info = result.info
    matches = match_columns(model.contract, info.header, {**info.columns, **info.chosen})
    columns = feature_columns(matches, info.layout, info.is_plain, model.parser)

    def address(row: list[str]) -> str:
        values: dict[str, str] = {}
        for column in columns:
            with suppress(InputError):  # the page asks for the others
                value = column.value(row[column.position].removeprefix("'"))
                text = f"{value:.15g}" if isinstance(value, float) else value
                values |= {column.feature.name: text} if text else {}
        return f"{url_for('ask.page')}?{urlencode(values)}"

    return address


def _private(response: Response) -> Response:
    """A response that nobody in between keeps."""
    response.headers["Cache-Control"] = "no-store"
    return response
