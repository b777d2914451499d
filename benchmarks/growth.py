"""How training grows with the table, beside one plain fit of the same rows.

`houses` is resampled with noise to 2,000, 20,000, 200,000 and 1,000,000 rows. For each size,
`tablecast train` (report, checks and sealing included) stands beside one fit of scikit-learn's
HistGradientBoostingRegressor as it comes, on the very same rows; whole processes both, with
their seconds and the peak memory of their largest process.

    python -m benchmarks.growth [ROWS ...]
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

from Task1_database.dataset import Dataset

SIZES = (2_000, 20_000, 200_000, 1_000_000)
PLAIN_FIT = """
import sys, time
import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor
from Task1_database.database import connect
from Task1_database.dataset import Dataset
from Task2_model.study import Study
with connect(sys.argv[2], read_only=True) as database:
    study = Study.read(database, Dataset.open(sys.argv[1]))
begun = time.perf_counter()
HistGradientBoostingRegressor().fit(study.rows, study.outcomes)
print(time.perf_counter() - begun)
"""
RESAMPLED = """
COPY (
    SELECT
        row_number() OVER () AS rownames,
        greatest(1000, round(price::INTEGER * (0.9 + 0.2 * random())))::INTEGER AS price,
        lotSize,
        greatest(0, age::INTEGER + round(4 * random() - 2))::INTEGER AS age,
        greatest(200, round(landValue::INTEGER * (0.9 + 0.2 * random())))::INTEGER AS landValue,
        greatest(300, livingArea::INTEGER + round(100 * random() - 50))::INTEGER AS livingArea,
        * EXCLUDE (rownames, price, lotSize, age, landValue, livingArea, place)
    FROM (
        SELECT (random() * 1727.99)::INTEGER + 1 AS place FROM range({rows})
    ) INNER JOIN (
        SELECT *, row_number() OVER () AS place FROM read_csv('{source}', all_varchar = true)
    ) USING (place)
) TO '{target}' (HEADER)
"""


@dataclass(frozen=True)
class Run:
    """A whole process: its seconds, the megabytes of its largest process, what it printed."""

    seconds: float
    megabytes: float
    printed: str


def measured(command: list[str], environment: dict[str, str]) -> Run:
    """Run a command in a child of its own, so that the peak memory is that of this run alone."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        begun = time.perf_counter()
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        text = done.stdout if done.returncode == 0 else f"failed: {done.stderr[-400:]}"
        os.write(write, f"{time.perf_counter() - begun}\n{peak}\n{text[:2000]}".encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        seconds, megabytes, printed = pipe.read().split("\n", 2)
    os.waitpid(child, 0)
    if printed.startswith("failed"):
        raise SystemExit(printed)
    return Run(float(seconds), float(megabytes), printed)


def resample(folder: Path, rows: int) -> Path:
    """A dataset folder like that of houses, with as many rows."""
    houses = Dataset.open("houses").folder
    copy = Path(shutil.copytree(houses, folder / f"houses_{rows}"))
    sql = RESAMPLED.format(rows=rows, source=houses / "houses.csv", target=copy / "houses.csv")
    duckdb.sql("SELECT setseed(0.5)")
    duckdb.sql(sql)
    return copy


def main() -> None:
    """Print one line for each size."""
    sizes = [int(word.replace("_", "")) for word in sys.argv[1:]] or SIZES
    print(
        f"{'rows':>9} {'train s':>8} {'plain fit s':>11} {'ratio':>6} {'train MB':>9} {'fit MB':>7}"
    )
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        environment = {**os.environ, "TABLECAST_HOME": name}
        for rows in sizes:
            dataset = resample(home, rows)
            tablecast = [sys.executable, "-m", "tablecast"]
            measured([*tablecast, "load", str(dataset)], environment)
            url = f"duckdb:///{home}/databases/{dataset.name}.duckdb"
            fit = measured([sys.executable, "-c", PLAIN_FIT, str(dataset), url], environment)
            train = measured([*tablecast, "train", str(dataset)], environment)
            plain = float(fit.printed)
            print(
                f"{rows:>9,} {train.seconds:>8.1f} {plain:>11.2f} {train.seconds / plain:>6.1f} "
                f"{train.megabytes:>9,.0f} {fit.megabytes:>7,.0f}",
                flush=True,
            )
            shutil.rmtree(dataset)


if __name__ == "__main__":
    main()
