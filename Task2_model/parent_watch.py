"""Helper processes end with the process that they work for, even if that is killed."""

from __future__ import annotations

import os
import threading
import time

WATCH_SECONDS = 0.5


def end_with(parent: int) -> None:
    """End this process soon after its parent's end, whatever it is doing."""
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(WATCH_SECONDS)
    os._exit(1)
