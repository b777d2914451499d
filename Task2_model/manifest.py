"""The manifest of a sealed model: what its folder holds, file by file, and nothing else.

`read_manifest` takes only what this release understands; `checked_files` walks the folder and
refuses whatever is not exactly as the manifest says. No path is ever taken from the manifest, no
link is followed, and nothing but an ordinary file is opened.

The server imports this module, so it needs nothing beyond the standard library.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import stat
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path, PurePosixPath
from typing import Any

from Task1_database.errors import SealError

MANIFEST = "manifest.json"
ADDED = "registered_model_meta"  # by MLflow's registry, to the folder it loads from; never opened
FORMAT = 1  # of a sealed model: raised by whatever an older release could not serve
VERSION = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")
SHA256 = re.compile(r"[0-9a-f]{64}")
MOST_BYTES = 2**26  # of a manifest
SAFELY = sum(getattr(os, flag, 0) for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))
ALTERED = "the sealed model has been altered"
TRAIN_AGAIN = "train the model again"


def read_manifest(folder: Path, pin: str = "") -> dict[str, Any]:
    """The manifest in `folder`.

    Parameters
    ----------
    pin : str
        The SHA-256 that the manifest must have; empty where any will do.

    Raises SealError where it is missing, not a manifest, of another format or not the pinned one.
    """
    path = folder / MANIFEST
    if not os.path.lexists(path):
        raise SealError(f"{path} is missing; {TRAIN_AGAIN}")
    with open_file(path) as file:
        data = file.read(MOST_BYTES)
    if pin and hashlib.sha256(data).hexdigest() != pin:
        raise SealError(f"{path} is not the manifest that MODEL_SHA256 names")
    try:
        manifest = json.loads(data)
    except (ValueError, RecursionError):
        manifest = None
    if not isinstance(manifest, dict) or type(manifest.get("format")) is not int:
        raise SealError(f"{path} is not a manifest; {TRAIN_AGAIN}")
    if manifest["format"] > FORMAT:
        needed = f"its format is {manifest['format']}, and this release knows up to {FORMAT}"
        raise SealError(f"{folder} was made by a newer Tablecast: upgrade ({needed})")
    if issue := _first_issue(manifest, folder.name):
        raise SealError(f"{path} is not a manifest: {issue}; {TRAIN_AGAIN}")
    return manifest


def file_entries(folder: Path) -> dict[str, dict[str, Any]]:
    """What a manifest says of each file in `folder`: its SHA-256 and its size in bytes."""
    return {
        name: {"sha256": sha256(path), "bytes": path.stat().st_size}
        for name, path in sorted(_walk(folder))
        if path.is_file()
    }


def checked_files(
    folder: Path, manifest: dict[str, Any], wanted: Collection[str]
) -> dict[str, bytes]:
    """Check all that lies in `folder`, and read the files of it that are `wanted`.

    The bytes that were checked are the bytes that are returned. Raises SealError, naming the
    first file or folder that is not as the manifest says.
    """
    files = manifest["files"]
    folders = {str(parent) for name in files for parent in PurePosixPath(name).parents}
    present = {}
    for name, path in _walk(folder):
        if path.is_symlink():
            raise SealError(f"{folder}: {_shown(name)} is a link; {ALTERED}")
        if name not in (folders if path.is_dir() else {*files, MANIFEST, ADDED}):
            raise SealError(f"{folder}: {_shown(name)} is not in the manifest; {ALTERED}")
        present[name] = path
    for name in sorted(files):
        if name not in present:
            raise SealError(f"{folder}: {_shown(name)} is missing; {ALTERED}")
    return {
        name: data
        for name, entry in files.items()
        if (data := _checked(present[name], entry, keep=name in wanted)) is not None
    }


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def open_file(path: Path) -> Iterator[BufferedReader]:
    """An ordinary file, to be read; SealError where it is a link, a pipe or cannot be opened."""
    try:
        handle = os.open(path, os.O_RDONLY | SAFELY)
    except OSError as error:
        issue = "is a link" if error.errno == errno.ELOOP else f"cannot be read: {error.strerror}"
        raise SealError(f"{path} {issue}") from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise SealError(f"{path} is not an ordinary file")
    with os.fdopen(handle, "rb") as file:
        yield file


def _first_issue(manifest: dict[str, Any], folder: str) -> str:
    """What is wrong with a manifest of a format that is known; empty where nothing is."""
    version, files = manifest.get("version"), manifest.get("files")
    if not isinstance(version, str) or not VERSION.fullmatch(version):
        return f"{_shown(version)} is not a version's name"
    if VERSION.fullmatch(folder) and folder != version:
        return f"its version is {version}, its folder's {folder}"
    if not isinstance(files, dict):
        return "it does not name the files"
    for name, entry in files.items():
        if not isinstance(entry, dict) or not _is_entry(entry):
            return f"of {_shown(name)} it does not give size and hash"
    return ""


def _is_entry(entry: dict[str, Any]) -> bool:
    digest = entry.get("sha256")
    return (
        type(entry.get("bytes")) is int and isinstance(digest, str) and bool(SHA256.match(digest))
    )


def _walk(folder: Path) -> Iterator[tuple[str, Path]]:
    """Everything below a folder by its relative name, links and empty folders, too."""
    for path in folder.iterdir():
        yield path.name, path
        if path.is_dir() and not path.is_symlink():
            for name, below in _walk(path):
                yield f"{path.name}/{name}", below


def _checked(path: Path, entry: dict[str, Any], *, keep: bool) -> bytes | None:
    """The bytes of a file that is as its manifest says, if they are to be kept."""
    data = None
    with open_file(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size != entry["bytes"]:
            expected = f"{size:,} bytes, expected {entry['bytes']:,}"
            raise SealError(f"{path} differs from its manifest ({expected}); {ALTERED}")
        if keep:
            data = file.read(size)
            digest = hashlib.sha256(data).hexdigest()
        else:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != entry["sha256"]:
        raise SealError(f"{path} differs from its manifest; {ALTERED}")
    return data


def _shown(name: Any) -> str:
    """A name from outside as part of a line."""
    return name[:80] if isinstance(name, str) and name.isprintable() else ascii(name)[:80]
