"""One split of a table, as the peers are given it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

TARGET = "__target__"
TABLE, SPECIFICATION = "table.csv", "task.json"
THREADS = 2  # of CatBoost and AutoGluon

Predictions = npt.NDArray[np.float64]  # (n,) values, or (n, classes) probabilities


@dataclass(frozen=True)
class Task:
    """Rows to learn from and rows to be evaluated on.

    Attributes
    ----------
    classes : int
        How many there are; 0 for regression.
    train, test : pandas.DataFrame
        The features; categories have a categorical dtype, and gaps stay gaps.
    outcomes, truth : array
        The targets of both: values, or indices of classes.
    """

    seed: int
    classes: int
    train: pd.DataFrame
    test: pd.DataFrame
    outcomes: npt.NDArray[Any]
    truth: npt.NDArray[Any]

    @property
    def categories(self) -> list[str]:
        """The features that are categories."""
        return list(self.train.select_dtypes("category").columns)

    @property
    def numbers(self) -> list[str]:
        """The others."""
        return [name for name in self.train.columns if name not in self.categories]


def read_tasks(folder: Path) -> Iterator[Task]:
    """The tasks that `benchmarks.accuracy.peer_scores` wrote into a folder."""
    specification = json.loads((folder / SPECIFICATION).read_text())
    texts = specification["categories"]
    frame = pd.read_csv(
        folder / TABLE,
        dtype=dict.fromkeys(texts, str),
        keep_default_na=False,
        na_values=[""],
        float_precision="round_trip",
    )
    frame = frame.astype(dict.fromkeys(texts, "category"))
    outcomes, features = frame[TARGET].to_numpy(), frame.drop(columns=TARGET)
    for split in specification["splits"]:
        train, test = split["train"], split["test"]
        yield Task(
            split["seed"],
            specification["classes"],
            features.iloc[train],
            features.iloc[test],
            outcomes[train],
            outcomes[test],
        )
