"""The versions of a model: which there are, which is in service, and which was before it.

`models/<dataset>/HISTORY` has a line for each time that a version was put in service. What is not
in service can be deleted; the one in service, the one before it and the one in the shadow never
are. `models/<dataset>/SHADOW` names a challenger: it answers nobody, and `watch` compares it.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from Task1_database.errors import SealError
from Task2_model.artifact import CURRENT, SealedModel, current, replace_file
from Task2_model.manifest import VERSION, read_manifest

HISTORY = "HISTORY"
GATE = "GATE.json"  # what the gate last found
SHADOW = "SHADOW"


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
    is_in_shadow: bool = False

    @property
    def state(self) -> str:
        """What it does now; empty for nothing."""
        if self.is_current:
            return "in service"
        return "in the shadow" if self.is_in_shadow else ""

    def __str__(self) -> str:
        origin = f"recalibrated from {self.recalibrated}" if self.recalibrated else "trained"
        return f"{self.name}  {self.rows:>9,} rows  {origin:<10}  {self.state}".rstrip()


class Shadow(NamedTuple):
    """A challenger, and since when (UTC, ISO 8601) questions are asked of it, too."""

    version: str
    since: str


def versions(models: Path) -> list[ModelVersion]:
    """Every version among `models` (models/<dataset>), the latest first."""
    serving = current(models).name if (models / CURRENT).exists() else ""
    shadow, entries = in_shadow(models), []
    for name in names(models):
        provenance = read_manifest(models / name).get("provenance", {})
        entries.append(
            ModelVersion(
                name,
                provenance.get("sealed_at", ""),
                provenance.get("rows", 0),
                provenance.get("recalibrated", ""),
                name == serving,
                shadow is not None and name == shadow.version,
            )
        )
    return entries


def names(models: Path) -> list[str]:
    """The versions' names, the latest first."""
    if not models.is_dir():
        return []
    return sorted((p.name for p in models.iterdir() if VERSION.fullmatch(p.name)), reverse=True)


def find_version(models: Path, name: str) -> Path:
    """The folder of a version, by its name or the beginning of it; the latest where that is empty.

    Raises SealError where none or several are called so.
    """
    matches = [each for each in names(models) if each.startswith(name)]
    matches = matches if name else matches[:1]
    if len(matches) != 1:
        issue = f"{len(matches)} versions begin with" if matches else "no version is called"
        known = ", ".join(names(models)[:5]) or "none"
        raise SealError(f"{issue} {name[:40]!r}; the latest are {known}")
    return models / matches[0]


def put_in_service(models: Path, version: str) -> None:
    """Serve a version from now on; it is checked file by file before.

    Raises SealError where it is not whole; the version before it then stays.
    """
    SealedModel.open(models / version)
    path = models / HISTORY
    before = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    replace_file(path, f"{before}{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {version}\n")
    replace_file(models / CURRENT, version + "\n")
    if (shadow := in_shadow(models)) and shadow.version == version:
        end_shadow(models)


def put_in_shadow(models: Path, version: str, since: datetime | None = None) -> None:
    """Have a version compared with what is answered from now on, or from `since` on.

    It takes the place of another in the shadow. Raises SealError where it is in service, or is not
    whole.
    """
    if version == current(models).name:
        raise SealError(f"version {version} is in service; a challenger is another one")
    SealedModel.open(models / version)
    moment = since or datetime.now(UTC)
    replace_file(models / SHADOW, f"{moment:%Y-%m-%dT%H:%M:%S}Z {version}\n")


def in_shadow(models: Path) -> Shadow | None:
    """The version in the shadow; None where there is none, or no longer."""
    if not (models / SHADOW).is_file():
        return None
    text = (models / SHADOW).read_text(encoding="utf-8", errors="replace")
    since, _, version = text.strip().partition(" ")
    return Shadow(version, since) if version in names(models) else None


def end_shadow(models: Path) -> None:
    """Compare no version any more."""
    (models / SHADOW).unlink(missing_ok=True)


def history(models: Path) -> list[str]:
    """The versions that were put in service, the first first."""
    if not (models / HISTORY).is_file():
        return []
    lines = (models / HISTORY).read_text(encoding="utf-8", errors="replace").splitlines()
    promoted = (line.rpartition(" ")[2] for line in lines)
    return [name for name in promoted if VERSION.fullmatch(name)]


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
    """Delete all but the `keep` latest versions; never those in service, before it, in the shadow.

    Returns the names of those that are gone.
    """
    kept = set(names(models)[:keep])
    if (models / CURRENT).exists():
        kept.add(current(models).name)
        with suppress(SealError):
            kept.add(before_current(models))
    if shadow := in_shadow(models):
        kept.add(shadow.version)
    gone = [name for name in names(models) if name not in kept]
    for name in gone:
        doomed = models / f".pruned-{name}"  # at once no version any more, however long it takes
        (models / name).rename(doomed)
        shutil.rmtree(doomed, ignore_errors=True)
    return gone
