"""Opening the database that a URL names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from Task1_database.databases.base import Database
from Task1_database.databases.url import FORMS, safe_url
from Task1_database.errors import DatabaseError


def connect(url: str, *, read_only: bool = False, files: Sequence[Path] = ()) -> Database:
    """Open the database at `url`, such as duckdb:///folder/houses.duckdb: see url.py.

    Parameters
    ----------
    read_only : bool
        Whether nothing may be changed, which lets several processes read at once.
    files : sequence of Path
        The CSV files that may be loaded; SQL can reach no other file.

    Raises DatabaseInUse if another process is writing to it, or reads it while this one wants to
    write; DatabaseAway if its server does not answer; TableMissing if it is to be read and is not
    there; DatabaseError if the URL is not one, or cannot be opened.
    """
    scheme = url.partition(":")[0]
    with _driver(scheme):
        if scheme == "duckdb":
            from Task1_database.databases.duckdb_database import DuckDatabase  # noqa: PLC0415 (on demand)

            return DuckDatabase(url, read_only=read_only, files=files)
        if scheme == "mysql":
            from Task1_database.databases.mysql_session import MysqlSession  # noqa: PLC0415
            from Task1_database.databases.server_database import ServerDatabase  # noqa: PLC0415

            return ServerDatabase(MysqlSession, url, read_only=read_only)
        if scheme in {"postgresql", "postgres"}:
            from Task1_database.databases.postgres_session import PostgresSession  # noqa: PLC0415
            from Task1_database.databases.server_database import ServerDatabase  # noqa: PLC0415

            return ServerDatabase(PostgresSession, url, read_only=read_only)
    raise DatabaseError(f"{safe_url(url)!r} is not a database; expected {FORMS}")


@contextmanager
def _driver(scheme: str) -> Iterator[None]:
    """Say what to install, where the driver is not."""
    try:
        yield
    except ImportError as error:
        extras = {"duckdb": "train", "mysql": "train,mysql"}.get(scheme, "train,postgres")
        what = f"{scheme}:// needs a driver ({error})"
        raise DatabaseError(f"{what}; pip install 'tablecast[{extras}]'") from error
