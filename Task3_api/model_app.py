"""The app of one sealed model: all of a service, or in one of several what is below `/NAME`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask

from Task3_api import api, inference_protocol, metrics, observer, request_id
from Task3_api.batch import batch_api
from Task3_api.batch.batch_answer import RESULTS
from Task3_api.batch.result_store import ResultStore, default_folder
from Task3_api.current_model import CurrentModel, activate, model_folder, models_folder, pinned
from Task3_api.keep import kept, outcomes_api
from Task3_api.model_reloader import EXTENSION as RELOADER
from Task3_api.model_reloader import ModelReloader
from Task3_api.pages import site
from Task3_api.service_app import guard, new_app


def create_model_app(config: Mapping[str, Any], door: Flask | None = None) -> Flask:
    """An app, its model checked and read.

    Parameters
    ----------
    config : mapping
        As `create_app` has it, `MODELS` being the folder of one model; and `MOUNTED_AS`, its name
        among several.
    door : Flask, optional
        The app by whose counts and limits this one goes, where several are one service.

    Raises what `create_app` raises.
    """
    app = new_app(config, door)
    folder = model_folder(app.config, os.environ)
    pin = pinned(app.config, os.environ)
    activate(app, model := CurrentModel.open(folder, pin, small=door is not None))
    name = app.config.get("MOUNTED_AS") or model.contract.dataset
    observer.register(app, name, door)
    app.before_request(request_id.begin)
    if models := models_folder(app.config, os.environ):
        reloader = app.extensions[RELOADER] = ModelReloader(app, models, folder, pin)
        app.before_request(reloader.check)
    kept.register(app, partial(metrics.metrics_of(app).count_kept, name))
    keeper = kept.keeper_of(app)
    store = app.extensions[RESULTS] = ResultStore(
        Path(app.config["RESULTS"] or default_folder()),
        archive=keeper if keeper and keeper.batches else None,
    )
    store.sweep()
    guard(app, door)
    app.register_blueprint(api.blueprint)
    app.register_blueprint(inference_protocol.blueprint)
    app.register_blueprint(outcomes_api.blueprint)
    app.register_blueprint(batch_api.blueprint)
    site.register(app)
    return app
