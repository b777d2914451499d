"""The page of the report: its figures with their captions, and where to read all of it."""

from __future__ import annotations

import gzip

from flask import Blueprint, Response, render_template, request, send_from_directory
from werkzeug.exceptions import NotFound

from Task3_api.current_model import current_model
from Task3_api.pages import report_figures
from Task3_api.security_headers import REPORT_POLICY, set_policy

blueprint = Blueprint("report", __name__)


@blueprint.get("/report")
def page() -> str:
    """The report's figures in its sections."""
    sections = report_figures.sections(current_model().folder)
    return render_template("report.html", sections=sections)


@blueprint.get("/report.<any(html, pdf):kind>")
def report_file(kind: str) -> Response:
    """The report itself; as a page it has a link back, which the file alone would lead nowhere."""
    folder = current_model().folder
    if kind == "pdf":
        return send_from_directory(folder, "report.pdf")
    try:
        html = (folder / "report.html").read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NotFound from None
    back = render_template("report_back.html")
    response = Response(html.replace("<body>", f"<body>\n{back}", 1), mimetype="text/html")
    response.add_etag()
    response.make_conditional(request)
    return set_policy(response, REPORT_POLICY)


@blueprint.get("/report/<int:number>.svg")
def figure(number: int) -> Response:
    """One of the report's figures, compressed where the client takes that."""
    figure = report_figures.figure(current_model().folder, number)
    if not figure:
        raise NotFound
    response = set_policy(Response(figure.standalone_svg, mimetype="image/svg+xml"), REPORT_POLICY)
    response.headers["Vary"] = "Accept-Encoding"
    response.cache_control.max_age = 3600  # its address names the version
    if request.accept_encodings.best_match(["gzip"]):
        response.set_data(gzip.compress(response.get_data()))
        response.headers["Content-Encoding"] = "gzip"
    return response
