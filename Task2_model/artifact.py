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
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from Task1_database.errors import SealError
from Task2_model.conformal import Calibration
from Task2_model.contract import Contract
from Task2_model.ensemble import Ensemble
from Task2_model.forest import Forest
from Task2_model.graph import Graph

MANIFEST = "manifest.json"
CURRENT = "CURRENT"
ENSEMBLE, FOREST, GRAPH = "ensemble.npz", "forest.npz", "model.onnx"
SERVED = ("contract.json", ENSEMBLE, "calibration.npz", "golden.json")  # and FOREST or GRAPH
VERSION = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")


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
    def open(cls, folder: Path) -> SealedModel:
        """Check every file of a sealed model, then read it.

        Raises SealError, naming the file, where one is missing, altered or not in the manifest.
        """
        manifest = _manifest(folder)
        _check_files(folder, manifest)
        names = (*SERVED, FOREST if FOREST in manifest["files"] else GRAPH)
        served = {name: _read_checked(folder, name, manifest) for name in names}
        return cls(
            folder=folder,
            version=manifest["version"],
            manifest=manifest,
            contract=Contract.from_json(served["contract.json"].decode()),
            calibration=Calibration.from_bytes(served["calibration.npz"]),
            members=served[ENSEMBLE],
            runtime=runtime_of(served),
            golden=json.loads(served["golden.json"]),
        )

    def ensemble(self) -> Ensemble:
        """What answers. Make it after a server has forked: see `Graph`."""
        return ensemble_of(self.contract, self.members, self.runtime)


def runtime_of(files: Mapping[str, bytes]) -> Forest | bytes:
    """What a server runs of a model's exported files: see `SealedModel.runtime`."""
    return Forest.from_bytes(files[FOREST]) if FOREST in files else files[GRAPH]


def ensemble_of(contract: Contract, members: bytes, runtime: Forest | bytes) -> Ensemble:
    """What answers, from the bytes of its files."""

    def running(count: int) -> Forest | Graph:
        return runtime if isinstance(runtime, Forest) else Graph(runtime, count)

    return Ensemble.from_bytes(members, contract, running)


def current(models: Path) -> Path:
    """The folder of the version in service among `models` (models/<dataset>)."""
    try:
        version = (models / CURRENT).read_text().strip()
    except FileNotFoundError:
        raise SealError(f"{models}: no model has been trained") from None
    if not VERSION.fullmatch(version):
        raise SealError(f"{models / CURRENT}: {version[:40]!r} is not a version's name")
    return models / version


def seal(staging: Path, models: Path, version: str, facts: dict[str, Any]) -> Path:
    """Write the manifest into `staging`, move it to `models`/`version` and put it in service.

    Parameters
    ----------
    staging : Path
        A complete model, on the same file system as `models`.
    facts : dict
        What the manifest says besides the files: metrics, provenance.
    """
    files = {
        path.relative_to(staging).as_posix(): {"sha256": sha256(path), "bytes": path.stat().st_size}
        for path in sorted(staging.rglob("*"))
        if path.is_file()
    }
    manifest = {"version": version, **facts, "files": files}
    text = json.dumps(manifest, indent=1, ensure_ascii=False, allow_nan=False)
    (staging / MANIFEST).write_text(text + "\n", encoding="utf-8")
    for path in [*staging.rglob("*"), staging]:
        _sync(path)
    folder = models / version
    staging.rename(folder)
    _sync(models)
    _replace(models / CURRENT, version + "\n")
    return folder


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        files = manifest["files"]
        complete = {*SERVED, GRAPH} <= set(files) and isinstance(manifest["version"], str)
    except FileNotFoundError:
        raise SealError(f"{path} is missing; train the model again") from None
    except (ValueError, KeyError, TypeError):
        raise SealError(f"{path} is not a manifest; train the model again") from None
    if not complete:
        raise SealError(f"{path} does not name every file that is served; train the model again")
    return dict(manifest)


def _check_files(folder: Path, manifest: dict[str, Any]) -> None:
    """Walk what is there, not what the manifest names: no path is ever taken from it."""
    present = {
        path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()
    }
    present.pop(MANIFEST)
    for name in sorted(set(present) ^ set(manifest["files"])):
        issue = "is missing" if name in manifest["files"] else "is not in the manifest"
        raise SealError(f"{folder}: {name[:80]} {issue}; the sealed model has been altered")
    for name, path in present.items():
        if sha256(path) != manifest["files"][name]["sha256"]:
            raise SealError(f"{path} differs from its manifest; the sealed model has been altered")


def _read_checked(folder: Path, name: str, manifest: dict[str, Any]) -> bytes:
    """The bytes that were checked are the bytes that are used."""
    data = (folder / name).read_bytes()
    if hashlib.sha256(data).hexdigest() != manifest["files"][name]["sha256"]:
        raise SealError(f"{folder / name} changed while it was read")
    return data


def _replace(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(text)
    _sync(beside)
    beside.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    """Have a file's or a folder's contents on the disk; Windows cannot sync folders."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
