"""The web service: a Flask app around one sealed model."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from flask import Flask

from Task3_api import api, problems
from Task3_api.batch import batch_api
from Task3_api.current_model import CurrentModel, activate, model_folder, models_folder, pinned
from Task3_api.keep import kept, outcomes_api
from Task3_api.model_reloader import ModelReloader
from Task3_api.pages import site
from Task3_api.security_headers import add_headers
from Task3_api.strict_json import StrictJson

MEGABYTE = 1 << 20
DEFAULTS = {
    "MAX_CONTENT_LENGTH": 16 * MEGABYTE,  # a JSON document or a form, held in memory
    "MAX_UPLOAD_LENGTH": 4096 * MEGABYTE,  # a CSV, held on disk
}


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """The service, its model checked and read.

    Parameters
    ----------
    config : mapping, optional
        `MODEL_DIR` (a sealed model's folder) or `MODELS` (a folder whose CURRENT names one, and
        may come to name another), by default taken from the environment, as is `MODEL_SHA256`,
        the hash of the only manifest to serve; `MAX_CONTENT_LENGTH` and `MAX_UPLOAD_LENGTH` in
        bytes; what `KeepSettings` has; anything that Flask knows.

    Raises SealError, naming the file, where the sealed model is missing, incomplete or altered.
    """
    app = Flask(__name__)
    app.config.from_mapping(DEFAULTS)
    app.config.from_mapping(config or {})
    app.json = StrictJson(app)
    folder = model_folder(app.config, os.environ)
    pin = pinned(app.config, os.environ)
    activate(app, CurrentModel.open(folder, pin))
    if models := models_folder(app.config, os.environ):
        app.before_request(ModelReloader(app, models, folder, pin).check)
    kept.register(app)
    app.register_blueprint(api.blueprint)
    app.register_blueprint(outcomes_api.blueprint)
    app.register_blueprint(batch_api.blueprint)
    site.register(app)
    problems.register(app)
    app.after_request(add_headers)
    return app
