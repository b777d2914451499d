"""gunicorn's threaded worker, whose threads take turns (see `turns`)."""

from __future__ import annotations

from gunicorn.workers.gthread import ThreadWorker

from Task3_api.turns import Turns


class Worker(ThreadWorker):  # type: ignore[misc] # gunicorn has no types
    """What gunicorn.conf.py names as `worker_class`."""

    def get_thread_pool(self) -> Turns:
        """The threads that answer; gunicorn asks for them once, in the worker's process."""
        return Turns(self.cfg.threads)
