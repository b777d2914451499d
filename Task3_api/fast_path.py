"""The hottest question, answered ahead of Flask.

GET /predict takes the model some 30 microseconds and Flask's routing, contexts and response about
60. So where the question can be answered, it is, by the same parser, predictor and JSON; whatever
else there is to say (an error, another method, another path) is left to Flask, which begins anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask

from Task3_api import parsing
from Task3_api.current_model import KEY, CurrentModel

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class FastPath:
    """WSGI middleware of `app`; `headers` go with every answer."""

    def __init__(self, app: Flask, path: str, headers: dict[str, str]) -> None:
        self._app, self._path, self._next = app, path, app.wsgi_app
        self._headers = [("Content-Type", "application/json"), *headers.items()]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a GET of the path if it can be answered."""
        if environ["PATH_INFO"] != self._path or environ["REQUEST_METHOD"] != "GET":
            return self._next(environ, start_response)
        try:
            body = self._answer(environ["QUERY_STRING"].encode("latin-1"))
        except Exception:  # a wrong question or a defect of ours: Flask comes upon it and tells it
            return self._next(environ, start_response)
        for before in self._app.before_request_funcs.get(None, ()):
            before()
        start_response("200 OK", [*self._headers, ("Content-Length", str(len(body)))])
        return [body]

    def _answer(self, query: bytes) -> bytes:
        model: CurrentModel = self._app.extensions[KEY]
        record = model.parser.record(parsing.pairs(query))
        answer = model.predictor.answer(record)
        return self._app.json.dumps(answer, separators=(",", ":")).encode() + b"\n"
