"""The page that asks: a form made from the contract, and the answer to what it was sent with."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from Task1_database.errors import InputError
from Task3_api import parsing
from Task3_api.current_model import CurrentModel, current_model
from Task3_api.pages.answer_view import AnswerView
from Task3_api.pages.confidence_choice import ConfidenceChoice
from Task3_api.pages.examples import examples
from Task3_api.pages.form import Form
from Task3_api.pages.phrases import nothing_given
from Task3_api.request_body import fields, posted_form

blueprint = Blueprint("ask", __name__)


@blueprint.route("/single_prediction", methods=["GET", "POST"])
@blueprint.get("/")
def page() -> ResponseReturnValue:
    """The form, and the answer to what it was sent with."""
    model = current_model()
    entries = fields(posted_form() if request.method == "POST" else request.query_string)
    filled = [(name, text) for name, text in entries if text]
    if request.method == "GET" and filled and filled != entries:  # an address fit to be shared
        return redirect(f"{url_for('.page')}?{urlencode(filled)}")
    form = _form(model, entries)
    view = _view(model, form)
    html = render_template(
        "ask.html",
        form=form,
        view=view,
        choice=ConfidenceChoice.of(model, form.confidence),
        examples=examples(model.contract, model.predictor.sealed.calibration.rows),
    )
    return html, 200 if form.is_valid else 400


@blueprint.get("/answer")
def answer() -> str:
    """What of that page changes with the form, for the page itself to fetch."""
    model = current_model()
    form = _form(model, fields(request.query_string))
    return render_template("answer_parts.html", form=form, view=_view(model, form))


def _form(model: CurrentModel, entries: parsing.Pairs) -> Form:
    """What was entered; a confidence that is not possible is a problem, and is not kept."""
    form = Form.read(model.parser, entries)
    try:
        model.predictor.check(form.confidence)
    except InputError as error:
        form.problems.append(error.detail)
        form.confidence = None
    return form


def _view(model: CurrentModel, form: Form) -> AnswerView:
    """What the page shows; what keeps the form from being answered is added to its problems."""
    given = {name: value for name, value in form.record.items() if value is not None}
    if form.is_valid and form.texts:
        with suppress(InputError):
            if given:
                return AnswerView.of(model, given, form.confidence, pinned=form.pinned)
        form.problems = [nothing_given(model.contract)]
    return AnswerView.of(model, {}, form.confidence)
