"""The service for people: ask, and read what lies behind the answers."""

from __future__ import annotations

import gzip
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from flask import (
    Blueprint,
    Response,
    redirect,
    render_template,
    request,
    send_from_directory,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound, UnsupportedMediaType

from Task1_database.errors import InputError
from Task3_api import parsing
from Task3_api.body import small_body
from Task3_api.current_model import CurrentModel, current_model
from Task3_api.pages import words
from Task3_api.pages.answer_view import AnswerView
from Task3_api.pages.answered_questions import find, questions
from Task3_api.pages.form import Form
from Task3_api.pages.model_view import ModelView
from Task3_api.pages.report_figures import figure, sections

blueprint = Blueprint("pages", __name__)

REPORT_POLICY = (  # the report is one file with its styles and figures inside, and runs nothing
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@blueprint.app_context_processor
def everywhere() -> dict[str, Any]:
    """What every template may use."""
    model = current_model()
    return {"contract": model.contract, "version": model.predictor.version, "words": words}


@blueprint.route("/single_prediction", methods=["GET", "POST"])
@blueprint.get("/")
def ask() -> ResponseReturnValue:
    """The form, and the answer to what it was sent with."""
    model, entered = current_model(), _entered()
    told = [(name, text) for name, text in entered if text]
    if request.method == "GET" and told and told != entered:  # an address fit to be shared
        return redirect(f"{url_for('.ask')}?{urlencode(told)}")
    form = Form.read(model.parser, entered)
    view = _view(model, form)
    page = render_template("ask.html", form=form, view=view)
    return page, 200 if form.sound else 400


@blueprint.get("/answer")
def answered() -> str:
    """The part of that page which changes with what is told, for the page itself to fetch."""
    model = current_model()
    record = model.parser.record(parsing.pairs(request.query_string))
    return render_template("answer.html", view=AnswerView.of(model, record))


@blueprint.get("/questions")
def all_questions() -> str:
    """The questions that SQL answered when the model was trained."""
    return render_template("questions.html", questions=questions(current_model().folder))


@blueprint.get("/questions/<name>.csv")
def question(name: str) -> Response:
    """One answer, as CSV."""
    path = find(current_model().folder, name).path
    return send_from_directory(path.parent, path.name, mimetype="text/csv", as_attachment=True)


@blueprint.get("/report")
def report() -> str:
    """What the report found, and where to read all of it."""
    return render_template("report.html", sections=sections(current_model().folder))


@blueprint.get("/report.<any(html, pdf):kind>")
def report_file(kind: str) -> Response:
    """The report itself."""
    response = send_from_directory(current_model().folder, f"report.{kind}")
    if kind == "html":
        response.headers["Content-Security-Policy"] = REPORT_POLICY
    return response


@blueprint.get("/report/<int:number>.svg")
def report_figure(number: int) -> Response:
    """One of the report's figures, small on its way."""
    found = figure(current_model().folder, number)
    if not found:
        raise NotFound
    response = Response(found.alone, mimetype="image/svg+xml")
    response.headers["Content-Security-Policy"] = REPORT_POLICY
    response.headers["Vary"] = "Accept-Encoding"
    response.cache_control.max_age = 3600  # its address names the version
    if request.accept_encodings.best_match(["gzip"]):
        response.set_data(gzip.compress(response.get_data()))
        response.headers["Content-Encoding"] = "gzip"
    return response


@blueprint.get("/model")
def model() -> str:
    """The model card, made of the manifest and the contract."""
    sealed = current_model().predictor.sealed
    return render_template(
        "model.html", card=ModelView(sealed), fields=Form(sealed.contract).fields
    )


@blueprint.get("/model.md")
def model_card() -> Response:
    """The model card as it was sealed."""
    return send_from_directory(current_model().folder, "MODEL_CARD.md", mimetype="text/markdown")


def _entered() -> parsing.Pairs:
    if request.method != "POST":
        return parsing.pairs(request.query_string)
    if request.mimetype != "application/x-www-form-urlencoded":
        raise UnsupportedMediaType("send the form as application/x-www-form-urlencoded")
    return parsing.pairs(small_body())


def _view(model: CurrentModel, form: Form) -> AnswerView:
    """What the page shows; what stands in an answer's way goes into the form."""
    told = {name: value for name, value in form.record.items() if value is not None}
    if form.sound and form.texts:
        with suppress(InputError):
            if told:
                return AnswerView.of(model, told)
        form.problems = words.nothing_known(model.contract, told)
    return AnswerView.of(model, {})
