"""The page of the model: its card, made of the manifest and the contract."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, send_from_directory

from Task3_api.current_model import current_model
from Task3_api.pages.form import Form
from Task3_api.pages.model_view import ModelView

blueprint = Blueprint("model", __name__)


@blueprint.get("/model")
def page() -> str:
    """The model card as tables and a picture."""
    sealed = current_model().predictor.sealed
    fields = Form(sealed.contract).fields
    return render_template("model.html", card=ModelView(sealed), fields=fields)


@blueprint.get("/model.md")
def model_card() -> Response:
    """The model card as it was sealed."""
    return send_from_directory(current_model().folder, "MODEL_CARD.md", mimetype="text/markdown")
