"""Processes that fit side by side end with the process that they work for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

WORK = """
import os, sys, time
from joblib import Parallel, delayed
from Task2_model.worker_processes import worker_processes

def work(i):
    time.sleep(0.3)
    return os.getpid()

with worker_processes(1):
    print(*set(Parallel(2)(delayed(work)(i) for i in range(4))), flush=True)
    time.sleep(60)  # the workers are idle
"""


def alive(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z"


def test_idle_workers_of_a_killed_process_are_gone_within_seconds() -> None:
    process = subprocess.Popen([sys.executable, "-c", WORK], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    workers = [int(pid) for pid in process.stdout.readline().split()]
    assert len(workers) == 2
    assert all(map(alive, workers))
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    until = time.monotonic() + 10
    while any(map(alive, workers)):
        assert time.monotonic() < until
        time.sleep(0.1)
