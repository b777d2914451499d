"""Waiting for others: for tables that they make, a database that they use, a server that starts."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from Task1_database.errors import DatabaseAway, DatabaseError, DatabaseInUse, TableMissing
from Task1_database.progress import Log

T = TypeVar("T")

IN_USE_SECONDS = 2.0  # whoever looks whether a table is there keeps a writer out for a moment
LOG_INTERVAL = 30.0  # seconds until it is logged again what is being waited for
MAX_PAUSE = 1.0


def with_retries(attempt: Callable[[], T], seconds: float, log: Log) -> T:
    """What `attempt` returns, tried until its tables are there and its database answers it.

    Parameters
    ----------
    seconds : float
        For how long to try; 0 not to wait (but a database in use is given a moment).
    log : callable
        Gets a line on what is being waited for, once and then every half minute.

    Raises TableMissing, DatabaseInUse or DatabaseAway as the last attempt did, when time is up.
    """
    start = time.monotonic()
    last_logged: dict[str, float] = {}
    while True:
        try:
            return attempt()
        except (TableMissing, DatabaseInUse, DatabaseAway) as error:
            elapsed = time.monotonic() - start
            limit = max(seconds, IN_USE_SECONDS) if isinstance(error, DatabaseInUse) else seconds
            if elapsed >= limit:
                raise
            _log_waiting(error, elapsed, seconds - elapsed, last_logged, log)
            time.sleep(min(MAX_PAUSE, 0.1 + elapsed / 10, limit - elapsed))


def _log_waiting(
    error: DatabaseError, elapsed: float, left: float, last_logged: dict[str, float], log: Log
) -> None:
    """Log it, unless it was logged lately or is likely to be over in a moment."""
    text = str(error)
    due = IN_USE_SECONDS if isinstance(error, DatabaseInUse) else 0.0
    if text in last_logged:
        due = last_logged[text] + LOG_INTERVAL
    if left > 0 and elapsed >= due:
        last_logged[text] = elapsed
        log(f"{text} ({left:.0f} s left)")
