"""Noticing that another version was put in service, while the one before it answers on."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from flask import Flask

from Task1_database.errors import SealError
from Task2_model.artifact import current
from Task3_api.current_model import CurrentModel, activate

SECONDS = 1.0  # between two looks at CURRENT


class ModelReloader:
    """Looks, when there is a request, whether `models`/CURRENT names another version.

    The other version is opened beside the requests and takes over once it is whole. One that is
    not is logged, and the version before it stays.

    Parameters
    ----------
    folder : Path
        The version that the app serves.
    """

    def __init__(self, app: Flask, models: Path, folder: Path) -> None:
        self._app, self._models, self._folder = app, models, folder
        self._next = time.monotonic() + SECONDS
        self._looking = threading.Lock()

    def look(self) -> None:
        """Start to open the other version, if there is one; cheap, and never fails."""
        if time.monotonic() < self._next or not self._looking.acquire(blocking=False):
            return
        try:
            self._next = time.monotonic() + SECONDS
            folder = current(self._models)
        except (SealError, OSError, ValueError):
            return
        finally:
            self._looking.release()
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
