"""Where the model comes from, and what lies in the sealed folder."""

from __future__ import annotations

import platform
from importlib import metadata
from pathlib import Path

import pandas as pd

from Task2_model.artifact import ENSEMBLE, FOREST, GRAPH
from Task2_model.manifest import MANIFEST
from Task2_model.mlmodel import MLMODEL
from Task2_model.study import Study

PACKAGES = ("numpy", "pandas", "scikit-learn", "skl2onnx", "onnxruntime")
EXPORTED = {
    FOREST: "the trees as lookup tables: what the service runs",
    ENSEMBLE: "what the members of the ensemble have in common, a ridge regression among it",
    GRAPH: "the same model as an ONNX graph, for other software",
    "model.joblib": "the same model as a Python object, for data scientists",
    "calibration.npz": "what prediction intervals or sets are computed from",
    "contract.json": "features and target, with their ranges and categories",
    "golden.json": "requests with their answers, to check a live service",
}
SEALED = {
    "report.ipynb, report.html, report.pdf": "this report",
    "MODEL_CARD.md": "intended use, data, scores and limits on one page",
    "requirements.txt": "the packages that model.joblib needs",
    "held_out.npz": "the error on each held-out row, to compare versions on the same rows",
    MLMODEL: "makes the folder a model of MLflow's, too",
    "answers/": "the SQL questions with their results",
    MANIFEST: "the SHA-256 and size of every other file, all scores, and provenance",
}


def provenance_table(study: Study) -> pd.DataFrame:
    """Rows, query, seed and versions: enough to train the model again."""
    provenance = study.provenance()
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES)
    values = {
        "Rows": f"{provenance['rows']:,}",
        "SQL": provenance["sql"],
        "SHA-256 of the rows": provenance["data_sha256"],
        "Model": provenance["model"],
        "Seed": str(provenance["seed"]),
        "Python": platform.python_version(),
        "Packages": versions,
    }
    return pd.DataFrame(values.items(), columns=["Item", "Value"])


def file_table(folder: Path) -> pd.DataFrame:
    """The files exported to `folder`, and those that are added when it is sealed."""
    files = {name: text for name, text in EXPORTED.items() if (folder / name).exists()}
    return pd.DataFrame((files | SEALED).items(), columns=["File", "Contents"])
