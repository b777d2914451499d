"""How loading and training grow with the table, beside the least that each could take.

`houses` is resampled with noise to more and more rows. `tablecast load` stands beside a bare COPY
of the same CSV into a table of the same types; `tablecast train` (report, checks and sealing
included) beside one fit of scikit-learn's HistGradientBoostingRegressor as it comes, on the very
same rows. Whole processes, with their seconds and the peak memory of their largest process.

    python -m benchmarks.growth [ROWS ...]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.enlarged import Enlarged
from benchmarks.processes import Run, run
from benchmarks.results import Finding, Goal, Section, Spread, shown
from benchmarks.rounds import say

SIZES = (2_000, 20_000, 200_000, 1_000_000)
PLAIN_FIT = """
import sys, time
import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor
from Task1_database.databases.connect import connect
from Task1_database.dataset import Dataset
from Task2_model.study import Study
with connect(sys.argv[2], read_only=True) as database:
    study = Study.read(database, Dataset.open(sys.argv[1]))
begun = time.perf_counter()
HistGradientBoostingRegressor().fit(study.rows, study.outcomes)
print(time.perf_counter() - begun)
"""
LOADS = """
import sys, tempfile, time
from statistics import median
import duckdb
from Task1_database.dataset import Dataset
from Task1_database.load import load
dataset = Dataset.open(sys.argv[1])
csv, schema = dataset.csv_path("houses"), (dataset.folder / "schema.sql").read_text()
def copy(folder):
    with duckdb.connect(f"{folder}/bare.duckdb") as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute(schema)
        connection.execute(f"COPY houses FROM '{csv}' (HEADER)")
def loaded(folder):
    load(dataset, f"duckdb:///{folder}/loaded.duckdb", step="load_houses")
def seconds(work):
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        work(folder)
        return time.perf_counter() - begun
pairs = [(seconds(copy), seconds(loaded)) for _ in range(int(sys.argv[2]) + 1)][1:]
print(*(f"{ours} {bare}" for bare, ours in pairs), sep="\\n")
"""


def loading(tables: list[Enlarged]) -> Section:
    """`tablecast load`, both tables of it, at several sizes."""
    section = Section("Loading by size", "`tablecast load` into DuckDB: houses and feature_store.")
    for table in tables:
        say(f"loading {table.rows:,} rows")
        taken = table.loaded
        section.rows.append(
            {
                "rows": f"{table.rows:,}",
                "seconds": taken.seconds,
                "rows/s": table.rows / taken.seconds,
                "peak MB": taken.megabytes,
            }
        )
    return section


def beside_copy(table: Enlarged, rounds: int) -> Section:
    """The step that loads the CSV, with all its checks, beside a bare COPY, by turns."""
    say(f"load of {table.rows:,} rows beside a bare COPY")
    command = [sys.executable, "-c", LOADS, str(table.dataset.folder), str(rounds)]
    printed = run(command, table.environment).printed
    pairs = [line.split() for line in printed.splitlines()]
    ours, bare = [float(pair[0]) for pair in pairs], [float(pair[1]) for pair in pairs]
    finding = Finding(
        f"load of {table.rows:,} rows into DuckDB, with all checks / a bare COPY",
        Spread.ratio(ours, bare),
        Goal(1.5),
        f"{Spread.of(ours)} beside {Spread.of(bare)} s",
    )
    return Section("Loading beside a bare COPY", findings=[finding])


def training(tables: list[Enlarged]) -> Section:
    """`tablecast train` beside a plain fit, at several sizes."""
    section = Section(
        "Training by size",
        "`tablecast train`, report included, beside one plain HistGradientBoosting fit.",
    )
    for table in tables:
        say(f"training on {table.rows:,} rows")
        try:
            line = trained(table)
        except RuntimeError as error:  # more than the memory of this machine, say
            section.rows.append({"rows": f"{table.rows:,}", "train s": f"failed: {error}"[:200]})
            continue
        section.rows.append(line)
        if table.rows >= 200_000:
            what = f"train on {table.rows:,} rows, report included / one plain fit"
            about = f"{shown(line['train s'])} beside {shown(line['plain fit s'])} s"
            ratio = Spread.of([line["ratio"]])
            section.findings.append(Finding(what, ratio, Goal(4), about))
    return section


def trained(table: Enlarged) -> dict[str, Any]:
    """One size."""
    assert table.loaded
    url = f"duckdb:///{table.database}"
    fit: Run = run(
        [sys.executable, "-c", PLAIN_FIT, str(table.dataset.folder), url], table.environment
    )
    train = table.tablecast("train")
    plain = float(fit.printed.split()[-1])  # of a large table DuckDB prints its progress before
    return {
        "rows": f"{table.rows:,}",
        "train s": train.seconds,
        "plain fit s": plain,
        "ratio": train.seconds / plain,
        "train MB": train.megabytes,
        "fit MB": fit.megabytes,
    }


def main() -> None:
    """Print one line for each size."""
    sizes = [int(word.replace("_", "")) for word in sys.argv[1:]] or SIZES
    print(
        f"{'rows':>9} {'load s':>7} {'train s':>8} {'plain fit s':>11} {'ratio':>6} "
        f"{'train MB':>9} {'fit MB':>7}"
    )
    with tempfile.TemporaryDirectory() as name:
        for rows in sizes:
            table = Enlarged(rows, Path(name).resolve())
            line = trained(table)
            print(
                f"{rows:>9,} {table.loaded.seconds:>7.2f} {line['train s']:>8.1f} "
                f"{line['plain fit s']:>11.2f} {line['ratio']:>6.1f} {line['train MB']:>9,.0f} "
                f"{line['fit MB']:>7,.0f}",
                flush=True,
            )
            table.forget()


if __name__ == "__main__":
    main()
