"""Putting a version in service, through the gate."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from Task1_database.progress import Log, silent
from Task2_model.artifact import CURRENT, SealedModel, current
from Task2_model.gate import GateReport, gate
from Task2_model.versions import before_current, put_in_service


def promote(
    models: Path,
    folder: Path,
    *,
    kept: Sequence[dict[str, Any]] = (),
    force: bool = False,
    log: Log = silent,
) -> GateReport | None:
    """Put the version in `folder` in service, if the gate lets it pass.

    `models` is models/<dataset>; of the latest lines of answers that were `kept` the questions are
    asked again; `force` puts it in service whatever the gate finds. Returns that, or None where no
    version is in service that it could be compared with.

    Raises GateClosed, saying why, where it does not pass, SealError where it is not whole; the
    version in service then stays.
    """
    if not (models / CURRENT).exists() or current(models) == folder:
        put_in_service(models, folder.name)
        return None
    report = gate(SealedModel.open(folder), SealedModel.open(current(models)), kept)
    report.write(models)
    for line in report.lines():
        log(line)
    if not force:
        report.require()
    put_in_service(models, folder.name)
    return report


def rollback(models: Path) -> str:
    """Put the version in service again that was before the one that is; its name."""
    version = before_current(models)
    put_in_service(models, version)
    return version
