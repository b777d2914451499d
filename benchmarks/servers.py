"""A server in a process of its own, from its start to its end, and the memory that it took."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import psutil

from benchmarks.processes import environment
from benchmarks.traffic import Request
from Task3_api.server.serve import free_port

FIRST_PORT = 18_500 + os.getpid() % 1_000 * 10  # two that measure at once do not meet
PATIENCE = 120  # seconds until the first answer


@dataclass(frozen=True)
class Service:
    """How to start a server.

    Attributes
    ----------
    command : sequence of str
        Its words; "{port}" stands for the port.
    folder : Path
        The directory to run in.
    environment : mapping
        What it needs beside `processes.environment`.
    first : Request
        What it must answer before it counts as started.
    """

    name: str
    command: Sequence[str]
    folder: Path
    first: Request
    environment: Mapping[str, str] = field(default_factory=dict)


class Server:
    """A service that runs as long as the `with` block.

    Attributes
    ----------
    port : int
    seconds : float
        From the start of the process to the end of its first good answer.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self.port = free_port(FIRST_PORT)
        self.seconds = float("nan")

    def __enter__(self) -> Self:
        self._log: IO[bytes] = tempfile.TemporaryFile()
        command = [word.replace("{port}", str(self.port)) for word in self.service.command]
        begun = time.perf_counter()
        self.process = subprocess.Popen(
            command,
            cwd=self.service.folder,
            env=environment(**self.service.environment),
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )
        try:
            self._wait(begun + PATIENCE)
        except BaseException:
            self.stop()
            raise
        self.seconds = time.perf_counter() - begun
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End it and whatever it started."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self._log.close()

    def megabytes(self) -> float:
        """The peak memory so far of its largest process: a worker, as masters do no work."""
        master = psutil.Process(self.process.pid)
        return max(peak(one.pid) for one in (master, *master.children(recursive=True)))

    def _wait(self, until: float) -> None:
        while time.perf_counter() < until:
            if self.process.poll() is not None:
                break
            with suppress(OSError, http.client.HTTPException):
                if self._answers():
                    return
            time.sleep(0.005)
        self._log.seek(0)
        text = self._log.read().decode(errors="replace")[-2000:]
        raise RuntimeError(f"{self.service.name} gave no first answer:\n{text}")

    def _answers(self) -> bool:
        first = self.service.first
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            kind = {"Content-Type": "application/json"} if first.body else {}
            line.request("POST" if first.body else "GET", first.path, first.body or None, kind)
            answer = line.getresponse()
            return answer.status == 200 and first.holds in answer.read().decode()
        finally:
            line.close()


def peak(process: int) -> float:
    """The most memory that a process ever held (its peak resident set), in megabytes; Linux."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    return float("nan")
