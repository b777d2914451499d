"""What `tablecast watch` last found, for the page and for Prometheus."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import orjson
from flask import Flask
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from Task1_database.errors import StoreAway
from Task1_database.keep.kept_store import WATCH
from Task3_api.keep.kept import keeper_of

logger = logging.getLogger(__name__)


def last_watch(app: Flask) -> dict[str, Any] | None:
    """The report that lies where answers are kept; None where there is none."""
    keeper = keeper_of(app)
    data = keeper.store.read_file(WATCH) if keeper else None
    return None if data is None else dict(orjson.loads(data))


class WatchFigures(Collector):
    """The figures of each model's last report, when they are asked for.

    Parameters
    ----------
    apps : mapping
        Each model's app, by the name under which it is listed.
    """

    def __init__(self, apps: Mapping[str, Flask]) -> None:
        self._apps = apps

    def collect(self) -> Iterable[Metric]:
        """A gauge for each figure that there is; nothing before the first report."""
        gauges: dict[str, GaugeMetricFamily] = {}
        for dataset, app in self._apps.items():
            try:
                report = last_watch(app)
            except StoreAway as error:
                logger.warning("no figures of watch: %s", error)
                continue
            if report:
                _add(gauges, dataset, report)
        return gauges.values()


def _add(gauges: dict[str, GaugeMetricFamily], dataset: str, report: dict[str, Any]) -> None:
    """Add one model's figures to the gauges of all."""
    for name, meaning, value in _figures(report):
        family = GaugeMetricFamily(f"tablecast_watch_{name}", meaning, labels=["dataset"])
        gauges.setdefault(name, family).add_metric([dataset], value)
    labels = ["dataset", "feature", "moved"]
    moved = GaugeMetricFamily("tablecast_watch_psi", "How far a feature moved.", labels=labels)
    for line in report["drift"]["features"]:
        said = [dataset, line["feature"], str(line["moved"]).lower()]
        gauges.setdefault("psi", moved).add_metric(said, line["psi"])
    labels = ["dataset", "by", "which"]
    share = GaugeMetricFamily("tablecast_watch_part_coverage", "The same of a part.", labels=labels)
    for each in report["slices"]:
        said = [dataset, each["kind"], each["name"]]
        gauges.setdefault("part_coverage", share).add_metric(said, each["seen"])


def _figures(report: dict[str, Any]) -> Iterator[tuple[str, str, float]]:
    """Name, meaning and value of each figure that there is."""
    coverage, error = report["coverage"], report["error"]
    broken = any(each["broken"] for each in report["statements"])
    looked = datetime.fromisoformat(report["made_at"]).timestamp()
    figures = {
        "time_seconds": ("When somebody last looked, in seconds since 1970.", looked),
        "answers": ("Answers that are kept.", report["answers"]),
        "outcomes": ("Answers that have an outcome.", report["outcomes"]),
        "coverage_promised": ("How often ranges should hold the truth.", report["promised"]),
        "coverage": ("How often they did.", coverage["seen"]),
        "coverage_low": ("The least that it may be, however often one looks.", coverage["low"]),
        "coverage_high": ("The most that it may be.", coverage["high"]),
        "promise_broken": ("Whether it, or that of a part, is found broken.", int(broken)),
        "error": ("The mean error, or the share of wrong labels.", error["seen"]),
        "error_expected": ("What was to be expected of the inputs.", error["expected"]),
        "error_reported": ("What it was in the report.", error["reported"]),
    }
    for name, (meaning, value) in figures.items():
        if value is not None:
            yield name, meaning, value
