"""A client of a Dask scheduler; Dask is an extra of its own, and imported where it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from Task1_database.errors import TablecastError

if TYPE_CHECKING:
    from distributed import Client

PATIENCE = 10  # seconds until a scheduler answers


def dask_client(scheduler: str) -> Client:
    """A client of the scheduler at that address, to be closed by the caller.

    Raises TablecastError where Dask is not installed, or the scheduler does not answer.
    """
    try:
        from distributed import Client  # noqa: PLC0415 (an extra of its own)
    except ModuleNotFoundError as error:
        needed = f"a Dask scheduler needs {error.name}, which is not installed"
        raise TablecastError(f"{needed}; pip install 'tablecast[dask]'") from None
    try:
        return Client(scheduler, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise TablecastError(f"no Dask scheduler answers at {scheduler} ({error})") from None
