"""The app in front of several models: the page that lists them, and what there is once for all.

One door: keys, cookies, limits and counts are those of the service, whichever model is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound, ServiceUnavailable

from Task1_database.errors import TablecastError
from Task3_api import api, inference_protocol, observer, problems, request_id
from Task3_api.model_app import create_model_app
from Task3_api.mounts import EXTENSION, Mount, Mounts, open_all
from Task3_api.pages import login_page, models_page
from Task3_api.parsing import quote
from Task3_api.service_app import guard, new_app

NOBODY = ""  # the name under which is counted what no model was asked

blueprint = Blueprint(api.blueprint.name, __name__)
blueprint.add_url_rule("/healthz", view_func=api.healthz)
protocol = Blueprint(inference_protocol.blueprint.name, __name__, url_prefix="/v2")
protocol.add_url_rule("/health/live", view_func=inference_protocol.live)
protocol.add_url_rule("/health/ready", view_func=inference_protocol.ready)


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
    app = new_app(config)
    observer.register(app, NOBODY)
    app.before_request(request_id.begin)
    guard(app)
    app.before_request(_below_a_name)
    for each in (blueprint, protocol, login_page.blueprint, models_page.blueprint):
        app.register_blueprint(each)
    app.context_processor(models_page.template_context)
    app.register_error_handler(NotFound, _not_found)
    _check_names(app, folders)
    _mount(app, config, folders)
    return app


@blueprint.get("/readyz")
def readyz() -> Response:
    """Which models answer; `not_served` says of each other one, or other version, why not."""
    mounts = _mounts()
    models = {mount.name: api.identity(mount.model) for mount in mounts if mount.model}
    issues = {mount.name: mount.issue for mount in mounts if mount.issue}
    refused = {"not_served": issues} if issues else {}
    return jsonify({"status": "ready", "models": models, **refused})


@protocol.get("")
def server() -> Response:
    """What answers here; its version is those of the models."""
    models = {mount.name: mount.model for mount in _mounts()}
    versions = [f"{name} {model.predictor.version}" for name, model in models.items() if model]
    return jsonify({"name": "tablecast", "version": ", ".join(versions), "extensions": []})


@protocol.route("/models/<path:_>", methods=["GET", "POST"])
def unknown(_: str) -> Response:
    """What is asked of no model that there is."""
    raise NotFound


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
