"""`tablecast train`: from feature_store to a sealed model in service, with its report.

Everything is made in a staging folder beside the versions; only a complete model is sealed and
put in service, so a failure or a kill leaves the version before it as it was.
"""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from Task1_database.dataset import Dataset
from Task1_database.load_log import require_features
from Task1_database.progress import Log, silent
from Task1_database.questions import ask
from Task1_database.retry import with_retries
from Task1_database.scratch_folder import scratch_folder
from Task2_model import report
from Task2_model.artifact import STAGING, seal
from Task2_model.manifest import file_entries
from Task2_model.model_card import write_card

PACKAGES = ("numpy", "pandas", "scikit-learn", "skl2onnx", "onnx", "onnxruntime", "tablecast")


def train(
    dataset: Dataset,
    database_url: str,
    models: Path,
    *,
    seed: int = 0,
    names: Sequence[str] = (),
    wait: float = 0,
    log: Log = silent,
) -> Path:
    """Train, evaluate, report, seal and put in service; returns the sealed model's folder.

    Parameters
    ----------
    models : Path
        models/<dataset>: where versions live.
    names : sequence of str
        Registered models to compare: see `Study.model` for which is sealed.
    wait : float
        For how many seconds to wait until feature_store is there and nobody writes to it.
    log : callable
        Gets a line on each step as it begins, and on how far it is: a `ProgressLine`.

    Raises
    ------
    TablecastError
        The version in service is then still the one before.
    """
    with_retries(lambda: require_features(dataset, database_url, "train"), wait, log)
    models.mkdir(parents=True, exist_ok=True)
    with scratch_folder(models, STAGING, 0o777) as staging:
        log("answering the questions, and reading feature_store in a notebook")
        parameters = {
            "dataset": str(dataset.folder),
            "database_url": database_url,
            "output": str(staging),
            "seed": seed,
            "models": list(names),
        }
        with ThreadPoolExecutor(1) as pool:  # the database has time while the notebook starts
            asked = pool.submit(_answer_questions, dataset, database_url, staging / "answers")
            report.execute(parameters, staging, log=log)
            asked.result()
        report.render(staging, log=log)
        facts = _facts(staging, database_url)
        write_card(staging, facts)
        (staging / "requirements.txt").write_text(_requirements(), encoding="utf-8")
        log("sealing")
        return seal(staging, models, _version(staging), facts)


def _answer_questions(dataset: Dataset, database_url: str, folder: Path) -> None:
    """The questions with their answers, for a service that has no database."""
    ask(dataset, database_url, folder)
    for question in dataset.questions:
        shutil.copy(dataset.folder / question.file, folder)


def _version(staging: Path) -> str:
    """When it was made, to the second, and the first digits of the hash of all that was made."""
    made = json.dumps(file_entries(staging), sort_keys=True).encode()
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{hashlib.sha256(made).hexdigest()[:8]}"


def _facts(staging: Path, database_url: str) -> dict[str, Any]:
    """What the manifest says of the model besides its files."""
    metrics, provenance = (_taken(staging / f"{name}.json") for name in ("metrics", "provenance"))
    return {
        "metrics": metrics,
        "provenance": {
            **provenance,
            "database": report.without_folders(database_url),
            "packages": {name: metadata.version(name) for name in PACKAGES},
            "python": platform.python_version(),
            "sealed_at": datetime.now(UTC).isoformat(timespec="seconds"),
        },
    }


def _taken(path: Path) -> Any:
    """What the notebook left for the manifest, which is the one place that keeps it."""
    value = json.loads(path.read_text(encoding="utf-8"))
    path.unlink()
    return value


def _requirements() -> str:
    """What a data scientist needs to open model.joblib."""
    needed = ("joblib", "numpy", "scikit-learn", "tablecast")
    return "".join(f"{name}=={metadata.version(name)}\n" for name in needed)
