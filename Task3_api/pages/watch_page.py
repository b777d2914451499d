"""The page that says whether the promise is kept: what `tablecast watch` last found."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify, render_template
from werkzeug.exceptions import NotFound

from Task3_api.current_model import current_model
from Task3_api.keep.watch_figures import last_watch
from Task3_api.pages.watch_view import WatchView

blueprint = Blueprint("watch", __name__)


@blueprint.get("/watch")
def page() -> str:
    """The report with its pictures, or how to get one."""
    report = last_watch(current_app)
    view = WatchView(current_model().contract, report) if report else None
    return render_template("watch.html", view=view)


@blueprint.get("/watch.json")
def document() -> Response:
    """The same for programs."""
    report = last_watch(current_app)
    if report is None:
        raise NotFound
    return jsonify(report)
