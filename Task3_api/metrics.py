"""What the service counts, for Prometheus: GET /metrics, and the page /status.

Under a server of several processes the numbers are sums over all of them, kept in files that they
share (PROMETHEUS_MULTIPROC_DIR, which the server sets before it loads this module). Labels have few
values, whatever clients send.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
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
STARTED = "tablecast_started_seconds"


class ModelInService(Collector):
    """Which model this process answers from, when it is asked."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def collect(self) -> Iterable[Metric]:
        """One gauge, whose labels are what there is to say."""
        model: CurrentModel = self._app.extensions[KEY]
        labels = {"dataset": model.contract.dataset, "version": model.predictor.version}
        family = GaugeMetricFamily("tablecast_model", "The model in service.", labels=list(labels))
        family.add_metric(list(labels.values()), 1)
        return [family]


class Metrics:
    """The counts of one app."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._own = own = CollectorRegistry()
        self._requests = Counter(
            "tablecast_requests",
            "Requests answered.",
            ["method", "path", "status"],
            registry=own,
        )
        self._seconds = Histogram(
            "tablecast_request_seconds",
            "From a request's arrival to the end of its answer.",
            ["path"],
            buckets=SECONDS,
            registry=own,
        )
        self._rows = Counter("tablecast_rows", "Rows answered.", ["path"], registry=own)
        self._warnings = Counter(
            "tablecast_warnings", "Warnings beside answers, by kind.", ["kind"], registry=own
        )
        started = Gauge(STARTED, "When the service started.", multiprocess_mode="min", registry=own)
        started.set(time.time())
        # Looking a child up by its labels takes as long as counting.
        self._counter = lru_cache(self._requests.labels)
        self._histogram = lru_cache(self._seconds.labels)
        self._row_counter = lru_cache(self._rows.labels)

    def count(
        self, method: str, path: str, status: int, seconds: float, tally: Tally | None
    ) -> None:
        """Count a request that was answered; `path` is a route's, not what was asked for."""
        self._counter(method if method in METHODS else "other", path, status).inc()
        self._histogram(path).observe(seconds)
        if tally and tally.rows:
            self._row_counter(path).inc(tally.rows)
            for kind, number in tally.warnings.items():
                self._warnings.labels(kind).inc(number)

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
        model.register(ModelInService(self._app))
        model.register(WatchFigures(self._app))
        return generate_latest(self.registry()) + generate_latest(model)

    def total(self, sample: str) -> float:
        """The sum of a sample over its labels; of `STARTED` the earliest."""
        families = self.registry().collect()
        return sum(each.value for f in families for each in f.samples if each.name == sample)


@blueprint.get("/metrics")
def metrics() -> Response:
    """The counts, for Prometheus: for this machine, or for who has a key."""
    config = current_app.config
    if not (config["KEYS"] or is_loopback(config["ADDRESS"])):
        raise NotFound
    return Response(current_app.extensions[EXTENSION].text(), content_type=CONTENT_TYPE_LATEST)
