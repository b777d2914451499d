"""One dataset, read from its database by SQL, evaluated, learned and exported.

This is what the notebook runs step by step and what `tablecast train` runs through the notebook;
a data scientist can call the same four methods from anywhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import joblib
import numpy as np
import numpy.typing as npt
import pandas as pd

from Task1_database.databases.base import Database
from Task1_database.dataset import Dataset
from Task1_database.errors import TrainingError
from Task1_database.progress import inherited
from Task2_model.contract import Contract, Rows, Value
from Task2_model.contract_builder import TABLE, build_contract
from Task2_model.evaluate import ALL, Data, Trained, group_summary, summary, train_all
from Task2_model.export import export
from Task2_model.folds import Split
from Task2_model.frame_encoding import encode_frame
from Task2_model.golden import golden_answer
from Task2_model.held_out import HELD_OUT, HeldOut
from Task2_model.model import PredictiveModel
from Task2_model.registry import DEFAULT, find_model

GOLDEN_ROWS = 24


@dataclass(frozen=True)
class Study:
    """A dataset's rows and contract, with the steps from there to a model.

    Attributes
    ----------
    table : pandas.DataFrame
        feature_store as the database gave it, without the rows that lack the target.
    rows : float32 array, shape (n, features)
    outcomes : array, shape (n,)
        Values of the target, or indices into `contract.target.classes`.
    sql : str
        The query that gave `table`.
    split : Split or None
        Where dataset.toml says that rows have an order in time or belong together.
    dates : tuple of str
        The columns of the raw tables that hold days.
    """

    contract: Contract
    table: pd.DataFrame
    rows: Rows
    outcomes: npt.NDArray[Any]
    sql: str
    seed: int
    named: tuple[type[PredictiveModel], ...] = ()
    split: Split | None = None
    dates: tuple[str, ...] = ()

    @classmethod
    def read(
        cls, database: Database, dataset: Dataset, *, seed: int = 0, models: Sequence[str] = ()
    ) -> Self:
        """Read contract and rows by SQL.

        `models` names registered models: see `model`; without any, dataset.toml may name one.

        Raises TableMissing where the dataset is not loaded, DatasetError or TrainingError where
        there is nothing to learn from it.
        """
        contract = build_contract(database, dataset)
        sql = training_query(contract, dataset)
        table = database.frame(sql)
        return cls.of_table(dataset, contract, table, sql, seed=seed, models=models)

    @classmethod
    def of_table(
        cls,
        dataset: Dataset,
        contract: Contract,
        table: pd.DataFrame,
        sql: str,
        *,
        seed: int = 0,
        models: Sequence[str] = (),
    ) -> Self:
        """The study of a table that `sql`, the training query, gave: see `read`."""
        rows = encode_frame(contract, table)
        chosen = models or ([dataset.model] if dataset.model else [])
        named = tuple(find_model(name) for name in chosen)
        return cls(
            contract,
            table,
            rows,
            _outcomes(contract, table[contract.target.name]),
            sql,
            seed,
            named,
            _split(dataset, table),
            tuple(c.header for t in dataset.schema.values() for c in t.columns if c.base == "DATE"),
        )

    @property
    def candidates(self) -> tuple[type[PredictiveModel], ...]:
        """The models that are compared: those named, and always the default."""
        default = find_model(DEFAULT)
        return tuple(dict.fromkeys((*self.named, default)))

    @cached_property
    def model(self) -> type[PredictiveModel]:
        """The model that is sealed: the one named, the best of several named, else the default."""
        if len(self.named) < 2:
            return self.candidates[0]
        losses = self.summary[self.summary["subset"] == ALL].set_index("model")["loss"]
        return min(self.named, key=lambda model: float(losses[model.__name__]))

    @cached_property
    def trained(self) -> Trained:
        """All that takes long: every candidate fitted and evaluated."""
        data = Data(self.contract, self.rows, self.outcomes, self.split)
        return train_all(self.candidates, data, seed=self.seed, log=inherited())

    @property
    def answers(self) -> pd.DataFrame:
        """What the candidates and the baselines say of rows that they never saw."""
        return self.trained.answers

    @cached_property
    def summary(self) -> pd.DataFrame:
        """Loss, coverage and width by model and by what is given, with intervals."""
        return summary(self.contract, self.answers)

    @cached_property
    def groups(self) -> pd.DataFrame:
        """Loss, coverage and width of the sealed model by groups of rows: see `group_summary`."""
        own = self.answers[self.answers["model"] == self.model.__name__]
        return group_summary(self.contract, own, self.table)

    @cached_property
    def evaluated_contract(self) -> Contract:
        """The contract that is sealed: with the coverage that was seen, where it falls short."""
        table = self.summary
        chosen = (table["model"] == self.model.__name__) & (table["subset"] == ALL)
        line: Any = table[chosen].iloc[0]
        short = line["coverage_high"] < self.contract.confidence
        seen = round(float(line["coverage"]), 3) if short else None
        return replace(self.contract, observed_coverage=seen)

    @property
    def fitted(self) -> PredictiveModel:
        """The model that is sealed."""
        return self.trained.fitted[self.model]

    def export(self, folder: Path) -> None:
        """Write the model, its exported forms and all that a server needs into `folder`.

        Raises TrainingError where a form differs from the model on any row.
        """
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in export(self.fitted, self.rows).items():
            (folder / name).write_bytes(data)
        joblib.dump(self.fitted, folder / "model.joblib", compress=3)
        (folder / "calibration.npz").write_bytes(self.fitted.calibration_.to_bytes())
        contract = self.evaluated_contract.to_json()
        (folder / "contract.json").write_text(contract + "\n", encoding="utf-8")
        _write_json(folder / "golden.json", self.golden())
        (folder / HELD_OUT).write_bytes(self.held_out().to_bytes())
        tables = (self.summary, self.groups)
        metrics = [line for t in tables for line in json.loads(t.to_json(orient="records"))]
        _write_json(folder / "metrics.json", metrics)
        _write_json(folder / "provenance.json", self.provenance())

    def held_out(self) -> HeldOut:
        """How far off the sealed model was on rows that it never saw, given all of them."""
        answers = self.answers
        own = answers[(answers["model"] == self.model.__name__) & (answers["subset"] == ALL)]
        columns = [*self.contract.names, self.contract.target.name]
        table = self.table[columns].iloc[own["row"].to_numpy()]
        return HeldOut.of(table, own["loss"].to_numpy(dtype=np.float64))

    def provenance(self) -> dict[str, Any]:
        """Where the model comes from: enough to make it again from the same rows."""
        return {
            "model": f"{self.model.__module__}.{self.model.__name__}",
            "sql": self.sql,
            "rows": len(self.rows),
            "data_sha256": self.data_sha256,
            "seed": self.seed,
            "candidates": [model.__name__ for model in self.candidates],
            "code_sha256": code_sha256(),
        }

    def golden(self) -> list[dict[str, Any]]:
        """Requests made from training rows, each with the answer of the model in memory.

        The first tells everything, the second `x` alone, the others random features.
        """
        rng = np.random.default_rng(self.seed)
        features = len(self.contract.names)
        chosen = rng.choice(len(self.rows), min(GOLDEN_ROWS, len(self.rows)), replace=False)
        requests = []
        for index, row in enumerate(chosen):
            given = rng.permutation(features) < rng.integers(1, features + 1)
            if index < 2:
                given = np.arange(features) < (features if index == 0 else 1)
            request = _request(self.contract, self.table.iloc[row], given)
            if request:
                requests.append(request)
        block = self.fitted.predict(self.contract.encode(requests))
        return [
            {"request": request, "answer": golden_answer(self.contract, block, index)}
            for index, request in enumerate(requests)
        ]

    @cached_property
    def data_sha256(self) -> str:
        """A fingerprint of the rows that were learned from, the same on every database."""
        rows = self.rows + np.float32(0)  # not every database tells -0.0 from 0.0
        digest = hashlib.sha256(np.ascontiguousarray(rows).tobytes())
        digest.update(np.ascontiguousarray(self.outcomes + 0.0, dtype=np.float64).tobytes())
        return digest.hexdigest()


def code_sha256() -> str:
    """A fingerprint of the code that makes a model of a table."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*")):
        if path.suffix in (".py", ".ipynb"):
            digest.update(path.relative_to(Path(__file__).parent).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def training_query(contract: Contract, dataset: Dataset) -> str:
    """SQL for the rows that have the target: features, the column to split by, the target."""
    split, target = [dataset.split.column] if dataset.split else [], contract.target.name
    columns = ", ".join(dict.fromkeys([*contract.names, *split, target]))
    return f"SELECT {columns}\nFROM {TABLE}\nWHERE {target} IS NOT NULL\nORDER BY row_id"


def _split(dataset: Dataset, table: pd.DataFrame) -> Split | None:
    """Each row's time, or its group as a number; none may lack it."""
    if dataset.split is None:
        return None
    column = table[dataset.split.column]
    if missing := int(column.isna().sum()):
        raise TrainingError(
            f"{dataset.name}: {dataset.split.column} is missing in {missing:,} rows, so they "
            f"cannot be split by {dataset.split.kind}; give it to them or leave them out in "
            "features.sql"
        )
    values = column.rank(method="min") if dataset.split.kind == "time" else column.factorize()[0]
    return Split(dataset.split.kind, dataset.split.column, np.asarray(values))


def _outcomes(contract: Contract, column: pd.Series[Any]) -> npt.NDArray[Any]:
    if contract.task == "regression":
        values = column.to_numpy(dtype=np.float64)
        if not np.isfinite(values).all():
            raise TrainingError(f"{contract.dataset}: {contract.target.name} holds infinite values")
        return values
    classes = {label: index for index, label in enumerate(contract.target.classes)}
    return column.astype(str).map(classes).to_numpy(dtype=np.intp)


def _request(contract: Contract, row: pd.Series[Any], given: npt.NDArray[Any]) -> dict[str, Value]:
    request: dict[str, Value] = {}
    for feature, is_given in zip(contract.features, given, strict=True):
        value = row[feature.name]
        if is_given and not pd.isna(value):
            kinds = {"integer": int, "number": float, "category": str}
            request[feature.name] = kinds[feature.kind](value)
    return request


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
