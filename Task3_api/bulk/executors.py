"""Who answers the pieces: processes of this machine, or the workers of a Dask scheduler."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

from Task2_model.dask_client import dask_client
from Task2_model.parent_watch import end_with
from Task3_api import process_memory

RETRIES = 3  # of a piece whose Dask worker was lost
TRIMMED = "MALLOC_TRIM_THRESHOLD_"  # set by Dask's nanny: 64 KiB


@contextmanager
def local_processes(count: int) -> Iterator[Executor]:
    """Processes of their own, which share nothing with this one, and end when it does."""
    spawn = get_context("spawn")
    with ProcessPoolExecutor(
        count, mp_context=spawn, initializer=end_with, initargs=(os.getpid(),)
    ) as executor:
        try:
            yield executor
        except BaseException:
            executor.shutdown(wait=False, cancel_futures=True)
            raise


@contextmanager
def dask_workers(scheduler: str) -> Iterator[Executor]:
    """The workers that a Dask scheduler has, as one executor; start them with one thread each.

    They need Tablecast, the inputs and the model's folder where this machine has them.
    Raises TablecastError where there is no Dask, or no scheduler that answers.
    """
    with (
        dask_client(scheduler) as client,
        client.get_executor(pure=False, retries=RETRIES) as executor,
    ):
        yield executor


def keep_freed_memory() -> None:
    """In a worker of Dask, let glibc keep what is freed, as it does in any other process.

    Dask has it given back above 64 KiB, so that each array of a piece is fetched from the system
    anew, page by page: answering took three times the processor's time.
    """
    if TRIMMED in os.environ:
        process_memory.keep_freed_memory()
