"""How the service is: what it serves, since when, and with which packages. No secrets."""

from __future__ import annotations

import platform
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from importlib import metadata
from typing import Any

from flask import Blueprint, Flask, current_app, render_template

from Task3_api.current_model import current_model
from Task3_api.fast_path import on_fast_path

blueprint = Blueprint("status", __name__)

KEY = "tablecast.requests"
PACKAGES = ("Flask", "granian", "gunicorn", "numpy", "waitress")


class RequestCounter:
    """How many requests this process has answered, and since when."""

    def __init__(self) -> None:
        self.since = datetime.now(UTC)
        self.count = 0
        self._lock = threading.Lock()

    @on_fast_path
    def add(self) -> None:
        """Count one."""
        with self._lock:
            self.count += 1

    @property
    def uptime(self) -> str:
        """For how long, in the two largest units: 3 days 4 hours."""
        return duration(datetime.now(UTC) - self.since)


def register(app: Flask) -> None:
    """Count the requests of `app`."""
    counter = app.extensions[KEY] = RequestCounter()
    app.before_request(counter.add)


@blueprint.get("/status")
def page() -> str:
    """What is served, since when, and with which packages."""
    provenance = current_model().predictor.sealed.manifest.get("provenance", {})
    return render_template(
        "status.html",
        requests=current_app.extensions[KEY],
        versions=_versions(provenance),
        sealed_at=provenance.get("sealed_at", ""),
    )


def duration(time: timedelta) -> str:
    """A time in its two largest units."""
    minutes, seconds = divmod(int(time.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = {"day": days, "hour": hours, "minute": minutes, "second": seconds}
    texts = [f"{n} {unit}{'s' * (n != 1)}" for unit, n in parts.items() if n]
    return " ".join(texts[:2]) or "0 seconds"


def _versions(provenance: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Each package with its version here and, where it took part, in training."""
    trained = {"Python": provenance.get("python", ""), **provenance.get("packages", {})}
    serving = {"Python": platform.python_version(), **_installed()}
    names = {**serving, **trained}
    return [(name, serving.get(name, ""), trained.get(name, "")) for name in names]


def _installed() -> dict[str, str]:
    versions = {}
    for name in PACKAGES:
        with suppress(metadata.PackageNotFoundError):  # gunicorn is not everywhere
            versions[name] = metadata.version(name)
    return versions
