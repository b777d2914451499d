"""`tablecast train`: from feature_store to a sealed model in service, with its report.

Everything is made in a staging folder beside the versions; only a complete model is sealed and
put in service, so a failure or a kill leaves the version before it as it was.
"""

from __future__ import annotations

import json
import platform
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from Task1_database.databases.connect import connect
from Task1_database.dataset import Dataset
from Task1_database.load_log import require_features
from Task1_database.progress import Log, silent
from Task1_database.questions import ask
from Task1_database.retry import with_retries
from Task1_database.scratch_folder import scratch_folder
from Task2_model import report
from Task2_model.artifact import CURRENT, STAGING, SealedModel, current, seal, version_name
from Task2_model.mlmodel import write_mlmodel
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
    promotes: bool = True,
    unless_unchanged: bool = False,
    scheduler: str | None = None,
    kept: Callable[[], Sequence[dict[str, Any]]] = tuple,
    log: Log = silent,
) -> Path:
    """Train, evaluate, report, seal and put in service; returns the sealed model's folder.

    Parameters are those of `tablecast.train`, and

    Parameters
    ----------
    models : Path
        models/<dataset>: where versions live.
    names : sequence of str
        Registered models to compare: see `Study.model` for which is sealed.
    kept : callable
        Gives the latest lines of kept answers, for the gate.

    Raises TablecastError (the version in service is then still the one before), which is GateClosed
    where the new one is sealed, but did not pass.
    """
    with_retries(lambda: require_features(dataset, database_url, "train"), wait, log)
    if unless_unchanged and (unchanged := _unchanged(dataset, database_url, models, seed, names)):
        log(f"same rows, code and seed as version {unchanged.name}: nothing to do")
        return unchanged
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
            answers = pool.submit(_answer_questions, dataset, database_url, staging / "answers")
            pool.submit(_import_what_follows)
            report.execute(parameters, staging, scheduler=scheduler, log=log)
            answers.result()
        render, promote = _import_what_follows()
        render(staging, log=log)
        facts = _facts(staging, database_url)
        write_card(staging, facts)
        (staging / "requirements.txt").write_text(_requirements(), encoding="utf-8")
        write_mlmodel(staging)
        log("sealing")
        folder = seal(staging, models, version_name(staging), facts)
    if promotes:
        promote(models, folder, kept=kept(), log=log)
    return folder


def _import_what_follows() -> tuple[Callable[..., None], Callable[..., Any]]:
    """What is needed after the notebook, and would only have it begin a second later."""
    from Task2_model.promote import promote  # noqa: PLC0415
    from Task2_model.report_document import render  # noqa: PLC0415

    return render, promote


def _unchanged(
    dataset: Dataset, database_url: str, models: Path, seed: int, names: Sequence[str]
) -> Path | None:
    """The version in service, where training would make it again."""
    from Task2_model.study import Study  # noqa: PLC0415 (a second, and otherwise of no use here)

    if not (models / CURRENT).exists():
        return None
    sealed = SealedModel.open(current(models))
    with connect(database_url, read_only=True) as database:
        study = Study.read(database, dataset, seed=seed, models=names)
    before, now = sealed.manifest.get("provenance", {}), study.provenance()
    now["model"] = before.get("model")  # of several the best, which training alone finds out
    same = all(before.get(key) == value for key, value in now.items())
    same = same and before.get("packages") == _packages()
    contract = replace(sealed.contract, observed_coverage=study.contract.observed_coverage)
    return sealed.folder if same and contract == study.contract else None


def _answer_questions(dataset: Dataset, database_url: str, folder: Path) -> None:
    """The questions with their answers, for a service that has no database."""
    ask(dataset, database_url, folder)
    for question in dataset.questions:
        shutil.copy(dataset.folder / question.file, folder)


def _facts(staging: Path, database_url: str) -> dict[str, Any]:
    """What the manifest says of the model besides its files."""
    metrics, provenance = (_taken(staging / f"{name}.json") for name in ("metrics", "provenance"))
    return {
        "metrics": metrics,
        "provenance": {
            **provenance,
            "database": report.without_folders(database_url),
            "packages": _packages(),
            "python": platform.python_version(),
            "sealed_at": datetime.now(UTC).isoformat(timespec="seconds"),
        },
    }


def _packages() -> dict[str, str]:
    return {name: metadata.version(name) for name in PACKAGES}


def _taken(path: Path) -> Any:
    """What the notebook left for the manifest, which is the one place that keeps it."""
    value = json.loads(path.read_text(encoding="utf-8"))
    path.unlink()
    return value


def _requirements() -> str:
    """What a data scientist needs to open model.joblib."""
    needed = ("joblib", "numpy", "scikit-learn", "tablecast")
    return "".join(f"{name}=={metadata.version(name)}\n" for name in needed)
