"""Several models in one service, each below its name: `/houses/predict`.

Each has an app of its own, and what comes in is passed to the one that the first part of its path
names (PEP 3333: SCRIPT_NAME). What the Open Inference Protocol asks of a model is answered at the
root as well, where its clients ask: `/v2/models/houses/infer`. A model that cannot be opened leaves
the others alone; what is asked of it is answered by the app in front, and it is tried again, ever
less often.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask

from Task1_database.errors import SealError, TablecastError
from Task2_model.artifact import CURRENT
from Task3_api.current_model import KEY, CurrentModel, models_folder, pinned
from Task3_api.model_reloader import EXTENSION as RELOADER
from Task3_api.model_reloader import MOST_SECONDS, without_folder

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

EXTENSION = "tablecast.mounts"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")  # which stands in an address as it is
PROTOCOL = "/v2/models/"  # of the Open Inference Protocol; a model's name follows
FIRST_PAUSE = 1.0  # seconds before a model that cannot be opened is tried again


class Mount:
    """A model's place in the service.

    Parameters
    ----------
    make : callable
        Makes the app, or raises what is wrong.

    Attributes
    ----------
    app : Flask or None
        None while the model cannot be opened.
    """

    def __init__(self, name: str, folder: Path, make: Callable[[], Flask]) -> None:
        self.name, self._folder, self._make = name, folder, make
        self.app: Flask | None = None
        self._issue = ""
        self._opening = threading.Lock()
        self._next_attempt, self._pause = 0.0, FIRST_PAUSE

    @property
    def model(self) -> CurrentModel | None:
        """The model that answers here; None where none does."""
        return self.app.extensions[KEY] if self.app else None

    @property
    def issue(self) -> str:
        """Why it, or the version that CURRENT names, is not served; empty while it is."""
        return self.app.extensions[RELOADER].public_issue if self.app else self._issue

    def open(self) -> None:
        """Make the app; where that fails, `issue` says why, with no folder in it."""
        try:
            self.app = self._make()
        except Exception as error:  # whatever is wrong with it, the others serve on
            self._issue = without_folder(str(error), self._folder)

    def retry(self) -> None:
        """Begin to open it once more, if it is time; cheap, and never fails."""
        if time.monotonic() < self._next_attempt or not self._opening.acquire(blocking=False):
            return
        self._pause = min(2 * self._pause, MOST_SECONDS)
        self._next_attempt = time.monotonic() + self._pause
        threading.Thread(target=self._reopen, daemon=True).start()

    def _reopen(self) -> None:
        try:
            self.open()
            if self.app and self.model:
                self.app.logger.info("%s", _served_line(self.model))
        finally:
            self._opening.release()


class Mounts:
    """Passes each request to the app that its path names; a WSGI app.

    Parameters
    ----------
    front : Flask
        Answers what is below no model's name, and below that of a model that cannot be opened.
    mounts : iterable of Mount
    """

    def __init__(self, front: Flask, mounts: Iterable[Mount]) -> None:
        self._front, self._answer_in_front = front, front.wsgi_app
        self._by_name = {mount.name: mount for mount in mounts}

    def __iter__(self) -> Iterator[Mount]:
        return iter(self._by_name.values())

    def named(self, path: str) -> Mount | None:
        """The model whose name a path begins with, there or in the protocol; None for none."""
        return self._by_name.get(path.removeprefix(PROTOCOL).removeprefix("/").partition("/")[0])

    def locate(self, path: str) -> tuple[Flask, str]:
        """Which app is to answer at a path, and what of the path is not for the app."""
        mount = self.named(path)
        if mount is None or path == f"/{mount.name}":
            return self._front, ""
        if mount.app is None:
            mount.retry()
            return self._front, ""
        return mount.app, "" if path.startswith(PROTOCOL) else f"/{mount.name}"

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer by the app that the path names."""
        app, root = self.locate(environ["PATH_INFO"])
        if app is self._front:
            return self._answer_in_front(environ, start_response)
        environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + root
        environ["PATH_INFO"] = environ["PATH_INFO"].removeprefix(root)
        return app.wsgi_app(environ, start_response)


def locate(app: Flask, path: str) -> tuple[Flask, str]:
    """Which app of a service is to answer at a path, and what of the path is not for the app."""
    mounts: Mounts | None = app.extensions.get(EXTENSION)
    return mounts.locate(path) if mounts else (app, "")


def served_lines(app: Flask) -> list[str]:
    """For the log: each model of a service, with its version, or why it is not served."""
    mounts: Mounts | None = app.extensions.get(EXTENSION)
    if mounts is None:
        return [_served_line(app.extensions[KEY])]
    return [
        _served_line(mount.model) if mount.model else f"{mount.name} is not served: {mount.issue}"
        for mount in mounts
    ]


def mounted_folders(*sources: Mapping[str, Any]) -> dict[str, Path]:
    """The folders of several models by the names below which they are served; empty for one model.

    `MODELS`, of the first of `sources` (configuration, environment) that names a model, is several
    paths, parted as PATH is; or one, of a folder that has no CURRENT but folders that do.

    Raises TablecastError for a name that is there twice, or cannot stand in an address, and where
    `MODEL_SHA256` would have to be that of several manifests.
    """
    models = models_folder(*sources)
    folders = _by_name(_parts(models)) if models else {}
    if folders and pinned(*sources):
        raise TablecastError("MODEL_SHA256 is of one manifest; serve that model alone")
    return folders


def _parts(models: Path) -> list[Path]:
    if models.is_dir():
        is_one = (models / CURRENT).exists()
        return [] if is_one else [path.parent for path in sorted(models.glob(f"[!.]*/{CURRENT}"))]
    paths = [Path(text) for text in str(models).split(os.pathsep) if text]
    return paths if len(paths) > 1 else []


def _by_name(folders: Iterable[Path]) -> dict[str, Path]:
    folders = list(folders)
    for name, count in Counter(folder.name for folder in folders).items():
        if count > 1:
            raise TablecastError(f"{count} models are called {name}; a service has a name once")
        if not NAME.fullmatch(name):
            raise TablecastError(f"{name!r} cannot name a model in an address; rename its folder")
    return {folder.name: folder for folder in folders}


def open_all(mounts: Iterable[Mount]) -> None:
    """Open all models; SealError where there is none that can be opened."""
    mounts = list(mounts)
    for mount in mounts:
        mount.open()
    if not any(mount.app for mount in mounts):
        issues = "; ".join(f"{mount.name}: {mount.issue}" for mount in mounts)
        raise SealError(f"none of the models can be served: {issues}")


def _served_line(model: CurrentModel) -> str:
    return f"serving {model.contract.dataset}, version {model.predictor.version}"
