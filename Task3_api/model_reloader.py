"""Activates another version of the model while the one before it goes on answering."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

from flask import Flask, current_app

from Task1_database.errors import SealError
from Task2_model.artifact import current
from Task3_api.current_model import CurrentModel, activate
from Task3_api.fast_path import FastRequest, on_fast_path

CHECK_SECONDS = 1.0  # between two readings of CURRENT, and before a second attempt at a version
MOST_SECONDS = 60.0  # between two attempts at a version that cannot be served


EXTENSION = "tablecast.reloader"


def public_issue() -> str:
    """Why what CURRENT names is not served, with no folder in it; empty while it is."""
    reloader: ModelReloader | None = current_app.extensions.get(EXTENSION)
    return reloader.public_issue if reloader else ""


def without_folder(issue: str, models: Path) -> str:
    """What is wrong, for those who shall not know where the models are."""
    return issue.replace(f"{models}{os.sep}", "").replace(str(models), "models")


class ModelReloader:
    """Checks, when there is a request, whether `models`/CURRENT names another version.

    The other version is opened beside the requests and takes over once it is whole. While it is
    not, the version before it stays, the reason is logged once, and it is tried again ever less
    often: what is being copied may be whole a moment later.

    Parameters
    ----------
    folder : Path
        The version that the app serves.
    pin : str
        The SHA-256 of the only manifest to serve; empty for any.

    Attributes
    ----------
    issue : str
        Why what CURRENT names is not served; empty while it is.
    """

    def __init__(self, app: Flask, models: Path, folder: Path, pin: str = "") -> None:
        self._app, self._models, self._folder, self._pin = app, models, folder, pin
        self._next_check = time.monotonic() + CHECK_SECONDS
        self._checking = threading.Lock()
        self._refused: Path | None = None
        self._next_attempt = self._pause = 0.0
        self.issue = ""

    @property
    def public_issue(self) -> str:
        """`issue` without the folders that the models are in."""
        return without_folder(self.issue, self._models)

    @on_fast_path
    def check(self, _: FastRequest | None = None) -> None:
        """Start to open the other version, if there is one; cheap, and never fails."""
        if time.monotonic() < self._next_check or not self._checking.acquire(blocking=False):
            return
        self._next_check = time.monotonic() + CHECK_SECONDS
        try:
            folder = current(self._models)
        except (SealError, OSError) as error:
            self._report(str(error))
        else:
            if folder == self._folder:
                self.issue = ""
            elif folder != self._refused or time.monotonic() >= self._next_attempt:
                threading.Thread(target=self._open, args=(folder,), daemon=True).start()
                return  # the thread releases the lock
        self._checking.release()

    def _open(self, folder: Path) -> None:
        try:
            small = "MOUNTED_AS" in self._app.config
            model = CurrentModel.open(folder, self._pin, small=small)
        except Exception as error:  # whatever is wrong with it, the one before serves on
            self._postpone(folder)
            self._report(f"version {folder.name} is not served: {error}")
        else:
            self._folder, self.issue = folder, ""
            activate(self._app, model)
            name, version = model.contract.dataset, model.predictor.version
            self._app.logger.info("serving %s, version %s", name, version)
        finally:
            self._checking.release()

    def _postpone(self, folder: Path) -> None:
        """Try a version that was refused again, each time after twice as long."""
        again = folder == self._refused
        self._pause = min(2 * self._pause, MOST_SECONDS) if again else CHECK_SECONDS
        self._refused, self._next_attempt = folder, time.monotonic() + self._pause

    def _report(self, issue: str) -> None:
        """Log why what CURRENT names is not served, unless that is known already."""
        if issue != self.issue:
            self.issue = issue
            self._app.logger.error("%s", issue)
