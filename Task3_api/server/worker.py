"""gunicorn's threaded worker, made to answer short questions at once.

gunicorn hands each request from its main thread to another one and back. Python's lock goes along
each time, between cores that run one thread at a time anyway, and that costs more than a question
does. So a question that has come whole is answered by the main thread itself; whatever could take
long, or wait for a client, is left to the other threads as before.

Connections that say nothing take no thread, and the workers of a service share them out.
"""

from __future__ import annotations

import select
import selectors
import socket
import time
from concurrent.futures import Future
from functools import partial

from gunicorn.workers.gthread import TConn, ThreadWorker

# What the shortcut answers in 0.1 ms, and in a few where such a subset is told for the first time.
SHORT: tuple[bytes, ...] = (b"GET /predict?",)
HEAD = 8192  # bytes, as many as gunicorn.conf.py allows a request line
AFTERWARDS = (b"\ncontent-length:", b"\ntransfer-encoding:", b"\nexpect:", b"\nupgrade:")
COURTESY = 20e-6  # seconds that a worker lets others go first, for each connection it holds
MOST_COURTESY = 1e-3
LAST_WORDS = 2  # seconds in which a new connection can still ask, once the worker stops


class Worker(ThreadWorker):  # type: ignore[misc] # gunicorn has no types
    """What gunicorn.conf.py names as `worker_class`."""

    def accept(self, listener: socket.socket) -> None:
        """Take a connection, if no worker with fewer of them has taken it meanwhile.

        All workers hear of it. The first to wake would take one after the other and then keep them:
        clients that stay connected would be served by one worker, while the others have none.
        """
        if self.cfg.workers > 1:
            time.sleep(min(COURTESY * self.nr_conns, MOST_COURTESY))
        super().accept(listener)

    def enqueue_req(self, conn: TConn) -> None:
        """Have a request answered: at once, by another thread, or when there is one.

        Browsers open connections that they may never use, for which a thread would wait seconds.
        """
        if not _is_half_read(conn) and is_short(conn.sock):
            conn.data_ready = True
            outcome: Future[object] = Future()
            outcome.set_result(self.handle(conn))
            self.finish_request(conn, outcome)
        elif conn.initialized or conn.data_ready:
            super().enqueue_req(conn)
        else:
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


def _is_half_read(conn: TConn) -> bool:
    """Whether bytes of a next request were taken along with the one before."""
    return conn.parser is not None and bool(conn.parser.unreader.buf.getvalue())


def is_short(line: socket.socket) -> bool:
    """Whether a connection has sent one short question, whole, and takes its answer at once.

    Neither reading it nor writing its answer can then wait for the client.
    """
    try:
        head = line.recv(HEAD, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except (OSError, ValueError):  # nothing has come, or the line is encrypted
        return False
    if not head.startswith(SHORT) or head.find(b"\r\n\r\n") != len(head) - 4:
        return False
    if any(header in head.lower() for header in AFTERWARDS):
        return False
    room = select.poll()
    room.register(line, select.POLLOUT)
    return bool(room.poll(0))
