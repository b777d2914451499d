"""The page where a person chooses a CSV to be answered; `batch_api` answers it."""

from __future__ import annotations

from flask import Blueprint, render_template

from Task3_api.batch.preview import PREVIEW_BYTES, added_bytes
from Task3_api.batch.scorer import answer_columns
from Task3_api.current_model import current_model
from Task3_api.pages.confidence_choice import ConfidenceChoice
from Task3_api.pages.form import Form

blueprint = Blueprint("batch_page", __name__)


@blueprint.get("/batch_prediction")
def page() -> str:
    """What can be sent, and what comes back."""
    model = current_model()
    contract = model.contract
    return render_template(
        "batch.html",
        answer_columns=answer_columns(contract),
        fields=Form(contract).fields,
        choice=ConfidenceChoice.of(model),
        preview_bytes=PREVIEW_BYTES,
        added_bytes=added_bytes(contract),
    )
