"""The peers' model: one pipeline that learns from the same rows as Tablecast's.

    python -m benchmarks.peers.pipeline feature_store.csv FOLDER

writes FOLDER/model.joblib, for the apps, and FOLDER/mlflow, for `mlflow models serve`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import joblib
import mlflow
import pandas as pd
from mlflow.models import infer_signature
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OrdinalEncoder

from benchmarks.peers.house import CATEGORIES, NAMES, NUMBERS


def pipeline() -> Pipeline:
    """Categories as codes, then a hundred trees."""
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    columns = ColumnTransformer([("codes", encoder, CATEGORIES)], remainder="passthrough")
    return make_pipeline(columns, HistGradientBoostingRegressor(max_iter=100, early_stopping=False))


def main() -> None:
    """Fit it and write it in both forms."""
    table = pd.read_csv(sys.argv[1]).astype(dict.fromkeys(NUMBERS, float))
    rows, folder = table[NAMES], Path(sys.argv[2])
    fitted = pipeline().fit(rows, table["price"])
    joblib.dump(fitted, folder / "model.joblib")
    signature = infer_signature(rows, fitted.predict(rows))
    mlflow.sklearn.save_model(
        fitted, folder / "mlflow", signature=signature, serialization_format="cloudpickle"
    )


if __name__ == "__main__":
    main()
