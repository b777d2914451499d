"""CatBoost as it comes; for regression also with the two usual changes."""

from __future__ import annotations

from typing import Any

import catboost
import numpy as np
import pandas as pd

from benchmarks.accuracy.peer_models.task import THREADS, Predictions, Task


def default(task: Task) -> Predictions:
    """As it comes, with its own treatment of categories."""
    return _predicted(task, task.outcomes)


def absolute(task: Task) -> Predictions | None:
    """Regression only: with the mean absolute error as its aim."""
    return None if task.classes else _predicted(task, task.outcomes, loss_function="MAE")


def logarithmic(task: Task) -> Predictions | None:
    """Positive targets only: it learns the logarithm of the target."""
    if task.classes or task.outcomes.min() <= 0:
        return None
    return np.exp(_predicted(task, np.log(task.outcomes)))


def _predicted(task: Task, outcomes: Any, **settings: Any) -> Predictions:
    kind = catboost.CatBoostClassifier if task.classes else catboost.CatBoostRegressor
    model = kind(
        cat_features=task.categories,
        random_seed=task.seed,
        thread_count=THREADS,
        verbose=False,
        allow_writing_files=False,
        **settings,
    )
    model.fit(_texts(task, task.train), outcomes)
    predict = model.predict_proba if task.classes else model.predict
    return np.asarray(predict(_texts(task, task.test)), dtype=np.float64)


def _texts(task: Task, frame: pd.DataFrame) -> pd.DataFrame:
    """CatBoost takes no gap among categories, but a text for it."""
    return frame.astype(dict.fromkeys(task.categories, object)).fillna(
        dict.fromkeys(task.categories, "missing")
    )


MODELS = {
    "CatBoost": default,
    "CatBoost, absolute error": absolute,
    "CatBoost, log target": logarithmic,
}
