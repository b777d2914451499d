"""The web service, as WSGI has it: a Flask app around one sealed model, or around several."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from flask import Flask

from Task3_api.front import create_front
from Task3_api.model_app import create_model_app
from Task3_api.mounts import mounted_folders


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """The service, its model or models checked and read.

    Parameters
    ----------
    config : mapping, optional
        `MODEL_DIR` (a sealed model's folder) or `MODELS` (a folder whose CURRENT names one, and
        may come to name another; or several, see `mounted_folders`), by default taken from the
        environment, as are `MODEL_SHA256`, the hash of the only manifest to serve, and the
        `settings`; anything that Flask knows.

    Raises SealError, naming the file, where the sealed model is missing, incomplete or altered, and
    of several none is sound; and TablecastError, naming the variable, for a setting that cannot be
    understood.
    """
    config = config or {}
    if folders := mounted_folders(config, os.environ):
        return create_front(config, folders)
    return create_model_app(config)
