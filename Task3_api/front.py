"""The app in front of several models: the page that lists them, and what there is once for all.

One door: keys, cookies, limits and counts are those of the service, whichever model is asked.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound, ServiceUnavailable
from werkzeug.middleware.proxy_fix import ProxyFix

from Task1_database.errors import TablecastError
from Task3_api import (
    access,
    front_protocol,
    metrics,
    observer,
    problems,
    rate_limit,
    request_id,
    service_log,
    upload_slots,
)
from Task3_api.model_app import create_model_app
from Task3_api.mounts import EXTENSION, Mount, Mounts, open_all
from Task3_api.pages import login_page, models_page
from Task3_api.parsing import quote
from Task3_api.security_headers import add_headers
from Task3_api.settings import check, settings
from Task3_api.strict_json import StrictJson

NOBODY = ""  # the name under which is counted what no model was asked

blueprint = Blueprint("api", __name__)


def create_front(config: Mapping[str, Any], folders: Mapping[str, Path]) -> Flask:
    """The service of several models, each below its name.

    Parameters
    ----------
    config : mapping
        As `create_app` has it.
    folders : mapping
        The models' folders, by their names.

    Raises SealError where no model is sound, and TablecastError, naming the variable, for a
    setting that cannot be understood.
    """
    app = Flask(__name__)
    app.config.from_mapping(settings(os.environ))
    app.config.from_mapping(config)
    check(app.config)
    app.json = StrictJson(app)
    service_log.register(app)
    upload_slots.register(app)
    observer.register(app, NOBODY)
    app.before_request(request_id.begin)
    access.register(app)
    rate_limit.register(app)
    app.before_request(_below_a_name)
    app.register_blueprint(blueprint)
    app.register_blueprint(front_protocol.blueprint)
    app.register_blueprint(metrics.blueprint)
    app.register_blueprint(login_page.blueprint)
    app.register_blueprint(models_page.blueprint)
    app.context_processor(models_page.template_context)
    problems.register(app)
    app.register_error_handler(NotFound, _not_found)
    app.after_request(add_headers)
    app.after_request(request_id.echo)
    if proxies := app.config["PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    _check_names(app, folders)
    _mount(app, config, folders)
    return app


@blueprint.get("/healthz")
def healthz() -> Response:
    """Whether the process lives."""
    return jsonify({"status": "ok"})


@blueprint.get("/readyz")
def readyz() -> Response:
    """Which models answer; `not_served` says of each other one, or other version, why not."""
    mounts = _mounts()
    models = {
        mount.name: {
            "dataset": mount.model.contract.dataset,
            "version": mount.model.predictor.version,
        }
        for mount in mounts
        if mount.model
    }
    issues = {mount.name: mount.issue for mount in mounts if mount.issue}
    refused = {"not_served": issues} if issues else {}
    return jsonify({"status": "ready", "models": models, **refused})


def _mount(app: Flask, config: Mapping[str, Any], folders: Mapping[str, Path]) -> None:
    mounts = [
        Mount(
            name,
            folder,
            partial(create_model_app, {**config, "MODELS": str(folder), "MOUNTED_AS": name}, app),
        )
        for name, folder in folders.items()
    ]
    open_all(mounts)
    app.extensions[EXTENSION] = app.wsgi_app = Mounts(app, mounts)  # type: ignore[method-assign]


def _check_names(app: Flask, folders: Mapping[str, Path]) -> None:
    own = {rule.rule.split("/")[1] for rule in app.url_map.iter_rules()}
    for name in folders.keys() & own:
        raise TablecastError(
            f"{folders[name]}: /{name} is the service's own; serve that model alone, or rename it"
        )


def _mounts() -> Mounts:
    mounts: Mounts = current_app.extensions[EXTENSION]
    return mounts


def _below_a_name() -> ResponseReturnValue | None:
    """What comes to a model's name without a slash, or to a model that cannot be opened."""
    mount = _mounts().named(request.path)
    if mount is None:
        return None
    if request.path == f"/{mount.name}" and mount.app:
        query = request.query_string.decode("latin-1")
        return redirect(f"{request.script_root}/{mount.name}/{'?' * bool(query)}{query}", 308)
    raise ServiceUnavailable(f"{mount.name} is not served: {mount.issue}", retry_after=60)


def _not_found(_: NotFound) -> Response:
    """A 404 that says where the models are."""
    below = " and ".join(f"{request.script_root}/{mount.name}/" for mount in _mounts())
    nothing = f"there is nothing at {quote(problems.asked_path())}"
    return problems.on_http_error(NotFound(f"{nothing}; the models are at {below}"))
