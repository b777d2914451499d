"""`tablecast score`: a Parquet file by one worker, two, and two of Dask, beside one HTTP process.

The rows are those of houses, drawn with replacement. Each way is a command of its own, whole: its
start, the model's opening and the manifest are in its seconds. What sixteen workers would take is
computed from the seconds of each piece with one, as if memory and disk were no limit.

    python -m benchmarks.score [ROWS] [--home FOLDER]

FOLDER is a home in which houses is loaded and trained; without it, both are done first.
"""

from __future__ import annotations

import argparse
import heapq
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import psutil

from benchmarks import start
from benchmarks.batch import PATH
from benchmarks.contenders import Home, tablecast
from benchmarks.environments import SERVING
from benchmarks.processes import environment, run
from benchmarks.results import Finding, Goal, Section, Spread, page
from benchmarks.rounds import say
from benchmarks.servers import Server
from benchmarks.transfer import send

ROWS, GROUP = 10_000_000, 250_000  # of the file, and of a row group of it
WORKERS = (1, 2)
SIMULATED = 16
TICK = 0.01  # seconds: a process's time on the processor is counted in such
DRAWN = """
COPY (
    SELECT feature_store.* FROM (
        SELECT 1 + floor(random() * (SELECT count(*) FROM feature_store))::INTEGER AS place
        FROM range({rows})
    ) INNER JOIN (
        SELECT *, row_number() OVER (ORDER BY row_id) AS place FROM feature_store
    ) AS feature_store USING (place)
) TO '{target}'
"""
ON_DASK = """
import sys
from distributed import LocalCluster
import tablecast
if __name__ == "__main__":
    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as cluster:
        address = cluster.scheduler_address
        tablecast.score("houses", [sys.argv[1]], sys.argv[2], scheduler=address)
"""


@dataclass(frozen=True)
class Taken:
    """What one way took: wall and processor seconds, and the megabytes of its largest process.

    `load` is that of the machine, over its cores, when it was done.
    """

    who: str
    seconds: float
    processor: float
    megabytes: float
    load: float

    def row(self, rows: int) -> dict[str, Any]:
        """A line of the table."""
        return {
            "who": self.who,
            "seconds": self.seconds,
            "rows/s": rows / self.seconds,
            "processor s": self.processor,
            "rows/processor s": rows / self.processor,
            "largest process MB": self.megabytes,
            "load": self.load,
        }


def section(home: Home, rows: int) -> Section:
    """Every way, one after the other."""
    file = drawn(home, rows)
    served = by_http(home, drawn(home, rows, "csv"))
    local = {workers: scored(home, file, workers) for workers in WORKERS}
    each, pieces = pace(home.folder / "out_1", local[1].seconds)
    dask = on_dask(home, file)
    many = simulated(pieces, each, SIMULATED)
    return Section(
        f"{rows:,} rows by `tablecast score`",
        "Whole commands; `load` is that of the machine for each core, 1 where nobody else works. "
        f"Sixteen workers, by simulation from {pieces} pieces of {each:.2f} s each: {many:.1f} s.",
        findings(rows, served, local, dask, simulated(pieces, each, 1) / many),
        [one.row(rows) for one in (served, *local.values(), dask)],
    )


def findings(
    rows: int, served: Taken, local: dict[int, Taken], dask: Taken, sixteen: float
) -> list[Finding]:
    """What was to be reached."""
    one, two = (local[workers] for workers in WORKERS)
    rate, cost = served.seconds / two.seconds, served.processor / one.processor
    most = max(taken.megabytes for taken in (one, two, dask))
    figures = [
        ("rows/s, two workers / one HTTP process", rate, Goal(1.6, at_least=True)),
        ("rows a processor second, one worker / one HTTP process", cost, Goal(1, at_least=True)),
        ("rows/s, two workers / one", one.seconds / two.seconds, Goal(1.6, at_least=True)),
        ("rows/s, two workers of Dask / two", two.seconds / dask.seconds, Goal(0.8, at_least=True)),
        ("rows/s, sixteen workers / one, simulated", sixteen, Goal(10, at_least=True)),
        ("largest process", most, Goal(300, unit="MB")),
    ]
    return [
        Finding(f"score of {rows:,} rows: {what}", Spread.of([figure]), goal)
        for what, figure, goal in figures
    ]


