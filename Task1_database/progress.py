"""How far a step is: what a `log` is told, by this process or by one that it began.

A log takes lines. Those that say how far a step is are `ProgressLine`s: whoever prints lines prints
them, and whoever can draw a bar finds the numbers in them.
"""

from __future__ import annotations

import json
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

Log = Callable[[str], None]
VARIABLE = "TABLECAST_PROGRESS"  # names the file by which a process tells the one that began it
POLL_SECONDS = 0.2


class ProgressLine(str):
    """A line that says how far a step is.

    Attributes
    ----------
    task : str
        What is being done; the same in all lines about it.
    done, total : float
        How much of it is done, and how much there is.
    unit : str
        Of both: B for bytes, % or a noun such as fits.
    part : str
        What of the task is next, where that has a name.
    """

    task: str
    done: float
    total: float
    unit: str
    part: str

    def __new__(cls, task: str, done: float, total: float, unit: str, part: str = "") -> Self:
        """The line, made of its numbers: at the beginning the task alone."""
        if unit in ("B", "%"):
            amount = f"{100 * done / max(total, 1):.0f} %"
        else:
            amount = f"{done:,.0f} of {total:,.0f} {unit}"
        name = f"{task} {part}".rstrip()
        line = super().__new__(cls, f"{name}, {amount}" if done else name)
        line.task, line.done, line.total, line.unit, line.part = task, done, total, unit, part
        return line


def silent(line: str) -> None:
    """The `log` of a step that tells nobody how far it is."""


@contextmanager
def logged(
    log: Log, task: str, share: Callable[[], float], every: float, size: int = 0
) -> Iterator[None]:
    """Log what begins and, from another thread, how much of it is done.

    Parameters
    ----------
    share : callable
        Tells how much is done, in percent; 0 or less while that is not known.
    every : float
        Seconds between two lines.
    size : int
        How many bytes there are to do, where it is known.
    """
    total, unit = (size, "B") if size else (100, "%")
    ended = threading.Event()

    def log_progress() -> None:
        while not ended.wait(every):
            if (percent := share()) > 0:
                log(ProgressLine(task, min(percent, 100) / 100 * total, total, unit))

    log(ProgressLine(task, 0, total, unit))
    thread = threading.Thread(target=log_progress, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@contextmanager
def relayed(log: Log) -> Iterator[Path]:
    """A file for `$TABLECAST_PROGRESS` of a process: what it tells its `inherited` log is logged.

    A thread reads it as it grows; what stands there at the end is logged before the end.
    """
    with tempfile.TemporaryDirectory(prefix="tablecast-") as folder:
        path = Path(folder) / "progress.jsonl"
        path.touch()
        ended = threading.Event()
        with path.open(encoding="utf-8") as lines:
            thread = threading.Thread(target=_relay, args=(lines.readline, ended, log), daemon=True)
            thread.start()
            try:
                yield path
            finally:
                ended.set()
                thread.join()


def inherited() -> Log:
    """The log of the process that began this one; a silent one where nobody listens."""
    path = os.environ.get(VARIABLE)
    return silent if not path else lambda line: _append(Path(path), line)


def _append(path: Path, line: str) -> None:
    record: list[str | float] = [str(line)]
    if isinstance(line, ProgressLine):
        record = [line.task, line.done, line.total, line.unit, line.part]
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(record) + "\n")


def _relay(readline: Callable[[], str], ended: threading.Event, log: Log) -> None:
    """Log complete lines; the beginning of one waits for its end."""
    begun = ""
    while True:
        last = ended.wait(POLL_SECONDS)
        while part := readline():
            begun += part
            if begun.endswith("\n"):
                record = json.loads(begun)
                log(ProgressLine(*record) if len(record) > 1 else record[0])
                begun = ""
        if last:
            return
