"""How long do `new` and `load` take, compared with DuckDB's own reading of the same CSV?

A million rows of eight columns, among them codes, days and gaps, in three variants: as the loader
wants it, without a key (so that rows are numbered), and with semicolons and decimal commas. DuckDB
sniffs every row and makes a table of what it read.

    python -m benchmarks.onboarding [--rows N] [--repeats N]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from benchmarks.results import Finding, Goal, Section, Spread, shown
from benchmarks.rounds import say
from Task1_database.dataset import Dataset
from Task1_database.load import load
from Task1_database.new import new

VARIANTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "no key": {},
    "decimal commas": {"sep": ";", "decimal": ",", "encoding": "cp1252"},
}


def table(rows: int) -> pd.DataFrame:
    """Rows with a key, a code, a day, numbers with gaps, two categories and a target."""
    rng = np.random.default_rng(0)
    size, rooms = rng.normal(1800, 400, rows).round(1), rng.integers(1, 9, rows)
    return pd.DataFrame(
        {
            "id": np.arange(1, rows + 1),
            "code": [f"{number:05}" for number in rng.integers(0, 99_999, rows)],
            "sold": (np.datetime64("2015-01-01") + rng.integers(0, 3_000, rows)).astype(str),
            "size": size,
            "rooms": pd.Series(rooms, dtype="Int64").where(rng.random(rows) < 0.95),
            "heating": rng.choice(["gas", "oil", "electric", "wood"], rows),
            "pool": rng.choice(["yes", "no"], rows),
            "price": (100 * size + 5_000 * rooms + rng.normal(0, 20_000, rows)).round(2),
        }
    )


def read(file: Path, folder: Path) -> None:
    """DuckDB by itself: every row sniffed, the types that it finds, one table in a file."""
    options = ", encoding = 'latin-1'" if "decimal" in file.stem else ""
    with duckdb.connect(folder / "read.duckdb") as connection:
        sql = f"CREATE TABLE t AS FROM read_csv('{file}', sample_size = -1{options})"
        connection.execute(sql)


def new_and_load(file: Path, folder: Path) -> None:
    """A dataset's folder, then its tables."""
    made = new(file, "price", folder)
    load(Dataset.open(str(made.folder)), f"duckdb://{folder}/loaded.duckdb")


def seconds(file: Path, repeats: int) -> tuple[list[float], list[float]]:
    """Several runs of both, by turns, each in an empty folder: DuckDB's, then ours."""
    taken: dict[str, list[float]] = {"read": [], "new_and_load": []}
    for _ in range(repeats):
        for work in (read, new_and_load):
            with tempfile.TemporaryDirectory() as folder:
                start = time.perf_counter()
                work(file, Path(folder))
                taken[work.__name__].append(time.perf_counter() - start)
    return taken["read"], taken["new_and_load"]


def measured(rows: int, repeats: int) -> Iterator[tuple[str, list[float], list[float]]]:
    """Each variant with its times."""
    whole = table(rows)
    with tempfile.TemporaryDirectory() as name:
        for variant, options in VARIANTS.items():
            file = Path(name) / f"{variant.replace(' ', '_')}.csv"
            varied = whole if variant == "plain" else whole.drop(columns="id")
            varied.to_csv(file, index=False, **options)
            yield variant, *seconds(file, repeats)


def section(rows: int, repeats: int) -> Section:
    """Each variant beside its goal; the best of the repeats, as in `main`."""
    found = Section("A table of one's own")
    for variant, theirs, ours in measured(rows, repeats):
        say(f"new + load of {rows:,} rows: {variant}")
        what = f"new + load of {rows:,} rows / DuckDB's read_csv: {variant}"
        ratio = Spread.of([min(ours) / min(theirs)])
        about = f"{shown(min(ours))} beside {shown(min(theirs))} s"
        found.findings.append(Finding(what, ratio, Goal(2), about))
    return found


def main() -> None:
    """Print a line for each variant."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    print(f"{arguments.rows:,} rows    DuckDB  new + load   ratio")
    for variant, theirs, ours in measured(arguments.rows, arguments.repeats):
        best, own = min(theirs), min(ours)
        print(f"{variant:15} {best:6.2f} s  {own:8.2f} s  {own / best:6.2f}")


if __name__ == "__main__":
    main()
