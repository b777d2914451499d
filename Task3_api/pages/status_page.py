"""How the service is: what it serves, since when, and with which packages. No secrets."""

from __future__ import annotations

import platform
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from importlib import metadata
from typing import Any

from flask import Blueprint, current_app, render_template

from Task3_api.current_model import current_model
from Task3_api.keep.kept import current_keeper
from Task3_api.metrics import DROPPED, KEPT, REQUESTS, STARTED, metrics_of
from Task3_api.model_reloader import public_issue
from Task3_api.settings import OPEN, is_open

blueprint = Blueprint("status", __name__)

PACKAGES = ("tablecast", "Flask", "granian", "gunicorn", "numpy", "waitress")


@blueprint.get("/status")
def page() -> str:
    """What is served, since when, and with which packages."""
    counts = metrics_of(current_app)
    since = datetime.fromtimestamp(counts.total(STARTED), UTC)
    provenance = current_model().predictor.sealed.manifest.get("provenance", {})
    mount, keeper = current_app.config.get("MOUNTED_AS"), current_keeper()
    names = current_model().contract.by_name
    return render_template(
        "status.html",
        requests=int(counts.total(REQUESTS, mount)),
        kept=int(counts.total(KEPT, mount)),
        dropped=int(counts.total(DROPPED, mount)),
        private=sorted(keeper.private() & names.keys()) if keeper else [],
        since=since,
        uptime=duration(datetime.now(UTC) - since),
        issue=public_issue(),
        versions=_versions(provenance),
        sealed_at=provenance.get("sealed_at", ""),
        who=_who_may_ask(),
    )


def _who_may_ask() -> str:
    """In one sentence."""
    if current_app.config["KEYS"]:
        return "Whoever has a key."
    return OPEN if is_open(current_app.config) else "Everybody who can reach this machine."


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
