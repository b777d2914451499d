"""All pages together: a blueprint each, and what every template may use."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, request, url_for

from Task2_model import formatting
from Task3_api.current_model import current_model
from Task3_api.keep.kept import current_keeper
from Task3_api.pages import (
    answer_page,
    api_docs_page,
    ask_page,
    batch_page,
    login_page,
    model_page,
    phrases,
    questions_page,
    report_page,
    results_page,
    status_page,
    versions_page,
    watch_page,
)

PAGES = (
    ask_page,
    answer_page,
    batch_page,
    results_page,
    questions_page,
    report_page,
    model_page,
    api_docs_page,
    status_page,
    login_page,
    versions_page,
    watch_page,
)


def register(app: Flask) -> None:
    """Add the pages to `app`."""
    for page in PAGES:
        app.register_blueprint(page.blueprint)
    app.context_processor(template_context)


def _models_url() -> str:
    """The page that lists the models of a service of several; empty where there is one."""
    mounted = current_app.config.get("MOUNTED_AS")
    return request.script_root.removesuffix(mounted) if mounted else ""


def template_context() -> dict[str, Any]:
    """What every template may use."""
    model = current_model()
    return {
        "contract": model.contract,
        "version": model.predictor.version,
        "formatting": formatting,
        "keeper": current_keeper(),
        "phrases": phrases,
        "ask_url": url_for("ask.page", _method="GET"),  # not where a form was posted to
        "models_url": _models_url(),
    }
