"""The interface for people who write programs: what can be asked, and a place to try it.

The page to try it is Swagger UI, whose files are those of an installed package: nothing is asked
of another origin.
"""

from __future__ import annotations

from pathlib import Path

import flask_swagger_ui
from flask import Blueprint, Response, make_response, render_template, send_from_directory

from Task3_api.current_model import current_model

blueprint = Blueprint("reference", __name__)

ASSETS = Path(flask_swagger_ui.__file__).with_name("dist")
POLICY = (  # the package's stylesheet holds its pictures as data
    "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'"
)


@blueprint.get("/docs")
def page() -> Response:
    """Every way of asking, described and to be tried."""
    response = make_response(render_template("docs.html", ways=_ways()))
    response.headers["Content-Security-Policy"] = POLICY
    return response


@blueprint.get("/docs/<any('swagger-ui-bundle.js', 'swagger-ui.css'):name>")
def asset(name: str) -> Response:
    """One of Swagger UI's own files."""
    return send_from_directory(ASSETS, name, max_age=3600)


def _ways() -> list[tuple[str, str, str]]:
    """Method, path and summary of each way of asking, from the OpenAPI document."""
    return [
        (method.upper(), path, way["summary"])
        for path, methods in current_model().openapi["paths"].items()
        for method, way in methods.items()
    ]
