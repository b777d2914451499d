"""What the steps log, on standard error: bars on a terminal, plain lines anywhere else."""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import Any, Self

import click

from Task1_database.progress import ProgressLine

INDENT = "  "
SECONDS = 5.0  # between two plain lines on how far one task is
MANY = 10_000  # that are counted in thousands and millions
TICK = 1.0  # seconds after which a bar shows the time that has passed, even if nothing is done


class ProgressBars:
    """A log that draws; a context manager that leaves the terminal in order.

    A bar says how much of a task is done, how fast that goes and how long the rest will take. It
    stays where it is when the next task begins.
    """

    def __init__(self) -> None:
        self._on_terminal = _is_terminal()
        self._task = ""
        self._bar: Any = None
        self._printed = 0.0
        self._lock = threading.Lock()  # a step may log from several threads
        self._ended = threading.Event()

    def __call__(self, line: str) -> None:
        """Tell a line, or how far a task is."""
        with self._lock:
            self._tell(line)

    def _tell(self, line: str) -> None:
        begins = not isinstance(line, ProgressLine) or line.task != self._task
        if begins:
            self._close(done=True)
        if isinstance(line, ProgressLine) and self._on_terminal:
            self._draw(line)
        elif begins or time.monotonic() >= self._printed + SECONDS:
            click.echo(f"{INDENT}{line}", err=True)
            self._printed = time.monotonic()
        self._task = line.task if isinstance(line, ProgressLine) else ""

    def __enter__(self) -> Self:
        if self._on_terminal:
            threading.Thread(target=self._tick, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        with self._lock:
            self._ended.set()
            self._close(done=kind is None)

    def _tick(self) -> None:
        while not self._ended.wait(TICK):
            with self._lock:
                if self._bar is not None:
                    self._bar.refresh()

    def _draw(self, line: ProgressLine) -> None:
        description = f"{INDENT}{line.task} {line.part}".rstrip()
        if self._bar is None:
            from tqdm import tqdm  # noqa: PLC0415 (whoever serves has no need of it)

            self._bar = tqdm(
                desc=description,
                total=line.total,
                unit=line.unit if line.unit in ("B", "%") else f" {line.unit}",
                unit_scale=line.total >= MANY,
                smoothing=0,
                dynamic_ncols=True,
                file=sys.stderr,
            )
        self._bar.set_description(description, refresh=False)
        self._bar.n = line.done
        self._bar.refresh()

    def _close(self, *, done: bool) -> None:
        """Let go of the bar that there is, full if what it stands for is done."""
        if self._bar is not None:
            if done:
                self._bar.n = self._bar.total
            self._bar.close()
        self._bar = None


def _is_terminal() -> bool:
    """Whether somebody sees standard error, on a screen that has a width."""
    return sys.stderr.isatty() and os.get_terminal_size(sys.stderr.fileno()).columns > 0
