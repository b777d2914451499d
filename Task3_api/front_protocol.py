"""The Open Inference Protocol at the root of several models; see `mounts` for what is of one."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify
from werkzeug.exceptions import NotFound

from Task3_api import inference_protocol
from Task3_api.mounts import EXTENSION, Mounts

blueprint = Blueprint(inference_protocol.blueprint.name, __name__, url_prefix="/v2")
blueprint.add_url_rule("/health/live", view_func=inference_protocol.live)
blueprint.add_url_rule("/health/ready", view_func=inference_protocol.ready)


@blueprint.get("")
def server() -> Response:
    """What answers here; its version is those of the models."""
    mounts: Mounts = current_app.extensions[EXTENSION]
    models = {mount.name: mount.model for mount in mounts}
    versions = [f"{name} {model.predictor.version}" for name, model in models.items() if model]
    return jsonify({"name": "tablecast", "version": ", ".join(versions), "extensions": []})


@blueprint.route("/models/<path:_>", methods=["GET", "POST"])
def unknown(_: str) -> Response:
    """What is asked of no model that there is."""
    raise NotFound
