"""The file system of a path or URL, by fsspec; what cannot be opened is said in one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from Task1_database.errors import TablecastError

EXTRAS = {"s3": "s3", "s3a": "s3"}  # what `pip install 'tablecast[…]'` brings, by a URL's scheme


def open_file_system(url: str, **options: object) -> tuple[Any, str]:
    """The fsspec file system of a path or URL, and the path in it.

    Parameters
    ----------
    options
        For the file system: what fsspec takes for one of that kind.

    Raises TablecastError where no such kind is known, or what speaks to it is not installed.
    """
    with _errors(url):
        from fsspec.core import url_to_fs  # noqa: PLC0415 (who keeps answers in a folder has none)

        file_system, path = url_to_fs(url, **options)
    return file_system, str(path)


def check_file_system(url: str) -> None:
    """Raise what `open_file_system` would, without opening: so a process may fork afterwards."""
    with _errors(url):
        from fsspec import get_filesystem_class  # noqa: PLC0415 (as above)

        get_filesystem_class(url.partition(":")[0])


@contextmanager
def _errors(url: str) -> Iterator[None]:
    scheme = url.partition(":")[0]
    try:
        yield
    except ImportError as error:
        extra = f"; pip install 'tablecast[{EXTRAS[scheme]}]'" if scheme in EXTRAS else ""
        raise TablecastError(f"{url} cannot be opened: {error}{extra}") from error
    except ValueError as error:
        issue = str(error)
        if issue.startswith("Protocol not known"):
            issue = f"{scheme}:// is no kind of store that is known"
        raise TablecastError(f"{url} cannot be opened: {issue}") from error
