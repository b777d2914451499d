"""Waiting for others: for tables that they make, a database that they use, a server that starts."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from Task1_database.errors import DatabaseAway, DatabaseError, DatabaseInUse, TableMissing

Found = TypeVar("Found")
Say = Callable[[str], None]

GRACE = 2.0  # seconds; whoever looks whether a table is there keeps a writer out for a moment
AGAIN = 30.0  # seconds until it is said again what is being waited for
LONGEST_PAUSE = 1.0


def patiently(attempt: Callable[[], Found], seconds: float, say: Say) -> Found:
    """What `attempt` gives, tried until its tables are there and its database answers it.

    Parameters
    ----------
    seconds : float
        For how long to try; 0 not to wait (but a database in use is given a moment's grace).
    say : callable
        Told what is being waited for, once and then every half minute.

    Raises
    ------
    TableMissing, DatabaseInUse, DatabaseAway
        As the last attempt did, when the time is up.
    """
    began = time.monotonic()
    said: dict[str, float] = {}
    while True:
        try:
            return attempt()
        except (TableMissing, DatabaseInUse, DatabaseAway) as error:
            passed = time.monotonic() - began
            if passed >= _patience(error, seconds):
                raise
            _tell(error, passed, seconds - passed, said, say)
            time.sleep(min(LONGEST_PAUSE, 0.1 + passed / 10, _patience(error, seconds) - passed))


def _patience(error: DatabaseError, seconds: float) -> float:
    return max(seconds, GRACE) if isinstance(error, DatabaseInUse) else seconds


def _tell(
    error: DatabaseError, passed: float, left: float, said: dict[str, float], say: Say
) -> None:
    """Say it, unless it was said lately or is likely to be over in a moment."""
    text = str(error)
    first = GRACE if isinstance(error, DatabaseInUse) else 0.0
    due = said[text] + AGAIN if text in said else first
    if left > 0 and passed >= due:
        said[text] = passed
        say(f"{text} ({left:.0f} s left)")
