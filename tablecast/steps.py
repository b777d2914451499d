"""The steps from a table to a service, with the workspace's folders and database as defaults.

Each imports what it needs when it is called: asking a question loads no machine learning, and
serving needs no database.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from Task1_database.databases.url import from_environment, safe_url
from Task1_database.dataset import Dataset
from Task1_database.errors import TablecastError
from Task1_database.progress import Log, silent
from Task1_database.workspace import Workspace

if TYPE_CHECKING:
    from tablecast.opened_model import OpenedModel
    from Task1_database.load import LoadedTable
    from Task1_database.new import NewDataset
    from Task1_database.questions import Answer
    from Task3_api.bulk.bulk_run import BulkSummary

Progress = Callable[[int, int], object]  # how much is done, of how much
DatasetName = str | Path | Dataset  # a dataset shipped or made, the path of its folder, or itself


@contextmanager
def _extra(name: str = "train") -> Iterator[None]:
    """Have an import that fails, at once or later on, say what is to be installed.

    Where a service runs, what serves is installed alone.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        needed = f"this needs {error.name}, which is not installed"
        raise TablecastError(f"{needed}; pip install 'tablecast[{name}]'") from error


def unseen(done: int, total: int) -> None:
    """The `progress` of a step that shows nobody how far it is."""


@_extra()
def new(
    file: str | Path,
    target: str,
    *,
    name: str | None = None,
    x: str | None = None,
    sheet: str | None = None,
    log: Log = silent,
) -> NewDataset:
    """Make a dataset's folder of a table of one's own, in a CSV or XLSX; it overwrites nothing.

    Parameters
    ----------
    file : str or Path
    target : str
        The column to predict, as the file calls it.
    name : str, optional
        Of the dataset; the file's own otherwise.
    x : str, optional
        The column that `x` means in an address; the number that tells most otherwise.
    sheet : str, optional
        Of a workbook; the first that is not empty otherwise.
    log : callable
        Told each step as it begins, and how far it is: a line, or a `ProgressLine`.

    Returns
    -------
    Its `folder`, and by `lines()` what was decided, why, and how to change it.
    """
    from Task1_database.new import new as make_dataset

    home = Workspace.here().home
    return make_dataset(Path(file), target, home, name=name, x=x, sheet=sheet, log=log)


@_extra()
def load(
    dataset: DatasetName,
    database: str | None = None,
    *,
    step: str | None = None,
    wait: float = 0,
    log: Log = silent,
) -> list[LoadedTable]:
    """Load the dataset's CSVs into the database and build its feature_store, all or nothing.

    Parameters
    ----------
    dataset : str, Path or Dataset
        The name of a dataset that is shipped or was made here, or a dataset's folder.
    database : str, optional
        A URL; otherwise what the environment names, or a DuckDB file in the workspace.
    step : str, optional
        Do this step alone: load_TABLE, or process_data.
    wait : float
        For how many seconds to wait for tables that are not there yet, or a database in use.
    log : callable
        Told each step as it begins, and how far it is: a line, or a `ProgressLine`.

    Returns
    -------
    For each table its name and rows; `str` makes a line of it.
    """
    from Task1_database.load import load as load_tables

    dataset = _opened(dataset)
    url = _database_url(dataset, database, log)
    return load_tables(dataset, url, step=step, wait=wait, log=log)


@_extra()
def ask(dataset: DatasetName, database: str | None = None, *, log: Log = silent) -> list[Answer]:
    """Answer the dataset's SQL questions, each into a CSV file; parameters as for `load`.

    Returns
    -------
    For each question the `question`, its `result` (columns and rows) and the `path` of the file.
    """
    from Task1_database.questions import ask as ask_questions

    dataset = _opened(dataset)
    url = _database_url(dataset, database, log)
    return ask_questions(dataset, url, Workspace.here().results(dataset.name), log=log)


@_extra()
def train(
    dataset: DatasetName,
    database: str | None = None,
    *,
    seed: int = 0,
    models: Sequence[str] = (),
    wait: float = 0,
    log: Log = silent,
) -> OpenedModel:
    """Train a model, write its report, check it, seal it and put it in service.

    Parameters are those of `load`, and

    Parameters
    ----------
    seed : int
        The same seed and rows give the same model.
    models : sequence of str
        Registered models to train instead of the default; of several the best is kept.

    Returns
    -------
    The sealed model, open; its `folder` holds the report.
    """
    from tablecast.opened_model import OpenedModel
    from Task2_model.train import train as train_model

    dataset = _opened(dataset)
    url = _database_url(dataset, database, log)
    folder = Workspace.here().models(dataset.name)
    return OpenedModel(
        train_model(dataset, url, folder, seed=seed, names=models, wait=wait, log=log)
    )


