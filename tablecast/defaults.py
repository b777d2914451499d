"""What the steps take where nothing is named: datasets, folders and databases of the workspace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from Task1_database.databases.url import from_environment, safe_url
from Task1_database.dataset import Dataset
from Task1_database.errors import TablecastError
from Task1_database.progress import Log
from Task1_database.workspace import Workspace

DatasetName = str | Path | Dataset  # a dataset shipped or made, the path of its folder, or itself


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
