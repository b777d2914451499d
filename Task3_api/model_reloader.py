"""Activates another version of the model while the one before it goes on answering."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from flask import Flask

from Task1_database.errors import SealError
from Task2_model.artifact import current
from Task3_api.current_model import CurrentModel, activate
from Task3_api.fast_path import on_fast_path

CHECK_SECONDS = 1.0  # between two readings of CURRENT


class ModelReloader:
    """Checks, when there is a request, whether `models`/CURRENT names another version.

    The other version is opened beside the requests and takes over once it is whole. One that is
    not is logged, and the version before it stays.

    Parameters
    ----------
    folder : Path
        The version that the app serves.
    """

    def __init__(self, app: Flask, models: Path, folder: Path) -> None:
        self._app, self._models, self._folder = app, models, folder
        self._next_check = time.monotonic() + CHECK_SECONDS
        self._checking = threading.Lock()

    @on_fast_path
    def check(self) -> None:
        """Start to open the other version, if there is one; cheap, and never fails."""
        if time.monotonic() < self._next_check or not self._checking.acquire(blocking=False):
            return
        try:
            self._next_check = time.monotonic() + CHECK_SECONDS
            folder = current(self._models)
        except (SealError, OSError, ValueError):
            return
        finally:
            self._checking.release()
        if folder != self._folder:
            self._folder = folder
            threading.Thread(target=self._open, args=(folder,), daemon=True).start()

    def _open(self, folder: Path) -> None:
        try:
            model = CurrentModel.open(folder)
        except Exception as error:  # whatever is wrong with it, the one before serves on
            self._app.logger.error("version %s is not served: %s", folder.name, error)
            return
        if folder == self._folder:
            activate(self._app, model)
            name, version = model.contract.dataset, model.predictor.version
            self._app.logger.warning("serving %s, version %s", name, version)
