"""gunicorn's threaded worker, made to answer short questions fast and beside long ones.

Its threads take turns (see `turns`), and none waits for a client that has not said a word.
"""

from __future__ import annotations

import selectors
import time
from functools import partial

from gunicorn.workers.gthread import TConn, ThreadWorker

from Task3_api.turns import Turns

LAST_WORDS = 2  # seconds in which a new connection can still ask, once the worker stops


class Worker(ThreadWorker):  # type: ignore[misc] # gunicorn has no types
    """What gunicorn.conf.py names as `worker_class`."""

    def get_thread_pool(self) -> Turns:
        """The threads that answer; gunicorn asks for them once, in the worker's process."""
        return Turns(self.cfg.threads)

    def enqueue_req(self, conn: TConn) -> None:
        """Have a request answered; a connection that is new has to say something first.

        Browsers open some that they may never use, and a thread would wait there for seconds.
        """
        if conn.initialized or conn.data_ready:
            super().enqueue_req(conn)
            return
        conn.sock.setblocking(False)
        conn.set_timeout()
        self.pending_conns.append(conn)
        heard = partial(self.on_pending_socket_readable, conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, heard)

    def set_accept_enabled(self, enabled: bool) -> None:
        """Take new connections or no more; a worker that stops is not held up by silent ones."""
        super().set_accept_enabled(enabled)
        if not self.alive:
            deadline = time.monotonic() + LAST_WORDS
            for conn in self.pending_conns:
                conn.timeout = min(conn.timeout, deadline)
