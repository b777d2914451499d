"""AutoGluon: a stack of many models in a given time."""

from __future__ import annotations

from tempfile import TemporaryDirectory

import numpy as np
from autogluon.tabular import TabularPredictor

from benchmarks.accuracy.peer_models.task import TARGET, THREADS, Predictions, Task

SECONDS = 100


def good_quality(task: Task) -> Predictions:
    """Its preset `good_quality` in 100 s, aiming at the measure that is reported."""
    kind = "regression"
    if task.classes:
        kind = "binary" if task.classes == 2 else "multiclass"
    with TemporaryDirectory() as folder:
        predictor = TabularPredictor(
            TARGET,
            problem_type=kind,
            eval_metric="log_loss" if task.classes else "mean_absolute_error",
            path=folder,
            verbosity=0,
        )
        predictor.fit(
            task.train.assign(**{TARGET: task.outcomes}),
            presets="good_quality",
            time_limit=SECONDS,
            num_cpus=THREADS,
        )
        if not task.classes:
            return np.asarray(predictor.predict(task.test), dtype=np.float64)
        probabilities = predictor.predict_proba(task.test)[list(range(task.classes))]
        return np.asarray(probabilities, dtype=np.float64)


MODELS = {"AutoGluon": good_quality}
