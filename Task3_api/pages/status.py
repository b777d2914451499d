"""How the service is: what it serves, since when, and with which packages. No secrets."""

from __future__ import annotations

import platform
import threading
from datetime import UTC, datetime, timedelta
from importlib import metadata

from flask import Blueprint, Flask, current_app, render_template

from Task3_api.current_model import current_model

blueprint = Blueprint("status", __name__)

KEY = "tablecast.requests"
PACKAGES = ("Flask", "gunicorn", "numpy", "waitress")


class Requests:
    """How many requests this process has answered, and since when."""

    def __init__(self) -> None:
        self.since = datetime.now(UTC)
        self.count = 0
        self._counting = threading.Lock()

    def add(self) -> None:
        """Count one."""
        with self._counting:
            self.count += 1

    @property
    def uptime(self) -> str:
        """For how long, in the two largest units: 3 days 4 hours."""
        return duration(datetime.now(UTC) - self.since)


def register(app: Flask) -> None:
    """Count the requests of `app`."""
    requests = app.extensions[KEY] = Requests()
    app.before_request(requests.add)


@blueprint.get("/status")
def page() -> str:
    """The page."""
    trained = current_model().predictor.sealed.manifest.get("provenance", {})
    return render_template(
        "status.html",
        requests=current_app.extensions[KEY],
        versions=_versions(trained),
        sealed_at=trained.get("sealed_at", ""),
    )


def duration(time: timedelta) -> str:
    """A time in its two largest units."""
    minutes, seconds = divmod(int(time.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = {"day": days, "hour": hours, "minute": minutes, "second": seconds}
    told = [f"{n} {unit}{'s' * (n != 1)}" for unit, n in parts.items() if n]
    return " ".join(told[:2]) or "0 seconds"


def _versions(trained: dict[str, object]) -> list[tuple[str, str, str]]:
    """Each package with its version here and, where it took part, in training."""
    packages = trained.get("packages")
    then = {"Python": str(trained.get("python", ""))}
    then |= packages if isinstance(packages, dict) else {}
    now = {"Python": platform.python_version(), **_installed()}
    return [(name, now.get(name, ""), then.get(name, "")) for name in {**now, **then}]


def _installed() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:  # gunicorn is not everywhere
            continue
    return found
