"""From datasets' models to a running server: the versions in service, and a port that is free."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from Task1_database.errors import SealError, TablecastError
from Task2_model.artifact import SealedModel, current
from Task3_api.current_model import model_folder, pinned
from Task3_api.mounts import mounted_folders

if TYPE_CHECKING:
    from flask import Flask

PORTS_TRIED = 100


def serve(*models: Path, host: str, port: int = 5000, server: str = "granian") -> None:
    """Serve the version in service among `models` (models/<dataset>) until told to stop.

    The server replaces this process, and with it whatever training loaded.

    Parameters
    ----------
    models : Path
        Several are served below their names; so are all that one folder holds.
    port : int
        Where this one is taken, the next that is free serves, and a line says so.
    server : str
        One of `SERVERS`.

    Raises SealError where there is no sound model, TablecastError where no port is free.
    """
    named = {"MODELS": os.pathsep.join(str(folder.absolute()) for folder in models)}
    opened = check_models(named)
    chosen = free_port(port, host)
    if chosen != port:
        print(f"Port {port} is taken; {chosen} is the next that is free.")
    for name, found in opened.items():
        print(_line(name, found, address(host, chosen)))
    print("Press Ctrl+C to stop.", flush=True)
    os.environ.update(named)
    os.environ.pop("MODEL_DIR", None)
    options = ["--server", server, "--host", ip_of(host), "--port", str(chosen)]
    command = [sys.executable, "-m", "Task3_api.server", *options]
    if os.name == "nt":  # there, exec would give the terminal back at once
        sys.exit(subprocess.run(command, check=False).returncode)  # noqa: S603
    os.execv(sys.executable, command)  # noqa: S606


def check_models(environment: Mapping[str, str]) -> dict[str, SealedModel | TablecastError]:
    """The models that it names, or what is wrong with them; the name of one alone is empty.

    Raises TablecastError where there is no model that can be served.
    """
    folders = mounted_folders(environment)
    if not folders:
        return {"": SealedModel.open(model_folder(environment), pinned(environment))}
    found = {name: _opened(folder) for name, folder in folders.items()}
    if not any(isinstance(each, SealedModel) for each in found.values()):
        raise SealError("; ".join(f"{name}: {each}" for name, each in found.items()))
    return found


def _opened(folder: Path) -> SealedModel | TablecastError:
    try:
        return SealedModel.open(current(folder))
    except TablecastError as error:
        return error


def _line(name: str, found: SealedModel | TablecastError, url: str) -> str:
    """What is told at the start of one model."""
    if isinstance(found, SealedModel):
        at = f"{url}/{name}/" if name else url
        return f"Serving {found.contract.dataset}, version {found.version}, at {at}"
    return f"Not serving {name}: {found}"


def free_port(preferred: int, host: str = "127.0.0.1") -> int:
    """`preferred`, or the next port after it that nobody listens on."""
    for port in range(preferred, min(preferred + PORTS_TRIED, 65536)):
        if is_free(port, host):
            return port
    raise TablecastError(f"no port from {preferred} on is free at {host}; name one by --port")


def is_free(port: int, host: str) -> bool:
    """Whether a server could listen there; an unknown host is a TablecastError."""
    family, where = _resolve(host, port)
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if os.name != "nt":  # there it would allow two servers on one port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(where)
        except OSError:
            return False
    return True


def ip_of(host: str) -> str:
    """The numeric address of a host of this machine; an unknown one is a TablecastError."""
    return str(_resolve(host, 0)[1][0])


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


def _resolve(host: str, port: int) -> tuple[int, Any]:
    try:
        family, _, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise TablecastError(f"{host} is no address of this machine: {error.strerror}") from None
    return family, where


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
