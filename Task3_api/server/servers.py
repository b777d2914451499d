"""The three servers that can run the service; all of them serve the same Flask app."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path

from Task3_api.server import metrics_folder
from Task3_api.settings import whole_number

GUNICORN_CONFIGURATION = Path(__file__).with_name("gunicorn.conf.py")
CONNECTIONS = 16_384  # of a worker; a silent one costs it some ten kilobytes
DESCRIPTORS = 3  # that a connection takes at most: itself, its upload, and what is read of that
KEEP_ALIVE = 95  # seconds; the balancers in front drop idle connections after 60 or 90
GRACE = 15  # seconds in which what is being answered may end; platforms kill after 30


def run_granian(host: str, port: int, target: str = "Task3_api.server.asgi:service") -> None:
    """The usual one: slow clients cost it nothing, and a worker that dies is replaced."""
    from granian import Granian  # noqa: PLC0415 (each server is loaded where it is chosen)
    from granian.constants import HTTPModes, Interfaces, RuntimeModes  # noqa: PLC0415
    from granian.http import HTTP1Settings  # noqa: PLC0415
    from granian.log import LogLevels  # noqa: PLC0415

    counted = metrics_folder.prepare(host, port)
    server = Granian(
        target,
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        websockets=False,
        runtime_mode=RuntimeModes.st,
        workers=workers(),
        backlog=2048,
        backpressure=min(CONNECTIONS, _most_descriptors() // DESCRIPTORS),
        http1_settings=HTTP1Settings(
            header_read_timeout=1000 * KEEP_ALIVE, max_buffer_size=1 << 15
        ),
        respawn_failed_workers=True,
        workers_kill_timeout=GRACE,
        log_level=LogLevels.warning,
    )
    if hasattr(os, "register_at_fork"):  # where there is no fork, there is nothing to undo
        os.register_at_fork(after_in_child=_end_when_told)
    try:
        server.serve()
    finally:
        shutil.rmtree(counted, ignore_errors=True)


def run_gunicorn(host: str, port: int) -> None:
    """The best known, for platforms that expect it; something in front must hold slow clients."""
    metrics_folder.prepare(host, port)
    bracketed = f"[{host}]" if ":" in host else host
    options = ["--config", str(GUNICORN_CONFIGURATION), "--bind", f"{bracketed}:{port}"]
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *options])  # noqa: S606


def run_waitress(host: str, port: int) -> None:
    """Python alone, for where neither of the others can be had; one process."""
    import waitress  # noqa: PLC0415

    from Task3_api.app import create_app  # noqa: PLC0415

    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # waitress ends in order at SystemExit
    app = create_app()
    most = app.config["MAX_UPLOAD_LENGTH"] + 1  # its own bound refuses what is as long
    waitress.serve(app, host=host, port=port, threads=8, ident=None, max_request_body_size=most)


SERVERS = {"granian": run_granian, "gunicorn": run_gunicorn, "waitress": run_waitress}


def workers() -> int:
    """Two processes keep answering while one is busy; more cost about 60 MB each."""
    return max(1, whole_number(os.environ, "WEB_CONCURRENCY", 2))


def _end_when_told() -> None:
    """Until a worker listens itself: what it has from its master would swallow a stop."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


def _most_descriptors() -> int:
    """As many files and connections as this process is allowed, from now on."""
    try:
        import resource  # noqa: PLC0415 (not on Windows)
    except ImportError:
        return DESCRIPTORS * CONNECTIONS
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = DESCRIPTORS * CONNECTIONS if hard == resource.RLIM_INFINITY else hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most