def drawn(home: Home, rows: int, kind: str = "parquet") -> Path:
    """So many rows of houses, as a file in the home."""
    file = home.folder / f"drawn_{rows}.{kind}"
    options = f"(ROW_GROUP_SIZE {GROUP})" if kind == "parquet" else "(HEADER)"
    with duckdb.connect(home.database, read_only=True) as connection:
        connection.execute("SELECT setseed(0.5)")
        connection.execute(DRAWN.format(rows=rows, target=file) + options)
    return file


def by_http(home: Home, file: Path) -> Taken:
    """The same rows as a CSV, sent to a service with one worker."""
    say(f"{file.name} by HTTP")
    with Server(tablecast(home)) as server:
        before = processor(server)
        transfer = send(server.port, PATH, file)
        spent = processor(server) - before
        spent = max(spent, TICK)
        return Taken("HTTP, one process", transfer.seconds, spent, server.megabytes(), load())


def processor(server: Server) -> float:
    """The processor seconds of a server's processes so far."""
    master = psutil.Process(server.process.pid)
    every = (master, *master.children(recursive=True))
    return float(sum(sum(one.cpu_times()[:2]) for one in every))


def scored(home: Home, file: Path, workers: int) -> Taken:
    """`tablecast score` by so many processes."""
    out = home.folder / f"out_{workers}"
    words = ["score", "houses", str(file), "--output", str(out), "--workers", str(workers)]
    return measured(home, f"score, {workers} workers", ["-m", "tablecast", *words], out)


def on_dask(home: Home, file: Path) -> Taken:
    """The same by two workers of a LocalCluster, whose start is included."""
    script, out = home.folder / "on_dask.py", home.folder / "out_dask"
    script.write_text(ON_DASK, encoding="utf-8")
    words = [str(script), str(file), str(out)]
    return measured(home, "score, 2 workers of Dask", words, out)


def measured(home: Home, who: str, words: list[str], out: Path) -> Taken:
    """A command that writes answers."""
    say(who)
    shutil.rmtree(out, ignore_errors=True)
    own = environment(TABLECAST_HOME=str(home.folder))
    done = run([sys.executable, *words], own)
    return Taken(who, done.seconds, done.processor, done.megabytes, load())


def load() -> float:
    """The machine's load of the last minute, for each of its cores."""
    return os.getloadavg()[0] / (os.cpu_count() or 1)


def pace(out: Path, seconds: float) -> tuple[float, int]:
    """What one worker wrote: the seconds from one piece to the next, and how many there are."""
    ends = sorted(path.stat().st_mtime for path in out.glob("*.parquet"))
    between = len(ends) - 1
    return ((ends[-1] - ends[0]) / between if between else seconds), len(ends)


def simulated(pieces: int, each: float, workers: int) -> float:
    """Seconds until so many pieces are answered, each by the worker that is free first."""
    free = [0.0] * workers
    for _ in range(pieces):
        heapq.heappush(free, heapq.heappop(free) + each)
    return max(free)


def main() -> None:
    """Measure, and print the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", nargs="?", type=int, default=ROWS)
    parser.add_argument("--home", type=Path)
    options = parser.parse_args()
    SERVING.made()
    with tempfile.TemporaryDirectory() as folder:
        own = Home(options.home.resolve()) if options.home else None
        home = own or start.first_run(Path(folder).resolve() / "home")[0]
        print(page("# Scoring", [section(home, options.rows)]))


if __name__ == "__main__":
    main()
