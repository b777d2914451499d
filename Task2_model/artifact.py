"""The sealed model: a directory that is either whole and unaltered, or not used at all.

`models/<dataset>/<version>/` is written beside its final place, synced and renamed; then
`models/<dataset>/CURRENT`, a file that holds the version's name, is replaced. A kill at any
moment leaves the version before it in service. The manifest holds the SHA-256 of every other
file, and `SealedModel.open` checks all of them before it reads any.

The server imports this module, so it needs nothing but NumPy.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from Task1_database.errors import SealError
from Task1_database.scratch_folder import scratch_folder
from Task1_database.whole_file import sync, write_whole
from Task2_model.calibration import Calibration
from Task2_model.contract import Contract
from Task2_model.ensemble import Ensemble
from Task2_model.forest import Forest
from Task2_model.forest_file import ForestFile
from Task2_model.graph import Graph
from Task2_model.manifest import (
    FORMAT,
    MANIFEST,
    TRAIN_AGAIN,
    VERSION,
    checked_files,
    file_entries,
    open_file,
    read_manifest,
)
from Task2_model.small_forest import SmallForest

CURRENT = "CURRENT"
STAGING = ".staging-"  # what the folders begin with in which something is made
ENSEMBLE, FOREST, GRAPH = "ensemble.npz", "forest.npz", "model.onnx"
SERVED = ("contract.json", ENSEMBLE, "calibration.npz", "golden.json")  # and FOREST or GRAPH


@dataclass(frozen=True)
class SealedModel:
    """A sealed model whose files are all what the manifest says.

    Attributes
    ----------
    folder : Path
    version : str
    manifest : dict
        Metrics and provenance; see `seal`.
    members : bytes
        What the members have in common: see `Ensemble.from_bytes`.
    runtime : Forest or bytes
        What makes the members' parts of rows: a serialised ONNX graph where the model is no
        forest.
    golden : list of dict
        Requests with the answers that the model gave offline.
    """

    folder: Path
    version: str
    manifest: dict[str, Any]
    contract: Contract
    calibration: Calibration
    members: bytes
    runtime: Forest | bytes
    golden: list[dict[str, Any]]

    @classmethod
    def open(cls, folder: Path, pin: str = "", *, small: bool = False) -> SealedModel:
        """Check every file of a sealed model, then read it.

        Parameters
        ----------
        pin : str
            The SHA-256 of the manifest that alone will do; empty for any.
        small : bool
            Whether memory matters more than some microseconds: see `SmallForest`.

        Raises SealError, naming the file, where one is missing, altered, not in the manifest or
        not what a release of this format writes.
        """
        manifest = read_manifest(folder, pin)
        names = (*SERVED, FOREST if FOREST in manifest["files"] else GRAPH)
        for name in names:
            if name not in manifest["files"]:
                raise SealError(f"{folder / MANIFEST} does not name {name}; {TRAIN_AGAIN}")
        served = checked_files(folder, manifest, names)
        with _parsing(folder / "contract.json"):
            contract = Contract.from_json(served["contract.json"])
        with _parsing(folder / "calibration.npz"):
            calibration = Calibration.from_bytes(served["calibration.npz"])
        with _parsing(folder / "golden.json"):
            golden = list(json.loads(served["golden.json"]))
        with _parsing(folder / names[-1]):
            runtime = runtime_of(served, small=small)
        return cls(
            folder=folder,
            version=manifest["version"],
            manifest=manifest,
            contract=contract,
            calibration=calibration,
            members=served[ENSEMBLE],
            runtime=runtime,
            golden=golden,
        )

    def ensemble(self) -> Ensemble:
        """What answers. Make it after a server has forked: see `Graph`."""
        return ensemble_of(self.contract, self.members, self.runtime)


def runtime_of(files: Mapping[str, bytes], *, small: bool = False) -> Forest | bytes:
    """What a server runs of a model's exported files: see `SealedModel.runtime`."""
    if FOREST not in files:
        return files[GRAPH]
    kind = SmallForest if small else Forest
    return kind(ForestFile.from_bytes(files[FOREST]))


def ensemble_of(contract: Contract, members: bytes, runtime: Forest | bytes) -> Ensemble:
    """What answers, from the bytes of its files."""

    def running(count: int) -> Forest | Graph:
        return runtime if isinstance(runtime, Forest) else Graph(runtime, count)

    return Ensemble.from_bytes(members, contract, running)


def current(models: Path) -> Path:
    """The folder of the version in service among `models` (models/<dataset>)."""
    path = models / CURRENT
    if not path.exists():
        train = f"`tablecast train {models.name}` trains one"
        raise SealError(f"{models}: no model has been trained; {train}")
    with open_file(path.resolve()) as file:
        version = file.read(80).decode(errors="replace").strip()
    if not VERSION.fullmatch(version):
        raise SealError(f"{path}: {version[:40]!a} is not a version's name")
    return models / version


def seal(staging: Path, models: Path, version: str, facts: dict[str, Any]) -> Path:
    """Write the manifest into `staging` and move it to `models`/`version`.

    Parameters
    ----------
    staging : Path
        A complete model, on the same file system as `models`.
    facts : dict
        What the manifest says besides the files: metrics, provenance.
    """
    manifest = {"format": FORMAT, "version": version, **facts, "files": file_entries(staging)}
    text = json.dumps(manifest, indent=1, ensure_ascii=False, allow_nan=False)
    (staging / MANIFEST).write_text(text + "\n", encoding="utf-8")
    for path in [*staging.rglob("*"), staging]:
        sync(path)
    folder = models / version
    staging.rename(folder)
    sync(models)
    return folder


def version_name(staging: Path) -> str:
    """When it was made, to the second, and the first digits of the hash of all that was made."""
    made = json.dumps(file_entries(staging), sort_keys=True).encode()
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{hashlib.sha256(made).hexdigest()[:8]}"


@contextmanager
def _parsing(path: Path) -> Iterator[None]:
    """Have whatever is wrong inside of a file said in one line that names it."""
    try:
        yield
    except Exception as error:  # NumPy, zipfile and json each raise kinds of their own
        issue = " ".join(str(error).split()) or type(error).__name__
        raise SealError(f"{path} is malformed: {issue}; {TRAIN_AGAIN}") from error


def replace_file(path: Path, text: str) -> None:
    """Have a small file hold another text; what a kill leaves is removed by the next to write."""
    with scratch_folder(path.parent, STAGING) as folder:
        write_whole(path, text.encode(), beside=folder / path.name)
