"""Tasks side by side, by joblib: in processes or threads of this machine, or by Dask's workers.

The processes end when the process that they work for does.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

from joblib import Parallel, delayed, parallel_config
from joblib.parallel import BACKENDS, DEFAULT_BACKEND, get_active_backend
from threadpoolctl import threadpool_limits

from Task2_model.dask_client import dask_client
from Task2_model.parent_watch import end_with

VARIABLE = "TABLECAST_SCHEDULER"  # names a Dask scheduler whose workers shall do it

Task = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]  # what joblib's `delayed` makes


def side_by_side(tasks: Iterable[Task], *, large: bool = False) -> Iterator[Any]:
    """What each of joblib's tasks returns, in their order.

    Where $TABLECAST_SCHEDULER names a Dask scheduler, its workers do them; where whoever calls has
    chosen a backend by `joblib.parallel_config`, that one does; else this machine, a core each.

    Parameters
    ----------
    large : bool
        Whether tasks have so many rows that threads, which share them, are faster than processes.

    Raises TablecastError where the scheduler cannot be had.
    """
    scheduler = os.environ.get(VARIABLE)
    if scheduler:
        with dask_client(scheduler) as client, parallel_config("dask", client=client):
            yield from _elsewhere(tasks)
    elif _is_chosen():
        yield from _elsewhere(tasks)
    elif large:
        alone = (delayed(_on_one_thread)(task) for task in tasks)
        yield from Parallel(-1, backend="threading", return_as="generator")(alone)
    else:
        with _own_processes():
            yield from Parallel(-1, return_as="generator", max_nbytes=None)(tasks)


def _is_chosen() -> bool:
    """Whether a caller has set another backend than joblib's own."""
    backend, _ = get_active_backend()
    return not isinstance(backend, BACKENDS[DEFAULT_BACKEND])


def _elsewhere(tasks: Iterable[Task]) -> Iterator[Any]:
    """The results, to the last bit as if processes of this machine had sent them.

    Arrays that Dask received may not be aligned, and NumPy sums such ones up in another order: so
    what is received is copied, here and there.
    """
    copied = (delayed(_on_copies)(work, *given, **named) for work, given, named in tasks)
    for result in Parallel(-1, return_as="generator")(copied):
        yield deepcopy(result)


def _on_copies(work: Callable[..., Any], *given: Any, **named: Any) -> Any:
    return work(*deepcopy(given), **deepcopy(named))


def _on_one_thread(task: Task) -> Any:
    """What the task returns; OpenMP keeps a number of threads for each thread that asks it."""
    work, given, named = task
    with threadpool_limits(1, "openmp"):
        return work(*given, **named)


@contextmanager
def _own_processes() -> Iterator[None]:
    """Have joblib work in processes; idle ones would outlive a killed parent by five minutes."""
    ends = {"initializer": end_with, "initargs": (os.getpid(),)}
    with parallel_config("loky", inner_max_num_threads=1, **ends):
        yield
