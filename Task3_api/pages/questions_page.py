"""The page of the questions that SQL answered when the model was trained."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, send_from_directory

from Task3_api.current_model import current_model
from Task3_api.pages.answered_questions import find, questions

blueprint = Blueprint("questions", __name__)


@blueprint.get("/questions")
def page() -> str:
    """Each question with the first rows of its answer."""
    return render_template("questions.html", questions=questions(current_model().folder))


@blueprint.get("/questions/<name>.csv")
def answer_file(name: str) -> Response:
    """One answer, as CSV."""
    path = find(current_model().folder, name).path
    return send_from_directory(path.parent, path.name, mimetype="text/csv", as_attachment=True)
