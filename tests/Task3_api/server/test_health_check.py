"""The health check of a container."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from Task3_api.server.health_check import ready
from tests.live import Live, own_port

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the running server is gunicorn")


def exit_code(port: int) -> int:
    command = [sys.executable, "-m", "Task3_api.server.health_check"]
    return subprocess.run(command, check=False, env={**os.environ, "PORT": str(port)}).returncode


def test_a_service_that_answers_is_healthy(live: Live) -> None:
    assert ready(live.port)
    assert exit_code(live.port) == 0


def test_where_nothing_answers_nothing_is_healthy() -> None:
    port = own_port()
    assert not ready(port)
    assert exit_code(port) == 1