def serve(
    dataset: DatasetName,
    *,
    host: str = "127.0.0.1",
    port: int = 5000,
    server: str = "granian",
) -> None:
    """Serve the dataset's model in service until stopped: a web page, GET, JSON and CSV.

    The server takes this process over. Where `port` is taken, the next that is free serves.
    Answers are kept where $TABLECAST_KEEP or else `keep` in dataset.toml says so.
    """
    from Task3_api.server.serve import serve as serve_models

    dataset = _opened(dataset)
    os.environ.update(_keeping(dataset))
    serve_models(models_folder(dataset), host=host, port=port, server=server)


def score(
    dataset: DatasetName,
    inputs: Sequence[str | Path],
    output: str | Path,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    kind: Literal["csv", "parquet"] | None = None,
    ranges: bool = True,
    confidence: float | None = None,
    progress: Progress = unseen,
) -> BulkSummary:
    """Answer many files, of any size, by several processes; no service is needed.

    Parameters
    ----------
    inputs : sequence of str or Path
        CSV and Parquet files: paths, globs, or URLs of an object store.
    output : str or Path
        The folder, or its URL, for the answers: files whose names sort in the order of the rows,
        and manifest.json. Given again, what is missing is done.
    workers : int, optional
        Processes; as many as there are cores otherwise.
    scheduler : str, optional
        The address of a Dask scheduler whose workers do it instead.
    kind : {"csv", "parquet"}, optional
        Of the answers; that of each input otherwise.
    ranges : bool
        Whether the answers have their interval or set.
    confidence : float, optional
        Of the intervals; the model's own otherwise.
    progress : callable
        Told, at the beginning and after each piece, how many rows are answered and how many there
        are (of a CSV the lines).

    Returns
    -------
    How many rows are answered, how many of them with an error, and in how many files.
    """
    with _extra("score"):
        from Task3_api.bulk.bulk_run import BulkRun
        from Task3_api.bulk.executors import dask_workers, local_processes
        from Task3_api.bulk.piece_scorer import ScoringJob
    from Task2_model.artifact import current

    model = current(models_folder(dataset))
    job = ScoringJob(str(model), str(output), kind, ranges, confidence)
    run = BulkRun(job, tuple(map(str, inputs)))
    count = workers or os.cpu_count() or 1
    executors = partial(dask_workers, scheduler) if scheduler else partial(local_processes, count)
    return run.score(executors, progress)


@_extra()
def verify(dataset: DatasetName, url: str) -> int:
    """Ask a live service whether it answers as the dataset's model did offline.

    Returns how many answers were compared; raises TablecastError, naming the first that differs.
    """
    from playbook.golden_rows import GoldenRows
    from playbook.verify import verify as verify_service
    from Task2_model.artifact import SealedModel, current

    sealed = SealedModel.open(current(models_folder(dataset)))
    return verify_service(url, GoldenRows.of_seal(sealed))


def models_folder(dataset: DatasetName) -> Path:
    """Where the dataset's sealed models are in this workspace, one folder a version."""
    return Workspace.here().models(_opened(dataset).name)


def _opened(dataset: DatasetName) -> Dataset:
    return dataset if isinstance(dataset, Dataset) else Dataset.open(str(dataset))


def _keeping(dataset: Dataset) -> dict[str, str]:
    """What dataset.toml says of keeping answers, as far as the environment says nothing of it."""
    here = {}
    if dataset.keep and not os.environ.get("TABLECAST_KEEP"):
        home = Workspace.here().home
        here["TABLECAST_KEEP"] = dataset.keep if "://" in dataset.keep else str(home / dataset.keep)
    private = [name for name, feature in dataset.features.items() if feature.private]
    if private:
        named = os.environ.get("TABLECAST_KEEP_PRIVATE", "")
        here["TABLECAST_KEEP_PRIVATE"] = ",".join(filter(None, [named, *private]))
    return here


def _database_url(dataset: Dataset, database: str | None, log: Log) -> str:
    if database:
        return database
    if named := from_environment():
        url, variable = named
        log(f"the database is {safe_url(url)}, from ${variable}")
        return url
    return Workspace.here().database_url(dataset.name)
