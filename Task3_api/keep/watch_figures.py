"""What `tablecast watch` last found, for the page and for Prometheus."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from flask import Flask
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from Task1_database.keep.kept_store import WATCH
from Task3_api.keep.kept import keeper_of


def last_watch(app: Flask) -> dict[str, Any] | None:
    """The report that lies where answers are kept; None where there is none."""
    keeper = keeper_of(app)
    data = keeper.store.read_file(WATCH) if keeper else None
    return None if data is None else dict(orjson.loads(data))


class WatchFigures(Collector):
    """The figures of the last report, when they are asked for."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def collect(self) -> Iterable[Metric]:
        """A gauge for each figure that there is; nothing before the first report."""
        report = last_watch(self._app)
        return list(_gauges(report)) if report else []


def _gauges(report: dict[str, Any]) -> Iterator[Metric]:
    coverage, error = report["coverage"], report["error"]
    figures = {
        "outcomes": ("Answers that have an outcome.", report["outcomes"]),
        "coverage_promised": ("How often ranges should hold the truth.", report["promised"]),
        "coverage": ("How often they did.", coverage["seen"]),
        "coverage_low": ("The least that it may be, however often one looks.", coverage["low"]),
        "coverage_high": ("The most that it may be.", coverage["high"]),
        "promise_broken": ("Whether it is found broken.", int(report["alarm"]["broken"])),
        "error": ("The mean error, or the share of wrong labels.", error["seen"]),
        "error_expected": ("What was to be expected of the inputs.", error["expected"]),
    }
    for name, (meaning, value) in figures.items():
        if value is not None:
            yield GaugeMetricFamily(f"tablecast_watch_{name}", meaning, value=value)
    moved = GaugeMetricFamily(
        "tablecast_watch_psi", "How far a feature moved.", labels=["feature", "moved"]
    )
    for line in report["drift"]["features"]:
        moved.add_metric([line["feature"], str(line["moved"]).lower()], line["psi"])
    yield moved
