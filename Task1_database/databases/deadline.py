"""The time limit of a question, held from outside of the server that is asked.

Servers hold a limit between the steps of a statement. A single call of a function can be one step
of whatever length, and one that heeds the limit may end early with a value, as if it were done.
So the clock on this side counts, and a server that does not stop is left alone with its work.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from Task1_database.errors import DatabaseError, QueryTimeout

GRACE = 2.0  # seconds in which a server may stop by itself, which keeps the connection


class Deadline:
    """A QueryTimeout for a `with` block that takes longer than `seconds`.

    Parameters
    ----------
    seconds : float
    break_off : callable
        Called by another thread where the block goes on for longer still; must make it fail.
    """

    def __init__(self, seconds: float, break_off: Callable[[], None]) -> None:
        self._seconds = seconds
        self._timer = threading.Timer(seconds + GRACE, break_off)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._end = time.monotonic() + self._seconds
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        is_late = time.monotonic() >= self._end
        self._timer.cancel()
        self._timer.join()
        if is_late and (error is None or isinstance(error, DatabaseError)):
            raise QueryTimeout(f"took longer than {self._seconds:g} seconds") from error
