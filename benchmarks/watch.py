"""A week of a service that keeps its answers: on which day does `watch` find the broken promise?

The houses are those of `houses`, drawn again with noise, so that there are as many as wanted: the
model learns from some, and is asked about others, each once. From day 4 on prices rise by 3 % a
day. Questions, answers and outcomes go over HTTP to the service as shipped, and every morning
somebody looks. A day takes seconds here, so the times in its files are set to the day it stands
for. The same answers with the prices of the first day, in twenty parts, are twenty weeks without
drift, in which nothing should be found.

    python -m benchmarks.watch [--answers 100000] [--known 2000] [--picture FILE.png]
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import requests

import tablecast
from benchmarks.enlarged import Enlarged
from benchmarks.processes import ROOT
from benchmarks.rounds import say
from benchmarks.servers import Server, Service
from benchmarks.traffic import Request
from Task1_database.databases.connect import connect
from Task1_database.dataset import Dataset
from Task1_database.keep.open_keep import open_keep
from Task1_database.watch_tables import Row, WatchTables, fold
from Task1_database.workspace import Workspace
from Task2_model.monitoring.watch import watch

DAYS, DRIFT_DAY, RISE = 7, 4, 0.03
WITH_OUTCOME = 0.6
RUNS = 20
AT_ONCE = 100  # questions, or outcomes, of a request
MONDAY = date(2026, 3, 2)
TIME = re.compile(rb'"at":"\d{4}-\d\d-\d\dT')


@dataclass
class Asked:
    """An answer with the house that it is about; whether its price comes to be known."""

    id: str
    price: float
    is_sold: bool


@dataclass
class Week:
    """A dataset folder of known houses, and others that are offered.

    Attributes
    ----------
    asked : list of Asked
    """

    home: Path
    dataset: Dataset
    offered: Sequence[tuple[Any, ...]]
    names: Sequence[str]
    asked: list[Asked] = field(default_factory=list)

    @classmethod
    def made(cls, home: Path, known: int, answers: int) -> Week:
        """Trained on the known houses."""
        enlarged = Enlarged(known + answers, home)
        assert enlarged.loaded
        with connect(f"duckdb:///{enlarged.database}", read_only=True) as database:
            names = ", ".join(["row_id", *enlarged.features, "price"])
            sql = f"SELECT {names} FROM feature_store WHERE row_id > {known} ORDER BY row_id"
            result = database.query(sql)
        folder = Path(shutil.copytree(enlarged.dataset.folder, home / "market"))
        with enlarged.csv.open(encoding="utf-8") as all_houses:
            lines = [next(all_houses) for _ in range(known + 1)]
        (folder / "houses.csv").write_text("".join(lines), encoding="utf-8")
        dataset = Dataset.open(str(folder))
        tablecast.load(dataset)
        tablecast.train(dataset)
        return cls(home, dataset, result.rows, result.columns)

    def live(self) -> Iterator[dict[str, Any]]:
        """Day after day what `watch` finds the morning after."""
        share = -(-len(self.offered) // DAYS)
        for day in range(1, DAYS + 1):
            rows = self.offered[share * (day - 1) : share * day]
            say(f"day {day}: {len(rows):,} questions")
            before = set(self._files())
            with Server(self.service()) as server:
                self._ask(f"http://127.0.0.1:{server.port}", day, rows)
            for path in set(self._files()) - before:
                moment = b'"at":"%bT' % str(MONDAY + timedelta(day - 1)).encode()
                path.write_bytes(TIME.sub(moment, path.read_bytes()))
            begun = time.perf_counter()
            report = tablecast.watch(self.dataset)
            yield {**report, "day": day, "seconds": time.perf_counter() - begun}

    def service(self) -> Service:
        """As shipped; it keeps its answers."""
        words = ["-m", "tablecast", "serve", str(self.dataset.folder), "--port", "{port}"]
        variables = {name: os.environ[name] for name in ("TABLECAST_HOME", "TABLECAST_KEEP")}
        first = Request("/healthz", holds="ok")
        return Service("watched", [sys.executable, *words], ROOT, first, variables)

    def _ask(self, url: str, day: int, rows: Sequence[tuple[Any, ...]]) -> None:
        """The questions of a day, and then what most of the houses went for."""
        client, asked = requests.Session(), []
        for some in parts(rows):
            records = [dict(zip(self.names, row, strict=True)) for row in some]
            prices = [float(record.pop("price")) for record in records]
            for record in records[::2]:  # not everybody tells everything
                del record["land_value"], record["age"]
            records = [{k: v for k, v in each.items() if k != "row_id"} for each in records]
            answers = client.post(f"{url}/predict", json=records, timeout=60).json()
            asked += [
                Asked(answer["id"], price, number % 5 < 5 * WITH_OUTCOME)
                for number, (answer, price) in enumerate(zip(answers, prices, strict=True))
            ]
        rise = (1 + RISE) ** max(0, day - DRIFT_DAY + 1)
        for group in parts([each for each in asked if each.is_sold]):
            outcomes = [{"id": each.id, "outcome": each.price * rise} for each in group]
            client.post(f"{url}/outcomes", json=outcomes, timeout=60).raise_for_status()
        self.asked += asked

    def _files(self) -> Iterator[Path]:
        return (self.home / "kept").glob("*/*s/*.jsonl")

    def without_drift(self) -> Iterator[dict[str, Any]]:
        """What `watch` finds in each of twenty parts of the answers, had prices stayed."""
        store = open_keep(str(self.home / "kept"), self.dataset.name, read_only=True)
        url = Workspace.here().database_url(self.dataset.name)
        tables = fold(store, self.dataset, url)
        for run in range(RUNS):
            own = {each.id: each for each in self.asked[run::RUNS]}
            predictions = [row for row in tables.predictions if row[0] in own]
            outcomes: list[Row] = [
                (answer_id, at, str(own[str(answer_id)].price), key)
                for answer_id, at, _, key in tables.outcomes
                if answer_id in own
            ]
            models = Workspace.here().models(self.dataset.name)
            yield watch(WatchTables(predictions, outcomes), models)


def parts(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """As many as go into one request."""
    return (items[begin : begin + AT_ONCE] for begin in range(0, len(items), AT_ONCE))


def line(report: dict[str, Any]) -> str:
    """What was seen until the evening of a day."""
    today, alarm = report["days"][-1], report["alarm"]
    rang = f"BROKEN since {alarm['since']}" if alarm["broken"] else "kept"
    return (
        f"day {report['day']}: {today['seen']:.1%} covered ({today['low']:.1%} to "
        f"{today['high']:.1%}) of {today['outcomes']:,}, error {today['error']:,.0f} beside "
        f"{today['expected']:,.0f} expected; {rang} (e-value {alarm['e_value']:.3g}); "
        f"watch took {report['seconds']:.1f} s"
    )


def take(week: Week, path: Path) -> None:
    """A picture of /watch."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 (for pictures alone)

    with Server(week.service()) as server, sync_playwright() as playwright:
        program = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1000, "height": 1000}, device_scale_factor=1.5)
        page.goto(f"http://127.0.0.1:{server.port}/watch")
        page.screenshot(path=path)


def main() -> None:
    """A line a day, and what twenty weeks without drift found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--answers", type=int, default=100_000)
    parser.add_argument("--known", type=int, default=2_000)
    parser.add_argument("--picture", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder).resolve()
        os.environ |= {"TABLECAST_HOME": str(home), "TABLECAST_KEEP": str(home / "kept")}
        week = Week.made(home, options.known, options.answers)
        for report in week.live():
            print(line(report), flush=True)
        false = [report["alarm"]["broken"] for report in week.without_drift()]
        print(f"{sum(false)} of {RUNS} weeks without drift were called broken")
        if options.picture:
            take(week, options.picture)


if __name__ == "__main__":
    main()
