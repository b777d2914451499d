"""Fit and score the models of one module on the tasks of a folder, a line of JSON for each.

python -m benchmarks.accuracy.peer_models MODULE FOLDER
"""

from __future__ import annotations

import json
import sys
import warnings
from importlib import import_module
from pathlib import Path

from benchmarks.accuracy.peer_models.task import read_tasks
from benchmarks.accuracy.scores import class_score, processor_seconds, regression_score


def main() -> None:
    """The lines; `score` is null where a model has nothing to say about a table."""
    warnings.simplefilter("ignore")
    models = import_module(f"benchmarks.accuracy.peer_models.{sys.argv[1]}").MODELS
    for task in read_tasks(Path(sys.argv[2])):
        score = class_score if task.classes else regression_score
        for name, model in models.items():
            begun = processor_seconds()
            predictions = model(task)
            seconds = processor_seconds() - begun
            line = {"peer": name, "seed": task.seed, "score": None}
            if predictions is not None:
                line["score"] = score(predictions, task.truth) | {"processor": seconds}
            print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
