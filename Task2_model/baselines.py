"""What a model is compared with: no features, a line along `x`, and common models of all features.

They are plain scikit-learn, with default settings, and learn the target itself, never its
logarithm. None states its uncertainty, and none is made for missing features: they impute.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sklearn.compose import make_column_transformer
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from Task2_model.contract import Contract

FOREST_ROWS = 10_000  # that each tree of a random forest draws from a larger table


def baselines(contract: Contract, *, seed: int = 0) -> dict[str, Any]:
    """Unfitted scikit-learn estimators by name, for rows in the order of the contract.

    The first knows no feature. They share nothing, so they may be fitted side by side.
    """

    def on(names: Sequence[str], model: Any) -> Any:
        return make_pipeline(_prepared(contract, names), model)

    forest: dict[str, Any] = {
        "random_state": seed,
        "max_samples": FOREST_ROWS if contract.rows > 2 * FOREST_ROWS else None,
    }
    if contract.task == "classification":
        return {
            "base rate": DummyClassifier(strategy="prior"),
            f"logistic regression on {contract.x}": on([contract.x], LogisticRegression()),
            "logistic regression": on(contract.names, LogisticRegression(max_iter=1000)),
            "random forest": on(contract.names, RandomForestClassifier(**forest)),
            "default boosting": HistGradientBoostingClassifier(random_state=seed),
        }
    return {
        "median": DummyRegressor(strategy="median"),
        f"linear regression on {contract.x}": on([contract.x], LinearRegression()),
        "ridge regression": on(contract.names, Ridge()),
        "random forest": on(contract.names, RandomForestRegressor(**forest)),
        "default boosting": HistGradientBoostingRegressor(random_state=seed),
    }


def _prepared(contract: Contract, names: Sequence[str]) -> Any:
    """Numbers imputed, with an indicator, and standardised; categories as indicators."""
    indices: dict[bool, list[int]] = {True: [], False: []}
    for name in names:
        indices[contract.by_name[name].kind == "category"].append(contract.indices[name])
    impute = SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)
    return make_column_transformer(
        (make_pipeline(impute, StandardScaler()), indices[False]),
        (OneHotEncoder(handle_unknown="ignore"), indices[True]),
    )
