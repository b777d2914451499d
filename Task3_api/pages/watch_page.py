"""The page that says whether the promise is kept: what `tablecast watch` last found."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Response, jsonify, render_template
from werkzeug.exceptions import NotFound

from Task1_database.keep.kept_store import WATCH
from Task3_api.current_model import current_model
from Task3_api.keep.kept import current_keeper
from Task3_api.pages.watch_view import WatchView

blueprint = Blueprint("watch", __name__)


@blueprint.get("/watch")
def page() -> str:
    """The report with its pictures, or how to get one."""
    report = last_report()
    view = WatchView(current_model().contract, report) if report else None
    return render_template("watch.html", view=view)


@blueprint.get("/watch.json")
def document() -> Response:
    """The same for programs."""
    report = last_report()
    if report is None:
        raise NotFound
    return jsonify(report)


def last_report() -> dict[str, Any] | None:
    """What `tablecast watch` last left where answers are kept; None where it left nothing."""
    keeper = current_keeper()
    data = keeper.store.read_file(WATCH) if keeper else None
    return None if data is None else dict(orjson.loads(data))
