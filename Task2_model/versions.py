"""The versions of a model: which there are, which is in service, and which was before it.

`models/<dataset>/HISTORY` has a line for each time that a version was put in service. What is not
in service can be deleted; the one in service, and the one before it, never are.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from Task1_database.errors import SealError
from Task2_model.artifact import CURRENT, SealedModel, current, replace_file
from Task2_model.manifest import VERSION, read_manifest

HISTORY = "HISTORY"
GATE = "GATE.json"  # what the gate last found


@dataclass(frozen=True)
class ModelVersion:
    """One sealed version.

    Attributes
    ----------
    sealed_at : str
        UTC, ISO 8601; empty where the manifest does not say.
    rows : int
        That it learned from.
    recalibrated : str
        The version whose trees it has, where it is a recalibrated one; empty otherwise.
    """

    name: str
    sealed_at: str
    rows: int
    recalibrated: str
    is_current: bool

    def __str__(self) -> str:
        origin = f"recalibrated from {self.recalibrated}" if self.recalibrated else "trained"
        state = "in service" if self.is_current else ""
        return f"{self.name}  {self.rows:>9,} rows  {origin:<10}  {state}".rstrip()


def versions(models: Path) -> list[ModelVersion]:
    """Every version among `models` (models/<dataset>), the latest first."""
    serving = current(models).name if (models / CURRENT).exists() else ""
    found = []
    for name in names(models):
        provenance = read_manifest(models / name).get("provenance", {})
        found.append(
            ModelVersion(
                name,
                provenance.get("sealed_at", ""),
                provenance.get("rows", 0),
                provenance.get("recalibrated", ""),
                name == serving,
            )
        )
    return found


def names(models: Path) -> list[str]:
    """The versions' names, the latest first."""
    if not models.is_dir():
        return []
    return sorted((p.name for p in models.iterdir() if VERSION.fullmatch(p.name)), reverse=True)


def find_version(models: Path, name: str) -> Path:
    """The folder of a version, by its name or the beginning of it; the latest where that is empty.

    Raises SealError where none or several are called so.
    """
    found = [each for each in names(models) if each.startswith(name)]
    found = found if name else found[:1]
    if len(found) != 1:
        issue = f"{len(found)} versions begin with" if found else "no version is called"
        known = ", ".join(names(models)[:5]) or "none"
        raise SealError(f"{issue} {name[:40]!r}; the latest are {known}")
    return models / found[0]


def put_in_service(models: Path, version: str) -> None:
    """Serve a version from now on; it is checked file by file before.

    Raises SealError where it is not whole; the version before it then stays.
    """
    SealedModel.open(models / version)
    path = models / HISTORY
    before = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    replace_file(path, f"{before}{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {version}\n")
    replace_file(models / CURRENT, version + "\n")


def history(models: Path) -> list[str]:
    """The versions that were put in service, the first first."""
    if not (models / HISTORY).is_file():
        return []
    lines = (models / HISTORY).read_text(encoding="utf-8", errors="replace").splitlines()
    found = (line.rpartition(" ")[2] for line in lines)
    return [name for name in found if VERSION.fullmatch(name)]


def before_current(models: Path) -> str:
    """The version that was in service before the one that is; SealError where there is none."""
    serving, existing, past = current(models).name, set(names(models)), history(models)
    while past and serving in past and past[-1] != serving:
        past.pop()  # noted, and then something kept it from being put in service
    for name in reversed(past):
        if name != serving and name in existing:
            return name
    for name in names(models):  # of a time that had no history
        if name < serving:
            return name
    raise SealError(f"{models}: there is no version before {serving}")


def prune(models: Path, keep: int) -> list[str]:
    """Delete all but the `keep` latest versions; never the one in service or the one before it.

    Returns the names of those that are gone.
    """
    kept = set(names(models)[:keep])
    if (models / CURRENT).exists():
        kept.add(current(models).name)
        with suppress(SealError):
            kept.add(before_current(models))
    gone = [name for name in names(models) if name not in kept]
    for name in gone:
        doomed = models / f".pruned-{name}"  # at once no version any more, however long it takes
        (models / name).rename(doomed)
        shutil.rmtree(doomed, ignore_errors=True)
    return gone
