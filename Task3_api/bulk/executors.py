"""Who answers the pieces: processes of this machine, or the workers of a Dask scheduler."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

from Task1_database.errors import TablecastError

RETRIES = 3  # of a piece whose Dask worker was lost


@contextmanager
def local_processes(count: int) -> Iterator[Executor]:
    """Processes of their own, which share nothing with this one."""
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as executor:
        try:
            yield executor
        except BaseException:
            executor.shutdown(wait=False, cancel_futures=True)
            raise


@contextmanager
def dask_workers(scheduler: str) -> Iterator[Executor]:
    """The workers that a Dask scheduler has, as one executor; start them with one thread each.

    They need Tablecast, the inputs and the model's folder where this machine has them.
    Raises TablecastError where the scheduler does not answer.
    """
    from distributed import Client  # noqa: PLC0415 (an extra of its own)

    try:
        client = Client(scheduler, timeout=10)
    except (OSError, ValueError) as error:
        raise TablecastError(f"no Dask scheduler answers at {scheduler} ({error})") from None
    with client, client.get_executor(pure=False, retries=RETRIES) as executor:
        yield executor
