"""The steps from a table to a service, with the workspace's folders and database as defaults.

Each imports what it needs when it is called: asking a question loads no machine learning, and
serving needs no database.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from Task1_database.databases.url import from_environment, safe_url
from Task1_database.dataset import Dataset
from Task1_database.errors import TablecastError
from Task1_database.progress import Log, silent
from Task1_database.workspace import Workspace

if TYPE_CHECKING:
    from tablecast.opened_model import OpenedModel
    from Task1_database.keep.kept_store import KeepStore
    from Task1_database.load import LoadedTable
    from Task1_database.new import NewDataset
    from Task1_database.questions import Answer
    from Task2_model.versions import ModelVersion
    from Task3_api.bulk.bulk_run import BulkSummary

LATEST_KEPT = 1000  # answers that the gate asks again
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
    promote: bool = True,
    unless_unchanged: bool = False,
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
    keep_versions : int, optional
        Delete all but so many of the latest versions; never the one in service or the one before.

    Returns
    -------
    The sealed model, open; its `folder` holds the report.
    """
    from tablecast.opened_model import OpenedModel
    from Task2_model.train import train as train_model
    from Task2_model.versions import prune

    dataset = _opened(dataset)
    url = _database_url(dataset, database, log)
    folder = Workspace.here().models(dataset.name)
    sealed = train_model(
        dataset,
        url,
        folder,
        seed=seed,
        names=models,
        wait=wait,
        promotes=promote,
        unless_unchanged=unless_unchanged,
        kept=lambda: _latest_kept(dataset),
        log=log,
    )
    if keep_versions is not None:
        for name in prune(folder, keep_versions):
            log(f"deleted version {name}")
    return OpenedModel(sealed)


@_extra()
def watch(
    dataset: DatasetName,
    database: str | None = None,
    *,
    by: str | None = None,
    recent_days: int = 7,
    log: Log = silent,
) -> dict[str, Any]:
    """Fold what the service kept into tables `predictions` and `outcomes`, and see how it does.

    Parameters are those of `load`, and

    Parameters
    ----------
    by : str, optional
        A feature by whose values answers are grouped.
    recent_days : int
        How many of the latest days are compared with those before.

    Returns
    -------
    What the service's page `/watch` shows: `statements` have a `text`, the `rows` they rest on,
    and whether a promise is `broken`.
    """
    from Task1_database.keep.kept_store import WATCH
    from Task1_database.watch_tables import fold
    from Task2_model.monitoring.watch import watch as watch_tables

    dataset = _opened(dataset)
    store = _required_store(dataset)
    tables = fold(store, dataset, _database_url(dataset, database, log))
    report = watch_tables(tables, models_folder(dataset), by=by, recent_days=recent_days)
    store.write(WATCH, json.dumps(report, allow_nan=False).encode())
    return report


@_extra()
def recalibrate(
    dataset: DatasetName,
    database: str | None = None,
    *,
    promote: bool = True,
    log: Log = silent,
) -> OpenedModel:
    """Seal a version with the trees of the one in service, calibrated on what came true lately.

    It needs 100 outcomes, takes seconds, and is put in service if the gate lets it pass, unless
    `promote` is false; other parameters as for `load`.
    """
    from tablecast.opened_model import OpenedModel
    from Task1_database.watch_tables import fold
    from Task2_model.artifact import SealedModel, current
    from Task2_model.promote import promote as promote_version
    from Task2_model.recalibrate import Outcomes, adaptive_coverage
    from Task2_model.recalibrate import recalibrate as recalibrate_version

    dataset = _opened(dataset)
    models = models_folder(dataset)
    tables = fold(_required_store(dataset), dataset, _database_url(dataset, database, log))
    serving = current(models)
    latest = Outcomes.of(SealedModel.open(serving).contract, tables)
    folder = recalibrate_version(models, serving, latest)
    covered, confidence = adaptive_coverage(serving, latest)
    log(
        f"adaptive conformal inference would have covered {covered:.1%} of {len(latest.given):,}, "
        f"asking for {confidence:.1%} by the end"
    )
    if promote:
        promote_version(models, folder, kept=_latest_kept(dataset), log=log)
    return OpenedModel(folder)


def versions(dataset: DatasetName) -> list[ModelVersion]:
    """The dataset's sealed versions, the latest first; `str` makes a line of each."""
    from Task2_model.versions import versions as all_versions

    return all_versions(models_folder(dataset))


@_extra()
def promote(
    dataset: DatasetName, version: str = "", *, force: bool = False, log: Log = silent
) -> OpenedModel:
    """Put a sealed version in service, if the gate lets it pass.

    Parameters
    ----------
    version : str
        Its name, or the beginning of it; the latest otherwise.
    force : bool
        Whether it is put in service whatever the gate finds.

    The gate: its golden rows, its error on rows that neither it nor the version in service learned
    from, and the latest kept questions asked again. Raises GateClosed, saying what has failed.
    """
    from tablecast.opened_model import OpenedModel
    from Task2_model.promote import promote as promote_version
    from Task2_model.versions import find_version

    dataset = _opened(dataset)
    models = models_folder(dataset)
    folder = find_version(models, version)
    promote_version(models, folder, kept=_latest_kept(dataset), force=force, log=log)
    return OpenedModel(folder)


@_extra()
def rollback(dataset: DatasetName) -> OpenedModel:
    """Put the version in service again that was before the one that is."""
    from tablecast.opened_model import OpenedModel
    from Task2_model.promote import rollback as roll_back

    models = models_folder(dataset)
    return OpenedModel(models / roll_back(models))


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


def _latest_kept(dataset: Dataset) -> list[dict[str, Any]]:
    """The latest answers that a service kept here; none where none are kept."""
    from Task1_database.keep.answer_lines import latest_answers

    store = _kept(dataset)
    return latest_answers(store, LATEST_KEPT) if store else []


def _kept(dataset: Dataset) -> KeepStore | None:
    """Where a service keeps its answers; None where none are."""
    from Task1_database.keep.open_keep import open_keep

    root = _keep_root(dataset)
    return open_keep(root, dataset.name, read_only=True) if root else None


def _required_store(dataset: Dataset) -> KeepStore:
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


def _keeping(dataset: Dataset) -> dict[str, str]:
    """What dataset.toml says of keeping answers, as far as the environment says nothing of it."""
    here = {}
    if keep := _keep_root(dataset):
        here["TABLECAST_KEEP"] = keep
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
