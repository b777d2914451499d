"""Errors as a client meets them: one body (RFC 9457), made in one place.

Programs get `application/problem+json`, people with a browser get a page that says the same.
"""

from __future__ import annotations

import errno
from typing import Any

from flask import Flask, Response, current_app, g, jsonify, render_template, request
from werkzeug.exceptions import (
    HTTPException,
    InternalServerError,
    NotFound,
    RequestEntityTooLarge,
    Unauthorized,
)
from werkzeug.http import HTTP_STATUS_CODES

from Task1_database.errors import NO_ROOM, ConfidenceError, InputError, StoreAway, TooLongError
from Task3_api.current_model import current_model
from Task3_api.parsing import quote
from Task3_api.upload_slots import InsufficientStorage

NO_DESCRIPTORS = {errno.EMFILE, errno.ENFILE}
MEDIA_TYPE = "application/problem+json"
INFERENCE = "inference_protocol"  # whose clients look for `error`
FOR_PROGRAMS = {"api", INFERENCE}  # blueprints
KEPT_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate")


def register(app: Flask) -> None:
    """Answer every error of `app` with a problem."""
    app.register_error_handler(InputError, on_input_error)
    app.register_error_handler(ConfidenceError, on_confidence_error)
    app.register_error_handler(TooLongError, on_too_long)
    app.register_error_handler(StoreAway, on_store_away)
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(Exception, on_defect)


def on_input_error(error: InputError) -> Response:
    """The request cannot be answered: 400, naming the field."""
    return _input_problem(400, error)


def on_confidence_error(error: ConfidenceError) -> Response:
    """What was sent can be read, but no answer can be so sure: 422, naming what is possible."""
    name = current_model().parser.confidence_name
    return _input_problem(422, ConfidenceError(error.detail, field=name))


def on_too_long(error: TooLongError) -> Response:
    """What was sent has more in one piece than is taken: 413."""
    return _input_problem(413, error)


def on_store_away(error: StoreAway) -> Response:
    """What is kept cannot be read or written now: 503; the log says which store, and why."""
    current_app.logger.error("%s %s failed: %s", request.method, asked_path(), error)
    return problem(503, "what is kept cannot be reached at present; try again later")


def on_http_error(error: HTTPException) -> Response:
    """The errors of HTTP itself: not found, too large, and so on."""
    response = problem(error.code or 500, _in_our_words(error))
    for name, value in error.get_headers():
        if name in KEPT_HEADERS:
            response.headers.add(name, value)
    return response


def on_defect(error: Exception) -> Response:
    """Anything else is a defect of ours: it is logged in full, and the client gets one sentence."""
    if isinstance(error, OSError) and error.errno in NO_ROOM | NO_DESCRIPTORS:
        return on_http_error(InsufficientStorage())
    names = request.method, asked_path(), g.get("request_id")
    current_app.logger.error("%s %s failed, request %s", *names, exc_info=error)
    return on_http_error(InternalServerError())


def problem(status: int, detail: str, **members: Any) -> Response:
    """The response for an error; members that are None are left out."""
    title = HTTP_STATUS_CODES[status]
    if wants_page():
        return Response(_page(status, title, detail), status)
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    if request.blueprint == INFERENCE:
        body["error"] = detail
    body |= {name: value for name, value in members.items() if value is not None}
    response = jsonify(body)
    response.status_code, response.mimetype = status, MEDIA_TYPE
    return response


def _input_problem(status: int, error: InputError) -> Response:
    members: dict[str, Any] = {"field": error.field, "row": error.row}
    if request.is_json and (error.field is not None or error.row is not None):
        in_address = request.query_string and error.field == current_model().parser.confidence_name
        members["pointer"] = None if in_address else pointer(error)
    return problem(status, error.detail, **members)


def pointer(error: InputError) -> str:
    """The JSON Pointer (RFC 6901) to what is at fault in the body that was sent.

    Rows of `data` are lists: there it ends at the row, and the problem's `field` names the column.
    """
    if (columns := g.get("columns")) is not None:
        return _tensor_pointer(list(columns), error)
    path: tuple[str, ...] = g.get("path_to_rows", ())
    field = None if path[-1:] == ("data",) else error.field
    steps = [*path, *(step for step in (error.row, field) if step is not None)]
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def asked_path() -> str:
    """The path as the client knows it, with the name of the model where there are several."""
    return request.script_root + request.path


def _tensor_pointer(columns: list[str], error: InputError) -> str:
    """The same where a request holds its values by columns."""
    if error.field not in columns:
        return "/inputs"
    row = "" if error.row is None else f"/{error.row}"
    return f"/inputs/{columns.index(error.field)}/data{row}"


def wants_page() -> bool:
    """Whether the client is a browser that asked for a page, not for data."""
    if request.blueprint in FOR_PROGRAMS:
        return False
    return request.accept_mimetypes.best_match([MEDIA_TYPE, "text/html"]) == "text/html"


def _page(status: int, title: str, detail: str) -> str:
    if status == Unauthorized.code:
        address = request.full_path.rstrip("?") if request.method == "GET" else "/"
        message = "" if request.method == "GET" else detail.partition(";")[0]
        return render_template("login.html", detail=message, next=request.script_root + address)
    return render_template("problem.html", status=status, title=title, detail=detail)


def _in_our_words(error: HTTPException) -> str:
    if error.code == 404 and error.description == NotFound.description:
        return f"there is nothing at {quote(asked_path())}"
    if error.code == 405:
        allowed = dict(error.get_headers()).get("Allow", "")
        return f"{asked_path()} does not take {request.method}; it takes {allowed}"
    if error.code == 413 and error.description == RequestEntityTooLarge.description:
        return f"the body is larger than the {request.max_content_length:,} bytes allowed here"
    if error.code == 500:
        return "the service could not answer; the fault is not yours, and it has been logged"
    return error.description or HTTP_STATUS_CODES[error.code or 500]
