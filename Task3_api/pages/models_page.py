"""The first page of a service of several models: which they are, and how each of them is."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template

from Task2_model import formatting
from Task3_api.mounts import EXTENSION, Mount, Mounts
from Task3_api.pages import phrases
from Task3_api.pages.model_page import ModelView

blueprint = Blueprint("models", __name__)


@blueprint.get("/")
def page() -> str:
    """The models, by their names."""
    mounts: Mounts = current_app.extensions[EXTENSION]
    return render_template("models.html", mounts=list(mounts), card=card)


def card(mount: Mount) -> ModelView | None:
    """What one should know of the model; None where there is none."""
    return ModelView(mount.model.predictor.sealed) if mount.model else None


def template_context() -> dict[str, Any]:
    """What the templates that every app has may use: here no model is meant."""
    return {"contract": None, "keeper": None, "formatting": formatting, "phrases": phrases}
