"""How gunicorn runs the service: on Heroku, and by `tablecast serve --server gunicorn`."""

import errno
import os
import shutil
import time
from pathlib import Path
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from Task3_api.server import metrics_folder
from Task3_api.settings import OPEN, is_open, settings

# The service asks for one row at a time, in several processes: threads inside the numerical
# libraries would fight over the cores. Set before a worker loads them.
for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

# Who starts gunicorn otherwise than by `python -m Task3_api.server` listens on every address.
os.environ.setdefault("TABLECAST_ADDRESS", "0.0.0.0")  # noqa: S104 (tells, binds nothing)

# A line for each request.
os.environ.setdefault("TABLECAST_LOG", "most")

# What is served; the model is named by MODEL_DIR or MODELS in the environment.
wsgi_app = "Task3_api.server.serve:gunicorn_app()"

# Platforms say by PORT where they expect the service, on every address of the container.
bind = f"0.0.0.0:{os.environ.get('PORT', '5000')}"

# Two processes keep answering as one streams a large CSV; benchmarks/RESULTS.md says their memory.
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))


# A slow client holds a thread: the platform in front has to take bodies and answers off it.
class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's own, but that it refuses who comes while it stops, and survives too many."""

    def accept(self, listener: Any) -> None:
        """Where no more files may be open, wait until some are closed, rather than end."""
        try:
            super().accept(listener)
        except OSError as error:
            if error.errno not in (errno.EMFILE, errno.ENFILE):
                raise
            time.sleep(0.05)

    def set_accept_enabled(self, enabled: bool) -> None:
        """Where it takes nobody any more, refuse them."""
        super().set_accept_enabled(enabled)
        if not (enabled or self.alive):
            for listener in self.sockets:
                listener.close()


worker_class = Worker
threads = 8

# Longer than the 60 s, on Heroku 90 s, after which balancers drop an idle connection, so that it
# is they who close it and no request meets a connection that has just gone.
keepalive = 95

# A worker whose main loop is silent for this long is replaced. It is no limit on a request.
timeout = 30

# What is being answered at SIGTERM may finish; platforms kill after 30 s, Docker after 10 s
# by default, and a stop that takes longer than this is not worth waiting for.
graceful_timeout = 15

# Each worker loads the model itself: threads that the runtime starts do not survive a fork.
preload_app = False

# The heartbeat is a file, and a container's disk can block for longer than `timeout`.
shared_memory = Path("/dev/shm")  # noqa: S108 (gunicorn makes its file safely)
worker_tmp_dir = str(shared_memory) if shared_memory.is_dir() else None

# A query with every feature of a wide table is longer than the default of 4,094 bytes.
limit_request_line = 8190

# Nothing manages a running server through a socket, and the home may be read-only.
control_socket_disable = True


# Where the processes count together; a reload keeps it.
if metrics_folder.VARIABLE not in os.environ:
    metrics_folder.prepare("gunicorn", os.getpid())


def on_exit(_: Any) -> None:
    """Leave nothing behind."""
    shutil.rmtree(os.environ[metrics_folder.VARIABLE], ignore_errors=True)


def when_ready(server: Any) -> None:
    """Say it plainly where everybody may ask."""
    if is_open(settings(os.environ)):
        server.log.warning(OPEN)


def post_worker_init(worker: Any) -> None:
    """Say what is served, where it is heard: in the log of every worker."""
    from Task3_api.mounts import served_lines  # noqa: PLC0415 (a worker loads what it needs itself)

    for line in served_lines(worker.wsgi):
        worker.log.info("%s", line)
