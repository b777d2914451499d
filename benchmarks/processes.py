"""A command in a process of its own, with the time and the memory that it took."""

from __future__ import annotations

import os
import resource
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from Task1_database.databases.url import VARIABLES
from Task2_model.openmp import WAITING

ROOT = Path(__file__).resolve().parents[1]
NUMBERS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True)
class Run:
    """A whole process: its seconds, the megabytes of its largest process, what it printed.

    `processor` is the seconds of all its processes on the processor.
    """

    seconds: float
    megabytes: float
    printed: str
    processor: float = float("nan")


def environment(**more: str) -> dict[str, str]:
    """That of this process, with these modules, but no database and no word on threads."""
    left_out = {*VARIABLES, *NUMBERS, *WAITING}
    kept = {name: text for name, text in os.environ.items() if name not in left_out}
    return {**kept, "PYTHONPATH": str(ROOT), **more}


def run(command: Sequence[str], environment: Mapping[str, str]) -> Run:
    """Run a command in a child of its own, so that the peak memory is that of this run alone.

    Raises RuntimeError, with the end of what it said, where the command failed.
    """
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        begun = time.perf_counter()
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        spent = resource.getrusage(resource.RUSAGE_CHILDREN)
        peak, processor = spent.ru_maxrss / 1024, spent.ru_utime + spent.ru_stime
        text = done.stdout if done.returncode == 0 else f"failed: {done.stderr[-400:]}"
        os.write(
            write, f"{time.perf_counter() - begun}\n{peak}\n{processor}\n{text[:2000]}".encode()
        )
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        seconds, megabytes, spent_seconds, printed = pipe.read().split("\n", 3)
    os.waitpid(child, 0)
    if printed.startswith("failed"):
        raise RuntimeError(printed)
    return Run(float(seconds), float(megabytes), printed, float(spent_seconds))
