"""The base rate, a linear model, a random forest and scikit-learn's boosting."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.compose import make_column_transformer
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from benchmarks.accuracy.peer_models.task import Predictions, Task

TREES = 300
LEAF = 5  # rows of a leaf of the forest for classes: with one, many a probability is 0 or 1
RARE = 5  # a category of fewer rows shares its column with the others


def base_rate(task: Task) -> Predictions:
    """The median of the target, or the share of each class: what knowing nothing gives."""
    classify, value = DummyClassifier(strategy="prior"), DummyRegressor(strategy="median")
    return predicted(classify if task.classes else value, task)


def linear(task: Task) -> Predictions:
    """Ridge or logistic regression on all features, its strength chosen by five folds."""
    if not task.classes:
        return predicted(_on_columns(task, RidgeCV(np.logspace(-2, 4, 13))), task)
    search = GridSearchCV(
        LogisticRegression(max_iter=2_000),
        {"C": np.logspace(-3, 2, 6)},
        scoring="neg_log_loss",
    )
    return predicted(_on_columns(task, search), task)


def random_forest(task: Task) -> Predictions:
    """300 trees; of classification each leaf has five rows at least."""
    settings: dict[str, Any] = {
        "n_estimators": TREES,
        "random_state": task.seed,
    }
    classify = RandomForestClassifier(min_samples_leaf=LEAF, **settings)
    estimator = classify if task.classes else RandomForestRegressor(**settings)
    return predicted(_on_columns(task, estimator), task)


def hist_gradient_boosting(task: Task) -> Predictions:
    """As it comes, with its own treatment of categories."""
    classify = HistGradientBoostingClassifier(random_state=task.seed)
    value = HistGradientBoostingRegressor(random_state=task.seed)
    return predicted(classify if task.classes else value, task)


def predicted(estimator: Any, task: Task) -> Predictions:
    """The predictions of an estimator once it is fitted."""
    estimator.fit(task.train, task.outcomes)
    predict = estimator.predict_proba if task.classes else estimator.predict
    return np.asarray(predict(task.test), dtype=np.float64)


def _on_columns(task: Task, estimator: Any) -> Pipeline:
    """Numbers without gaps and to one scale, a column for each category."""
    numbers = make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler())
    categories = OneHotEncoder(
        min_frequency=RARE, handle_unknown="infrequent_if_exist", sparse_output=False
    )
    columns = make_column_transformer((numbers, task.numbers), (categories, task.categories))
    return make_pipeline(columns, estimator)


MODELS = {
    "base rate": base_rate,
    "linear": linear,
    "random forest": random_forest,
    "HistGradientBoosting": hist_gradient_boosting,
}
