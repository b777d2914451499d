"""The floor: the very app that is served, with one route more, which returns a constant.

What that route takes is Flask, granian and the network; what `/predict` takes beyond it is
Tablecast. The constant is an answer of `/predict`, so both send as much.
"""

from __future__ import annotations

import os
import sys

from flask import Flask, Response, jsonify

from Task3_api.app import create_app
from Task3_api.server.asgi import AsgiService
from Task3_api.server.servers import run_granian

QUESTION = "BENCHMARK_QUESTION"  # names the address whose answer the constant is


def app() -> Flask:
    """The service, with GET /constant."""
    answer = create_app().test_client().get(os.environ[QUESTION]).get_json()
    made = create_app()

    @made.get("/constant")
    def constant() -> Response:
        return jsonify(answer)

    return made


def service() -> AsgiService:
    """The same, as granian runs it."""
    return AsgiService(app())


if __name__ == "__main__":
    run_granian("127.0.0.1", int(sys.argv[1]), "benchmarks.constant:service")
