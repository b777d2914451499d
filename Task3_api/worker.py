"""gunicorn's threaded worker, made to answer short questions fast and beside long ones.

Its threads take turns (see `turns`), none of them waits for a client that has not said a word, and
the workers of a service share the connections out among themselves.
"""

from __future__ import annotations

import selectors
import socket
import time
from functools import partial

from gunicorn.workers.gthread import TConn, ThreadWorker

from Task3_api.turns import Turns

COURTESY = 20e-6  # seconds that a worker lets others go first, for each connection it holds
MOST_COURTESY = 1e-3
LAST_WORDS = 2  # seconds in which a new connection can still ask, once the worker stops


class Worker(ThreadWorker):  # type: ignore[misc] # gunicorn has no types
    """What gunicorn.conf.py names as `worker_class`."""

    def get_thread_pool(self) -> Turns:
        """The threads that answer; gunicorn asks for them once, in the worker's process."""
        return Turns(self.cfg.threads)

    def accept(self, listener: socket.socket) -> None:
        """Take a connection, if no worker with fewer of them has taken it meanwhile.

        All workers hear of it. The first to wake would take one after the other and then keep them:
        clients that stay connected would be served by one worker, while the others have none.
        """
        if self.cfg.workers > 1:
            time.sleep(min(COURTESY * self.nr_conns, MOST_COURTESY))
        super().accept(listener)

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
