"""What the service counts, for Prometheus: GET /metrics, and the page /status.

Under a server of several processes the numbers are sums over all of them, kept in files that they
share (PROMETHEUS_MULTIPROC_DIR, which the server sets before it loads this module). Labels have few
values, whatever clients send.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from functools import lru_cache

from flask import Blueprint, Flask, Response, current_app
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from werkzeug.exceptions import NotFound

from Task3_api.current_model import KEY, CurrentModel
from Task3_api.keep.watch_figures import WatchFigures
from Task3_api.settings import is_loopback
from Task3_api.tally import Tally

blueprint = Blueprint("metrics", __name__)

EXTENSION = "tablecast.metrics"
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
SECONDS = (0.001, 0.01, 0.1, 1, 10)  # bounds of the buckets
METHODS = {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}
REQUESTS = "tablecast_requests_total"
KEPT, DROPPED = "tablecast_kept_total", "tablecast_dropped_total"
STARTED = "tablecast_started_seconds"


class ModelsInService(Collector):
    """Which models this process answers from, when it is asked.

    Parameters
    ----------
    apps : mapping
        Each model's app, by the name under which it is counted.
    """

    def __init__(self, apps: Mapping[str, Flask]) -> None:
        self._apps = apps

    def collect(self) -> Iterable[Metric]:
        """One gauge, whose labels are what there is to say."""
        labels = ["dataset", "version"]
        family = GaugeMetricFamily("tablecast_model", "The model in service.", labels=labels)
        for name, app in self._apps.items():
            model: CurrentModel = app.extensions[KEY]
            family.add_metric([name, model.predictor.version], 1)
        return [family]


class Metrics:
    """The counts of one service, of one app or several."""

    def __init__(self) -> None:
        self._apps: dict[str, Flask] = {}
        self._own = own = CollectorRegistry()
        self._requests = Counter(
            "tablecast_requests",
            "Requests answered.",
            ["dataset", "method", "path", "status"],
            registry=own,
        )
        self._seconds = Histogram(
            "tablecast_request_seconds",
            "From a request's arrival to the end of its answer.",
            ["dataset", "path"],
            buckets=SECONDS,
            registry=own,
        )
        self._rows = Counter("tablecast_rows", "Rows answered.", ["dataset", "path"], registry=own)
        self._warnings = Counter(
            "tablecast_warnings",
            "Warnings beside answers, by kind.",
            ["dataset", "kind"],
            registry=own,
        )
        self._kept = Counter("tablecast_kept", "Answers kept.", ["dataset"], registry=own)
        self._dropped = Counter(
            "tablecast_dropped", "Answers that could not be kept.", ["dataset"], registry=own
        )
        started = Gauge(STARTED, "When the service started.", multiprocess_mode="min", registry=own)
        started.set(time.time())
        # Looking a child up by its labels takes as long as counting.
        self._counter = lru_cache(self._requests.labels)
        self._histogram = lru_cache(self._seconds.labels)
        self._row_counter = lru_cache(self._rows.labels)

    def watch(self, name: str, app: Flask) -> None:
        """Have `app` tell these counts; what its model is and how it does is told as `name`'s."""
        app.extensions[EXTENSION] = self
        if KEY in app.extensions:
            self._apps[name] = app

    def count(
        self, name: str, method: str, path: str, status: int, seconds: float, tally: Tally | None
    ) -> None:
        """Count a request that was answered; `path` is a route's, not what was asked for."""
        self._counter(name, method if method in METHODS else "other", path, status).inc()
        self._histogram(name, path).observe(seconds)
        if tally and tally.rows:
            self._row_counter(name, path).inc(tally.rows)
            for kind, number in tally.warnings.items():
                self._warnings.labels(name, kind).inc(number)

    def count_kept(self, name: str, kept: int, dropped: int) -> None:
        """Count answers that were kept, and those that could not be."""
        self._kept.labels(name).inc(kept)
        self._dropped.labels(name).inc(dropped)

    def registry(self) -> CollectorRegistry:
        """What is told now, summed over all processes of the service."""
        registry = self._own
        if os.environ.get(FOLDER):
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return registry

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        model = CollectorRegistry()
        model.register(ModelsInService(self._apps))
        model.register(WatchFigures(self._apps))
        return generate_latest(self.registry()) + generate_latest(model)

    def total(self, sample: str, name: str | None = None) -> float:
        """The sum of a sample over its labels, or of one model alone; of `STARTED` the earliest."""
        every = (each for family in self.registry().collect() for each in family.samples)
        named = (each for each in every if name in (None, each.labels.get("dataset")))
        return sum(each.value for each in named if each.name == sample)


def metrics_of(app: Flask) -> Metrics:
    """The counts that an app tells."""
    counts: Metrics = app.extensions[EXTENSION]
    return counts


@blueprint.get("/metrics")
def metrics() -> Response:
    """The counts, for Prometheus: for this machine, or for who has a key."""
    config = current_app.config
    if not (config["KEYS"] or is_loopback(config["ADDRESS"])):
        raise NotFound
    return Response(metrics_of(current_app).text(), content_type=CONTENT_TYPE_LATEST)
