"""The file that makes a sealed folder a model of MLflow's, too: its name is MLmodel.

It says which module opens the folder (`tablecast.pyfunc`), and by its signature what may be asked,
every input optional. The file is JSON, which YAML includes, so MLflow is not needed to write it.
Inputs are of type `any`: by any other MLflow would refuse whole numbers or missing values before
the model, which reads columns as strictly itself, has seen them.
"""

from __future__ import annotations

import json
import platform
from pathlib import Path
from typing import Any

from Task2_model.contract import Contract

MLMODEL = "MLmodel"
LOADER = "tablecast.pyfunc"
Spec = dict[str, Any]


def write_mlmodel(staging: Path) -> None:
    """Add the file to a folder that holds all else of a model and is about to be sealed."""
    contract = Contract.from_json((staging / "contract.json").read_bytes())
    text = json.dumps(mlmodel(contract), indent=1)
    (staging / MLMODEL).write_text(text + "\n", encoding="ascii")


def mlmodel(contract: Contract) -> Spec:
    """What the file says of a model."""
    flavor = {"loader_module": LOADER, "python_version": platform.python_version()}
    return {"flavors": {"python_function": flavor}, "signature": _signature(contract)}


def _signature(contract: Contract) -> Spec:
    """The inputs, outputs and parameters, each as a text of JSON, as MLflow wants them."""
    name = contract.answer_name("confidence")
    confidence = {"name": name, "type": "double", "default": contract.confidence, "shape": None}
    parts = {
        "inputs": [{"name": each, "type": "any", "required": False} for each in contract.names],
        "outputs": [{"name": each, **kind} for each, kind in _outputs(contract).items()],
        "params": [confidence],
    }
    return {part: json.dumps(specs) for part, specs in parts.items()}


def _outputs(contract: Contract) -> dict[str, Spec]:
    """The columns that `OpenedModel.predict` gives for a DataFrame, with their types."""
    text, number = {"type": "string"}, {"type": "double"}
    if contract.task == "regression":
        columns: dict[str, Spec] = dict.fromkeys(("prediction", "lower", "upper"), number)
    else:
        target = contract.target
        label = {"type": "long"} if target.kind == "integer" else text
        numbers = dict.fromkeys(("probability", *target.probability_columns), number)
        columns = {"label": label, **numbers, "set": {"type": "array", "items": label}}
    return {**columns, "warnings": text}
