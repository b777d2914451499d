"""The time limit of a question, held from outside of the server that is asked.

Servers hold a limit between the steps of a statement. A single call of a function can be one step
of whatever length, and one that heeds the limit may end early with a value, as if it were done.
So the clock on this side counts, and a server that does not stop is left alone with its work.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from Task1_database.errors import DatabaseError, QueryTimeout


@contextmanager
def deadline(seconds: float, break_off: Callable[[], object], *, grace: float) -> Iterator[None]:
    """Raise a QueryTimeout where the block takes longer than `seconds`.

    Where it goes on for `grace` longer still, another thread calls `break_off`, which must make it
    fail.
    """
    timer, cause = threading.Timer(seconds + grace, break_off), None
    timer.daemon = True
    end = time.monotonic() + seconds
    timer.start()
    try:
        yield
    except DatabaseError as error:
        cause = error
        if time.monotonic() < end:
            raise
    finally:
        is_late = time.monotonic() >= end
        timer.cancel()
        timer.join()
    if is_late:
        raise QueryTimeout(f"took longer than {seconds:g} seconds") from cause
