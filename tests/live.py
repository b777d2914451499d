"""A server in a process of its own, started as users start it."""

from __future__ import annotations

import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from Task3_api.server.serve import free_port


def own_port() -> int:
    """A free port that no other worker of the tests is about to take, either."""
    return free_port(random.randrange(20_000, 32_000))


class Logged(subprocess.Popen[str]):
    """A process whose output goes to files: a pipe that nobody reads would stop it."""

    def __init__(self, command: list[str], **options: Any) -> None:
        self._files = [tempfile.TemporaryFile("w+") for _ in range(2)]  # noqa: SIM115
        self._output: list[str] = []
        out, err = self._files
        super().__init__(command, text=True, stdout=out, stderr=err, **options)

    def communicate(self, input: Any = None, timeout: float | None = None) -> tuple[str, str]:
        """All of its output, once it has ended."""
        self.wait(timeout)
        if not self._output:
            for file in self._files:
                with file:
                    file.seek(0)
                    self._output.append(file.read())
        out, err = self._output
        return out, err


@dataclass
class Live:
    """A server in a process of its own."""

    process: Logged
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, method: str, path: str, **options: Any) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, **options)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def raw(self, sent: bytes, *, cut: bool = False) -> bytes:
        """What is answered to exactly these bytes until the server closes the connection.

        Where they are `cut`, the client says that it sends no more.
        """
        with self.connect() as client:
            client.sendall(sent)
            if cut:
                client.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: client.recv(65536), b""))

    def wait(self) -> None:
        until = time.monotonic() + 30
        while time.monotonic() < until and self.process.poll() is None:
            try:
                if self.ask("GET", "/readyz")[0] == 200:
                    return
            except OSError:
                time.sleep(0.05)
        self.process.kill()
        raise AssertionError("\n".join(self.process.communicate()))

    def stop(self) -> tuple[str, str]:
        self.process.send_signal(signal.SIGTERM)
        return self.process.communicate(timeout=20)


def start(command: list[str], port: int, home: Path, workers: int = 1, **settings: str) -> Live:
    own = {"TABLECAST_HOME": str(home), "WEB_CONCURRENCY": str(workers)}
    environment = {**os.environ, **own, **settings}
    live = Live(Logged([sys.executable, *command], cwd=home, env=environment), port)
    live.wait()
    return live
