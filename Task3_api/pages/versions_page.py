"""The versions of the model, and what the gate last found before one was put in service."""

from __future__ import annotations

import os
from typing import Any

import orjson
from flask import Blueprint, current_app, render_template

from Task2_model.versions import GATE, versions
from Task3_api.current_model import models_folder

blueprint = Blueprint("versions", __name__)


@blueprint.get("/versions")
def page() -> str:
    """All versions, the latest first, and the gate's report with the answers that moved."""
    models = models_folder(current_app.config, os.environ)
    report: dict[str, Any] | None = None
    if models and (models / GATE).is_file():
        report = orjson.loads((models / GATE).read_bytes())
    return render_template(
        "versions.html", versions=versions(models) if models else [], report=report
    )
