"""The web service: a Flask app around one sealed model."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from Task3_api import access, api, metrics, observer, problems, rate_limit, request_id
from Task3_api.batch import batch_api
from Task3_api.batch.batch_answer import RESULTS
from Task3_api.batch.result_store import ResultStore, default_folder
from Task3_api.current_model import CurrentModel, activate, model_folder, models_folder, pinned
from Task3_api.keep import kept, outcomes_api
from Task3_api.model_reloader import EXTENSION as RELOADER
from Task3_api.model_reloader import ModelReloader
from Task3_api.pages import site
from Task3_api.security_headers import add_headers
from Task3_api.settings import check, settings
from Task3_api.strict_json import StrictJson


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """The service, its model checked and read.

    Parameters
    ----------
    config : mapping, optional
        `MODEL_DIR` (a sealed model's folder) or `MODELS` (a folder whose CURRENT names one, and
        may come to name another), by default taken from the environment, as are `MODEL_SHA256`,
        the hash of the only manifest to serve, what `KeepSettings` has, and the `settings`;
        anything that Flask knows.

    Raises SealError, naming the file, where the sealed model is missing, incomplete or altered,
    and TablecastError, naming the variable, for a setting that cannot be understood.
    """
    app = Flask(__name__)
    app.config.from_mapping(settings(os.environ))
    app.config.from_mapping(config or {})
    check(app.config)
    app.json = StrictJson(app)
    folder = model_folder(app.config, os.environ)
    pin = pinned(app.config, os.environ)
    activate(app, CurrentModel.open(folder, pin))
    observer.register(app)
    app.before_request(request_id.begin)
    if models := models_folder(app.config, os.environ):
        reloader = app.extensions[RELOADER] = ModelReloader(app, models, folder, pin)
        app.before_request(reloader.check)
    kept.register(app)
    store = app.extensions[RESULTS] = ResultStore(Path(app.config["RESULTS"] or default_folder()))
    store.sweep()
    access.register(app)
    rate_limit.register(app)
    app.register_blueprint(api.blueprint)
    app.register_blueprint(outcomes_api.blueprint)
    app.register_blueprint(batch_api.blueprint)
    app.register_blueprint(metrics.blueprint)
    site.register(app)
    problems.register(app)
    app.after_request(add_headers)
    app.after_request(request_id.echo)
    if proxies := app.config["PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    return app
