from __future__ import annotations

import os
import subprocess
import sys

from Task2_model.openmp import WAITING

BEGUN = "import os, tablecast.command_line as _; print(*map(os.environ.get, {}))"


def begun_with(**variables: str) -> list[str]:
    """What the variables are once the command line is there."""
    environment = {name: text for name, text in os.environ.items() if name not in WAITING}
    done = subprocess.run(
        [sys.executable, "-c", BEGUN.format(list(WAITING))],
        env=environment | variables,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_threads_look_for_a_moment_and_then_sleep() -> None:
    assert begun_with() == list(WAITING.values())


def test_whoever_begins_it_may_have_them_wait_otherwise() -> None:
    assert begun_with(OMP_WAIT_POLICY="active", GOMP_SPINCOUNT="7") == ["active", "7"]
