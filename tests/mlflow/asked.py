"""`python asked.py FOLDER URI`, where MLflow is: the answers to the golden rows, as JSON.

A URI that begins with models:/ is one of MLflow's registry; the folder is registered for it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import mlflow
import pandas as pd

folder, uri = sys.argv[1:]
if uri.startswith("models:/"):
    mlflow.register_model(folder, uri.split("/")[1])
requests = [row["request"] for row in json.loads(Path(folder, "golden.json").read_text())]
answers = mlflow.pyfunc.load_model(uri).predict(pd.DataFrame(requests))
print(answers.to_json(orient="records"))
