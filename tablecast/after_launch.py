"""The steps after launch: whether a service keeps its promise, and which version it serves.

Each imports what it needs when it is called, as those before launch do.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tablecast.defaults import (
    DatasetName,
    database_url,
    extra,
    latest_kept,
    models_folder,
    opened_dataset,
    required_store,
)
from Task1_database.progress import Log, silent

if TYPE_CHECKING:
    from tablecast.opened_model import OpenedModel
    from Task2_model.versions import ModelVersion


@extra()
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

    dataset = opened_dataset(dataset)
    store = required_store(dataset)
    tables = fold(store, dataset, database_url(dataset, database, log))
    report = watch_tables(tables, models_folder(dataset), by=by, recent_days=recent_days)
    store.write(WATCH, json.dumps(report, allow_nan=False).encode())
    return report


@extra()
def recalibrate(
    dataset: DatasetName, database: str | None = None, *, promote: bool = True, log: Log = silent
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

    dataset = opened_dataset(dataset)
    models = models_folder(dataset)
    tables = fold(required_store(dataset), dataset, database_url(dataset, database, log))
    serving = current(models)
    latest = Outcomes.of(SealedModel.open(serving).contract, tables)
    folder = recalibrate_version(models, serving, latest)
    covered, confidence = adaptive_coverage(serving, latest)
    log(
        f"adaptive conformal inference would have covered {covered.mean():.1%} of "
        f"{len(covered):,}, asking for {confidence:.1%} by the end"
    )
    if promote:
        promote_version(models, folder, kept=latest_kept(dataset), log=log)
    return OpenedModel(folder)


def versions(dataset: DatasetName) -> list[ModelVersion]:
    """The dataset's sealed versions, the latest first; `str` makes a line of each."""
    from Task2_model.versions import versions as all_versions

    return all_versions(models_folder(dataset))


@extra()
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

    dataset = opened_dataset(dataset)
    models = models_folder(dataset)
    folder = find_version(models, version)
    promote_version(models, folder, kept=latest_kept(dataset), force=force, log=log)
    return OpenedModel(folder)


@extra()
def rollback(dataset: DatasetName) -> OpenedModel:
    """Put the version in service again that was before the one that is."""
    from tablecast.opened_model import OpenedModel
    from Task2_model.promote import rollback as roll_back

    models = models_folder(dataset)
    return OpenedModel(models / roll_back(models))


@extra()
def shadow(dataset: DatasetName, version: str = "") -> OpenedModel:
    """Have `watch` ask a sealed version, too, what is asked of the service from now on.

    It answers nobody, so it costs the service nothing. `version` is its name, or the beginning of
    it; the latest otherwise. `end_shadow`, and its promotion, end it.
    """
    from tablecast.opened_model import OpenedModel
    from Task2_model.versions import find_version, put_in_shadow

    models = models_folder(dataset)
    folder = find_version(models, version)
    put_in_shadow(models, folder.name)
    return OpenedModel(folder)


def end_shadow(dataset: DatasetName) -> None:
    """Have `watch` compare no version with the one in service any more."""
    from Task2_model.versions import end_shadow as end

    end(models_folder(dataset))
