"""Where answers are kept, by its path or URL."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from Task1_database.file_system import check_file_system
from Task1_database.keep.kept_bucket import KeptBucket
from Task1_database.keep.kept_folder import KeptFolder


def open_keep(where: str, dataset: str, *, read_only: bool = False) -> KeptFolder | KeptBucket:
    """What is kept of a dataset in a folder, or below a URL such as s3://bucket/folder.

    Raises TablecastError where nothing can be kept there.
    """
    if not is_url(where):
        return KeptFolder(
            Path(where.removeprefix("file://")).expanduser().resolve() / dataset,
            read_only=read_only,
        )
    url = f"{where.rstrip('/')}/{dataset}"
    return KeptBucket(url, None if read_only else spool_of(url))


def check_keep(where: str, dataset: str) -> None:
    """Raise TablecastError where nothing can be kept there, as far as it shows without asking."""
    if is_url(where):
        check_file_system(where)
    else:
        open_keep(where, dataset)


def is_url(where: str) -> bool:
    """Whether that is no folder of this machine."""
    return "://" in where and not where.startswith("file://")


def spool_of(url: str) -> KeptFolder:
    """The folder of this machine in which files wait to be sent there.

    TABLECAST_KEEP_SPOOL names its parent; otherwise it is with the temporary files.
    """
    parent = os.environ.get("TABLECAST_KEEP_SPOOL") or tempfile.gettempdir()
    digest = hashlib.sha256(url.encode()).hexdigest()[:16]
    return KeptFolder(Path(parent) / f"tablecast-keep-{digest}")
