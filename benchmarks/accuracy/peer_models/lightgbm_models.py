"""LightGBM as it comes, and tuned."""

from __future__ import annotations

from typing import Any

import lightgbm
import numpy as np
from sklearn.model_selection import train_test_split

from benchmarks.accuracy.peer_models.sklearn_models import predicted
from benchmarks.accuracy.peer_models.task import Predictions, Task

DRAWS = 30
MOST_TREES, PATIENCE = 1_000, 30
VALIDATION_SHARE = 0.2


def default(task: Task) -> Predictions:
    """As it comes."""
    return predicted(_model(task), task)


def tuned(task: Task) -> Predictions:
    """The best of 30 random draws of settings, each with early stopping; fitted on all rows.

    A fifth of the rows says which is best, by the measure that is reported.
    """
    rng = np.random.default_rng(task.seed)
    fit, held = train_test_split(
        np.arange(len(task.train)),
        test_size=VALIDATION_SHARE,
        random_state=task.seed,
        stratify=task.outcomes if task.classes else None,
    )
    trials = [_trial(task, _drawn(task, rng), fit, held) for _ in range(DRAWS)]
    _, trees, settings = min(trials, key=lambda trial: trial[0])
    return predicted(_model(task, n_estimators=trees, **settings), task)


def _trial(task: Task, settings: dict[str, Any], fit: Any, held: Any) -> tuple[float, int, Any]:
    """The loss on the rows held out, the number of trees that gave it, and the settings."""
    measure = "l1"
    if task.classes:
        measure = "binary_logloss" if task.classes == 2 else "multi_logloss"
    model = _model(task, n_estimators=MOST_TREES, metric=measure, **settings)
    model.fit(
        task.train.iloc[fit],
        task.outcomes[fit],
        eval_set=[(task.train.iloc[held], task.outcomes[held])],
        callbacks=[lightgbm.early_stopping(PATIENCE, verbose=False)],
    )
    return model.best_score_["valid_0"][measure], model.best_iteration_, settings


def _drawn(task: Task, rng: np.random.Generator) -> dict[str, Any]:
    settings = {
        "learning_rate": float(np.exp(rng.uniform(np.log(0.03), np.log(0.2)))),
        "num_leaves": int(np.exp(rng.uniform(np.log(4), np.log(64)))),
        "min_child_samples": int(np.exp(rng.uniform(np.log(3), np.log(100)))),
        "colsample_bytree": float(rng.uniform(0.3, 1)),
        "subsample": float(rng.uniform(0.5, 1)),
        "reg_lambda": float(np.exp(rng.uniform(np.log(1e-3), np.log(30)))),
    }
    return settings if task.classes else settings | {"objective": str(rng.choice(["l1", "l2"]))}


def _model(task: Task, **settings: Any) -> Any:
    kind = lightgbm.LGBMClassifier if task.classes else lightgbm.LGBMRegressor
    return kind(random_state=task.seed, n_jobs=1, verbose=-1, subsample_freq=1, **settings)


MODELS = {"LightGBM": default, "LightGBM tuned": tuned}
