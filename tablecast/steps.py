"""The steps from a table to a service, with the workspace's folders and database as defaults.

Each imports what it needs when it is called: asking a question loads no machine learning, and
serving needs no database.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tablecast.defaults import (
    DatasetName,
    database_url,
    extra,
    keep_environment,
    latest_kept,
    models_folder,
    opened_dataset,
)
from Task1_database.errors import TablecastError
from Task1_database.progress import Log, silent
from Task1_database.workspace import Workspace

if TYPE_CHECKING:
    from tablecast.opened_model import OpenedModel
    from Task1_database.load import LoadedTable
    from Task1_database.new import NewDataset
    from Task1_database.questions import Answer
    from Task3_api.bulk.bulk_run import BulkSummary


@extra()
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


@extra()
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

    dataset = opened_dataset(dataset)
    url = database_url(dataset, database, log)
    return load_tables(dataset, url, step=step, wait=wait, log=log)


@extra()
def ask(dataset: DatasetName, database: str | None = None, *, log: Log = silent) -> list[Answer]:
    """Answer the dataset's SQL questions, each into a CSV file; parameters as for `load`.

    Returns
    -------
    For each question the `question`, its `result` (columns and rows) and the `path` of the file.
    """
    from Task1_database.questions import ask as ask_questions

    dataset = opened_dataset(dataset)
    url = database_url(dataset, database, log)
    return ask_questions(dataset, url, Workspace.here().results(dataset.name), log=log)


@extra()
def train(
    dataset: DatasetName,
    database: str | None = None,
    *,
    seed: int = 0,
    models: Sequence[str] = (),
    wait: float = 0,
    promote: bool = True,
    unless_unchanged: bool = False,
    scheduler: str | None = None,
    keep_versions: int | None = None,
    log: Log = silent,
) -> OpenedModel:
    """Train a model, write its report, check it, seal it and put it in service.

    Where a version is in service already, the new one must pass the gate: see `promote`.
    Parameters are those of `load`, and

    Parameters
    ----------
    seed : int
        The same seed and rows give the same model.
    models : sequence of str
        Registered models to train instead of the default; of several the best is kept.
    promote : bool
        Whether the new version is put in service; otherwise it is sealed alone.
    unless_unchanged : bool
        Do nothing where the version in service was made of the same rows, code and seed.
    scheduler : str, optional
        The address of a Dask scheduler whose workers do the fits; the model is the same.
    keep_versions : int, optional
        Delete all but so many of the latest versions; never the one in service or the one before.

    Returns
    -------
    The sealed model, open; its `folder` holds the report.
    """
    from tablecast.opened_model import OpenedModel
    from Task2_model.train import train as train_model
    from Task2_model.versions import prune

    dataset = opened_dataset(dataset)
    url = database_url(dataset, database, log)
    folder = Workspace.here().models(dataset.name)
    try:
        sealed = train_model(
            dataset,
            url,
            folder,
            seed=seed,
            names=models,
            wait=wait,
            promotes=promote,
            unless_unchanged=unless_unchanged,
            scheduler=scheduler,
            kept=lambda: latest_kept(dataset),
            log=log,
        )
    finally:  # what the gate holds back is sealed all the same
        if keep_versions is not None:
            for name in prune(folder, keep_versions):
                log(f"deleted version {name}")
    return OpenedModel(sealed)


def serve(
    *datasets: DatasetName,
    models: str | Path | None = None,
    host: str = "127.0.0.1",
    port: int = 5000,
    server: str = "granian",
) -> None:
    """Serve the datasets' models in service until stopped: web pages, GET, JSON and CSV.

    One is served at /; of several each below its name, such as /houses/, with a page at / that
    lists them. The server takes this process over. Where `port` is taken, the next that is free
    serves. Answers are kept where $TABLECAST_KEEP or else `keep` in dataset.toml says so.

    Parameters
    ----------
    models : str or Path, optional
        Instead of datasets: a folder of models, a folder each, all of which are served below their
        names; what is kept is up to $TABLECAST_KEEP alone.
    """
    from Task3_api.server.serve import serve as serve_models

    if bool(datasets) == bool(models):
        raise TablecastError("name the datasets to serve, or a folder of models, and not both")
    opened = [opened_dataset(dataset) for dataset in datasets]
    os.environ.update(keep_environment(opened))
    folders = [Path(models)] if models else [models_folder(dataset) for dataset in opened]
    serve_models(*folders, host=host, port=port, server=server)


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
    log: Log = silent,
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
    log : callable
        Told at the beginning and after each piece, by a `ProgressLine`, how many rows are answered
        and how many there are (of a CSV the lines).

    Returns
    -------
    How many rows are answered, how many of them with an error, and in how many files.
    """
    with extra("score"):
        from Task3_api.bulk.bulk_run import BulkRun
        from Task3_api.bulk.executors import dask_workers, local_processes
        from Task3_api.bulk.piece_scorer import ScoringJob
    from Task2_model.artifact import current

    model = current(models_folder(dataset))
    job = ScoringJob(str(model), str(output), kind, ranges, confidence)
    run = BulkRun(job, tuple(map(str, inputs)))
    count = workers or os.cpu_count() or 1
    executors = partial(dask_workers, scheduler) if scheduler else partial(local_processes, count)
    return run.score(executors, log)


@extra()
def verify(dataset: DatasetName, url: str) -> int:
    """Ask a live service whether it answers as the dataset's model did offline.

    Returns how many answers were compared; raises TablecastError, naming the first that differs.
    """
    from playbook.golden_rows import GoldenRows
    from playbook.verify import verify as verify_service
    from Task2_model.artifact import SealedModel, current

    sealed = SealedModel.open(current(models_folder(dataset)))
    return verify_service(url, GoldenRows.of_seal(sealed))
