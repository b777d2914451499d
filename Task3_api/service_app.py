"""What every app of a service is made of, whatever it answers: settings, JSON, log, limits."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Mapping
from typing import Any

import orjson
from flask import Flask
from flask.json.provider import DefaultJSONProvider
from flask.logging import default_handler
from werkzeug.middleware.proxy_fix import ProxyFix

from Task3_api import access, metrics, problems, rate_limit, request_id, upload_slots
from Task3_api.security_headers import add_headers
from Task3_api.settings import check, settings

LINE = (
    "%(asctime)s.%(msecs)03dZ %(levelname)s %(message)s"  # on standard error; time as in requests
)


class StrictJson(DefaultJSONProvider):
    """JSON in the order it was made, and never NaN, which is not JSON."""

    sort_keys = False

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        """As Flask's, with a ValueError for what JSON cannot say.

        orjson is ten times as fast, but writes NaN as null, and refuses text that is no Unicode.
        What holds a null, and what it refuses, is written by the standard library.
        """
        try:
            text = orjson.dumps(obj)
        except TypeError:
            text = b"null"
        if b"null" in text:
            return super().dumps(obj, allow_nan=False, **kwargs)
        return text.decode()


def new_app(config: Mapping[str, Any], door: Flask | None = None) -> Flask:
    """An app that answers nothing yet; TablecastError for a setting that cannot be understood."""
    app = Flask(__name__)
    app.config.from_mapping(settings(os.environ))
    app.config.from_mapping(config)
    check(app.config)
    app.json = StrictJson(app)
    form = logging.Formatter(LINE, "%Y-%m-%dT%H:%M:%S")
    form.converter = time.gmtime
    default_handler.setFormatter(form)
    app.logger.setLevel(logging.INFO)
    upload_slots.register(app, door)
    return app


def guard(app: Flask, door: Flask | None = None) -> None:
    """Have an app know its clients, limit them, and answer them in one form.

    Hooks come in the order in which they are registered: those from before this one see requests
    that are then refused.
    """
    access.register(app)
    rate_limit.register(app, door)
    app.register_blueprint(metrics.blueprint)
    problems.register(app)
    app.after_request(add_headers)
    app.after_request(request_id.echo)
    if proxies := app.config["PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
