"""The floor: the very app that is served, with one route more, which returns a constant.

What that route takes is Flask, gunicorn and the network; what `/predict` takes beyond it is
Tablecast. The constant is an answer of `/predict`, so both send as much, and the main thread of the
worker answers both.
"""

from __future__ import annotations

import os

from flask import Flask, Response, jsonify

from Task3_api.app import create_app
from Task3_api.server import worker

QUESTION = "BENCHMARK_QUESTION"  # names the address whose answer the constant is


def app() -> Flask:
    """The service, with GET /constant."""
    answer = create_app().test_client().get(os.environ[QUESTION]).get_json()
    made = create_app()
    worker.SHORT = (*worker.SHORT, b"GET /constant")

    @made.get("/constant")
    def constant() -> Response:
        return jsonify(answer)

    return made
