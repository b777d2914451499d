"""Where the figures were taken: the machine and the versions, without names and paths."""

from __future__ import annotations

import platform
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import psutil

from benchmarks.environments import PEERS, SERVING

SERVED = ("Flask", "granian", "numpy")
TRAINED = ("duckdb", "pandas", "scikit-learn")
COMPARED = ("fastapi", "uvicorn", "Flask", "gunicorn", "mlflow", "pandas", "scikit-learn")


def machine() -> str:
    """Cores, processor, memory, system and Python, in one line."""
    memory = psutil.virtual_memory().total / (1 << 30)
    return (
        f"{psutil.cpu_count()} cores ({_processor()}), {memory:.0f} GB of memory, "
        f"{platform.system()} {platform.release().split('-')[0]}, "
        f"Python {platform.python_version()}"
    )


def versions(*, peers: bool) -> list[str]:
    """What was installed, a line for each environment."""
    training = {name: version(name) for name in TRAINED}
    lines = [f"Tablecast, serving: {_listed(SERVING.versions(*SERVED))}"]
    lines += [f"Tablecast, training: {_listed(training)}"]
    if peers:
        lines += [f"peers: {_listed(PEERS.versions(*COMPARED))}"]
    return lines


def _listed(names: dict[str, str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in names.items())


def _processor() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
