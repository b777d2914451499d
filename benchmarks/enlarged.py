"""`houses` with as many rows as wanted, in each form that something is measured on."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb

from benchmarks.processes import Run, environment, run
from Task1_database.dataset import Dataset

GAPS = 0.15  # the share of cells that `with_gaps` empties
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
        SELECT floor(random() * 1728)::INTEGER + 1 AS place FROM range({rows})
    ) INNER JOIN (
        SELECT *, row_number() OVER () AS place FROM read_csv('{source}', all_varchar = true)
    ) USING (place)
) TO '{target}' (HEADER)
"""


@dataclass(frozen=True)
class Enlarged:
    """Houses, drawn with replacement and with some noise, under `home`.

    What takes time is made when it is first asked for, and kept until `forget`.
    """

    rows: int
    home: Path

    @cached_property
    def dataset(self) -> Dataset:
        """A dataset's folder like that of houses."""
        houses = Dataset.open("houses").folder
        copy = Path(shutil.copytree(houses, self.home / f"houses_{self.rows}"))
        source, target = houses / "houses.csv", copy / "houses.csv"
        with duckdb.connect() as connection:
            connection.execute("SELECT setseed(0.5)")
            connection.execute(RESAMPLED.format(rows=self.rows, source=source, target=target))
        return Dataset.open(str(copy))

    @property
    def csv(self) -> Path:
        """The CSV that is loaded."""
        return self.dataset.folder / "houses.csv"

    @property
    def database(self) -> Path:
        """The DuckDB file that `loaded` makes."""
        return self.home / "databases" / f"houses_{self.rows}.duckdb"

    @property
    def environment(self) -> dict[str, str]:
        """For a command about the dataset."""
        return environment(TABLECAST_HOME=str(self.home))

    def tablecast(self, verb: str) -> Run:
        """A command about the dataset, as a process of its own."""
        command = [sys.executable, "-m", "tablecast", verb, str(self.dataset.folder)]
        return run(command, self.environment)

    @cached_property
    def loaded(self) -> Run:
        """What `tablecast load` took."""
        return self.tablecast("load")

    @cached_property
    def upload(self) -> Path:
        """Every column of feature_store, as a CSV to be answered."""
        return self._export("whole", "*")

    @cached_property
    def with_gaps(self) -> Path:
        """The same rows, of whose features a share is empty, at random."""
        emptied = (f"if(random() < {GAPS}, NULL, {name}) AS {name}" for name in self.features)
        return self._export("gaps", f"* REPLACE ({', '.join(emptied)})")

    @property
    def features(self) -> list[str]:
        """Their names."""
        return list(self.dataset.features)

    def forget(self) -> None:
        """Remove all of it."""
        for path in self.home.glob(f"*/houses_{self.rows}.*"):
            path.unlink()
        for path in self.home.glob(f"houses_{self.rows}_*.csv"):
            path.unlink()
        shutil.rmtree(self.dataset.folder)

    def _export(self, kind: str, columns: str) -> Path:
        assert self.loaded
        file = self.home / f"houses_{self.rows}_{kind}.csv"
        with duckdb.connect(self.database, read_only=True) as connection:
            connection.execute("SELECT setseed(0.5)")
            connection.execute(f"COPY (SELECT {columns} FROM feature_store) TO '{file}' (HEADER)")
        return file
