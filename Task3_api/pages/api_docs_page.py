"""The interface for people who write programs: its operations, described and to be tried.

The page to try it is Swagger UI, whose files are those of an installed package: nothing is loaded
from another origin.
"""

from __future__ import annotations

from pathlib import Path

import flask_swagger_ui
from flask import Blueprint, Response, make_response, render_template, send_from_directory

from Task3_api.current_model import current_model
from Task3_api.security_headers import API_DOCS_POLICY, set_policy

blueprint = Blueprint("api_docs", __name__)

ASSETS = Path(flask_swagger_ui.__file__).with_name("dist")


@blueprint.get("/docs")
def page() -> Response:
    """Every operation, described and to be tried."""
    html = render_template("api_docs.html", operations=_operations())
    return set_policy(make_response(html), API_DOCS_POLICY)


@blueprint.get("/docs/<any('swagger-ui-bundle.js', 'swagger-ui.css'):name>")
def asset(name: str) -> Response:
    """One of Swagger UI's own files."""
    return send_from_directory(ASSETS, name, max_age=3600)


def _operations() -> list[tuple[str, str, str]]:
    """Method, path and summary of each operation, from the OpenAPI document."""
    return [
        (method.upper(), path, operation["summary"])
        for path, operations in current_model().openapi["paths"].items()
        for method, operation in operations.items()
    ]
