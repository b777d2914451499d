"""`python -m tests.Task2_model.make_format`: two small sealed models of the format of today.

They are kept in formats/<format>/<dataset>/<version>: a later release must serve them as this one
does. Run it once when `FORMAT` has been raised, before the release, and never for a format that
is out already.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression

from Task2_model import training
from Task2_model.artifact import FOREST, seal
from Task2_model.contract import Contract, Feature, Target, Value
from Task2_model.export import export
from Task2_model.manifest import FORMAT
from Task2_model.model import PredictiveModel
from Task2_model.versions import put_in_service

FOLDER = Path(__file__).with_name("formats")
VERSION = "20261121T120000Z-00000001"
ROWS = 60
FEATURES = (
    Feature("size", "number", "Length", "feet", minimum=10, maximum=40, median=25),
    Feature("kind", "category", "Kind", categories=("sail", "row", "motor"), missing=0.2),
)


class Stumps(PredictiveModel):
    """Two trees of two leaves: a forest."""

    def specialist(self) -> Any:
        return None

    def estimator(self) -> Any:
        return HistGradientBoostingRegressor(
            max_iter=2, max_leaf_nodes=2, early_stopping=False, random_state=0
        )


class Line(PredictiveModel):
    """A logistic regression on whole numbers: no forest, so it is served as a graph."""

    def features(self) -> Any:
        return SimpleImputer(strategy="constant", fill_value=0.0, keep_empty_features=True)

    def estimator(self) -> Any:
        return LogisticRegression()


def main() -> None:
    """Make both, with few trees that say how far off an answer is: the files stay small."""
    training.SCALE_TREES, training.SCALE_LEAVES = 2, 3
    rng = np.random.default_rng(0)
    rows = np.column_stack([rng.uniform(10, 40, ROWS), rng.integers(0, 3, ROWS)])
    rows = rows.round(1).astype(np.float32)
    rows[rng.random(ROWS) < 0.2, 1] = np.nan
    price = (100 * rows[:, 0] + rng.normal(0, 50, ROWS)).round()
    target = Target("price", "Price", "$", minimum=900, maximum=4200, median=2500, decimals=6)
    make(Stumps(contract("boats", "regression", target)), rows, price)
    sold = Target("sold", "Sold", classes=("no", "yes"), positive="yes", kind="category")
    make(Line(contract("sales", "classification", sold)), rows, (price > 2500).astype(int))


def contract(dataset: str, task: Any, target: Target) -> Contract:
    return Contract(dataset, dataset.title(), task, "size", target, FEATURES, ROWS)


def make(model: PredictiveModel, rows: Any, outcomes: Any) -> None:
    """Fit a model and seal it with what a server needs, the answers to some rows among it."""
    contract = model.fit(rows, outcomes).contract
    models = FOLDER / str(FORMAT) / contract.dataset
    (staging := models / "staging").mkdir(parents=True)
    (staging / "contract.json").write_text(contract.to_json() + "\n")
    for name, data in export(model, rows).items():
        (staging / name).write_bytes(data)
    (staging / "calibration.npz").write_bytes(model.calibration_.to_bytes())
    requests: list[dict[str, Value]] = [
        {"size": 12.5},
        {"kind": "row"},
        {"size": 31, "kind": "motor"},
    ]
    block = model.predict(contract.encode(requests))
    golden = [
        {"request": request, "answer": {part: block[part][i].tolist() for part in block}}
        for i, request in enumerate(requests)
    ]
    (staging / "golden.json").write_text(json.dumps(golden) + "\n")
    assert (staging / FOREST).exists() == isinstance(model, Stumps)
    put_in_service(models, seal(staging, models, VERSION, {}).name)


if __name__ == "__main__":
    main()
