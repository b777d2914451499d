"""What the steps take where nothing is named: datasets, folders, databases, and what is kept."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from Task1_database.databases.url import from_environment, safe_url
from Task1_database.dataset import Dataset
from Task1_database.errors import TablecastError
from Task1_database.progress import Log
from Task1_database.workspace import Workspace

if TYPE_CHECKING:
    from Task1_database.keep.kept_store import KeepStore

DatasetName = str | Path | Dataset  # a dataset shipped or made, the path of its folder, or itself
LATEST_KEPT = 1000  # answers that the gate asks again


@contextmanager
def extra(name: str = "train") -> Iterator[None]:
    """Have an import that fails, at once or later on, say what is to be installed.

    Where a service runs, what serves is installed alone.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        needed = f"this needs {error.name}, which is not installed"
        raise TablecastError(f"{needed}; pip install 'tablecast[{name}]'") from error


def models_folder(dataset: DatasetName) -> Path:
    """Where the dataset's sealed models are in this workspace, one folder a version."""
    return Workspace.here().models(opened_dataset(dataset).name)


def opened_dataset(dataset: DatasetName) -> Dataset:
    """The dataset itself, opened where it is named."""
    return dataset if isinstance(dataset, Dataset) else Dataset.open(str(dataset))


def database_url(dataset: Dataset, database: str | None, log: Log) -> str:
    """The URL that is given, or else what the environment names, or the workspace's own."""
    if database:
        return database
    if named := from_environment():
        url, variable = named
        log(f"the database is {safe_url(url)}, from ${variable}")
        return url
    return Workspace.here().database_url(dataset.name)


def latest_kept(dataset: Dataset) -> list[dict[str, Any]]:
    """The latest answers that a service kept here; none where none are kept."""
    from Task1_database.keep.answer_lines import latest_answers

    store = _kept(dataset)
    return latest_answers(store, LATEST_KEPT) if store else []


def _kept(dataset: Dataset) -> KeepStore | None:
    """Where a service keeps its answers; None where none are."""
    from Task1_database.keep.open_keep import open_keep

    root = _keep_root(dataset)
    return open_keep(root, dataset.name, read_only=True) if root else None


def required_store(dataset: Dataset) -> KeepStore:
    """Where a service keeps its answers; TablecastError where none are."""
    store = _kept(dataset)
    if store is None:
        raise TablecastError(
            f"nothing is kept of {dataset.name}: set TABLECAST_KEEP to where its service keeps it"
        )
    return store


def _keep_root(dataset: Dataset) -> str:
    """Where answers are kept: $TABLECAST_KEEP, or what dataset.toml says; empty for nowhere."""
    keep = os.environ.get("TABLECAST_KEEP") or dataset.keep
    return keep if not keep or "://" in keep else str(Workspace.here().home / keep)


def keep_environment(datasets: Sequence[Dataset]) -> dict[str, str]:
    """What dataset.toml says of keeping answers, as far as the environment says nothing of it.

    Raises TablecastError where several datasets do not say the same.
    """
    here = {}
    roots = {_keep_root(dataset): dataset.name for dataset in datasets}
    if len(roots) > 1:
        who = " and ".join(f"{name} says {root or 'nothing'}" for root, name in roots.items())
        raise TablecastError(f"keep in dataset.toml: {who}; one service keeps all or none")
    if keep := next(iter(roots), ""):
        here["TABLECAST_KEEP"] = keep
    features = [each for dataset in datasets for each in dataset.features.items()]
    private = [name for name, feature in features if feature.private]
    if private:
        named = os.environ.get("TABLECAST_KEEP_PRIVATE", "")
        here["TABLECAST_KEEP_PRIVATE"] = ",".join(filter(None, [named, *private]))
    return here
