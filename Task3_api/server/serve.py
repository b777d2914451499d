"""The service as a running server: gunicorn where it can be had, waitress elsewhere."""

from __future__ import annotations

import importlib.util
import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from Task1_database.errors import TablecastError
from Task2_model.artifact import SealedModel, current

if TYPE_CHECKING:
    from flask import Flask

CONFIGURATION = Path(__file__).with_name("gunicorn.conf.py")
PORTS_TRIED = 100


def serve(models: Path, *, host: str, port: int = 5000) -> None:
    """Serve the version in service among `models` (models/<dataset>) until told to stop.

    Where gunicorn can be had it replaces this process, and with it whatever training loaded.

    Parameters
    ----------
    port : int
        Where this one is taken, the next that is free serves, and a line says so.

    Raises SealError where there is no sound model, TablecastError where no port is free.
    """
    sealed = SealedModel.open(current(models))
    chosen = free_port(port, host)
    if chosen != port:
        print(f"Port {port} is taken; {chosen} is the next that is free.")
    print(
        f"Serving {sealed.contract.dataset}, version {sealed.version}, at {address(host, chosen)}"
    )
    print("Press Ctrl+C to stop.", flush=True)
    os.environ["MODELS"] = str(models.resolve())
    os.environ.pop("MODEL_DIR", None)
    if importlib.util.find_spec("gunicorn") and os.name != "nt":
        _become_gunicorn(host, chosen)
    _run_waitress(host, chosen)


def free_port(preferred: int, host: str = "127.0.0.1") -> int:
    """`preferred`, or the next port after it that nobody listens on."""
    for port in range(preferred, min(preferred + PORTS_TRIED, 65536)):
        if is_free(port, host):
            return port
    raise TablecastError(f"no port from {preferred} on is free at {host}; name one by --port")


def is_free(port: int, host: str) -> bool:
    """Whether a server could listen there; an unknown host is a TablecastError."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise TablecastError(f"{host} is no address of this machine: {error.strerror}") from None
    family, kind, protocol, _, where = found[0]
    with socket.socket(family, kind, protocol) as probe:
        if os.name != "nt":  # there it would allow two servers on one port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(where)
        except OSError:
            return False
    return True


def address(host: str, port: int) -> str:
    """Where a browser on this machine finds the service."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (names it, binds nothing)
    return f"http://{_bracketed(everywhere.get(host, host))}:{port}"


def gunicorn_app() -> Flask:
    """The service for gunicorn, to which one line tells why there is none."""
    from gunicorn.errors import AppImportError  # noqa: PLC0415 (gunicorn is not everywhere)

    from Task3_api.app import create_app  # noqa: PLC0415

    try:
        return create_app()
    except TablecastError as error:
        raise AppImportError(f"tablecast: {error}") from error


def _become_gunicorn(host: str, port: int) -> None:
    options = ["--config", str(CONFIGURATION), "--bind", f"{_bracketed(host)}:{port}"]
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *options])  # noqa: S606


def _run_waitress(host: str, port: int) -> None:
    import waitress  # noqa: PLC0415 (gunicorn, the usual way, loads neither here)

    from Task3_api.app import create_app  # noqa: PLC0415

    waitress.serve(create_app(), host=host, port=port, threads=8, ident=None)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
