"""What a model must beat to be worth having: no features at all, and a straight line on `x`."""

from __future__ import annotations

from typing import Any

from sklearn.compose import make_column_transformer
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from Task2_model.contract import Contract


def baselines(contract: Contract) -> dict[str, Any]:
    """Unfitted scikit-learn estimators by name, for rows in the order of the contract.

    They learn the target itself, never its logarithm, as someone with a spreadsheet would.
    """
    x = contract.names.index(contract.x)
    numeric = contract.by_name[contract.x].kind != "category"
    prepare = (
        make_pipeline(SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler())
        if numeric
        else OneHotEncoder(handle_unknown="ignore")
    )
    only_x = make_column_transformer((prepare, [x]))
    if contract.task == "classification":
        return {
            "base rate": DummyClassifier(strategy="prior"),
            f"logistic line on {contract.x}": make_pipeline(only_x, LogisticRegression()),
        }
    return {
        "median": DummyRegressor(strategy="median"),
        f"straight line on {contract.x}": make_pipeline(only_x, LinearRegression()),
    }
