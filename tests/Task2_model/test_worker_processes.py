"""Tasks side by side: whoever does them, the model is the same; processes end with their parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from distributed import LocalCluster
from joblib import delayed, parallel_config
from threadpoolctl import threadpool_info, threadpool_limits

import tablecast
from Task1_database.databases.connect import connect
from Task1_database.errors import TablecastError
from Task1_database.load import load
from Task2_model.study import Study
from Task2_model.worker_processes import VARIABLE, side_by_side
from tests.little_dataset import boats

WORK = """
import os, sys, time
from joblib import delayed
from Task2_model.worker_processes import side_by_side

def work(i):
    time.sleep(0.3)
    return os.getpid()

print(*set(side_by_side([delayed(work)(i) for i in range(8)])), flush=True)
time.sleep(60)  # the workers are idle
"""


def alive(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z"


def test_idle_workers_of_a_killed_process_are_gone_within_seconds() -> None:
    process = subprocess.Popen([sys.executable, "-c", WORK], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    workers = [int(pid) for pid in process.stdout.readline().split()]
    assert workers
    assert all(map(alive, workers))
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    until = time.monotonic() + 10
    while any(map(alive, workers)):
        assert time.monotonic() < until
        time.sleep(0.1)


def exported(url: str, folder: Path) -> dict[str, bytes]:
    """What is sealed of a model that is trained here and now.

    model.joblib is left out: what is a copy in a pickle, and what a reference, differs by the run.
    """
    dataset = boats(folder.with_name("dataset"), {"boats.csv": BOATS})
    with connect(url, read_only=True) as database:
        Study.read(database, dataset).export(folder)
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix != ".joblib"}


ROWS = (f"{i},{8 + i * 7 % 50},{100 + i * 7 % 50 * 9 + i % 11},,{'ab'[i % 2]}" for i in range(400))
BOATS = "\n".join(["id,Size,Price,Built,Kind", *ROWS]) + "\n"


@pytest.mark.slow
def test_dask_s_workers_make_the_same_model_to_the_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"duckdb:///{tmp_path}/boats.duckdb"
    list(load(boats(tmp_path / "dataset", {"boats.csv": BOATS}), url))
    here = exported(url, tmp_path / "here")
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster:
        monkeypatch.setenv(VARIABLE, cluster.scheduler_address)
        there = exported(url, tmp_path / "there")
    assert here.keys() == there.keys()
    assert [name for name, data in here.items() if data != there[name]] == []


@pytest.mark.slow
def test_a_training_that_loses_a_worker_of_dask_ends_and_the_same_command_begins_again(
    tmp_path: Path,
) -> None:
    dataset = boats(tmp_path / "boats", {"boats.csv": BOATS})
    environment = {**os.environ, "TABLECAST_HOME": str(tmp_path)}
    begin = [sys.executable, "-m", "tablecast"]
    subprocess.run([*begin, "load", str(dataset.folder)], env=environment, check=True)
    subprocess.run([*begin, "train", str(dataset.folder)], env=environment, check=True)
    current = tmp_path / "models" / dataset.name / "CURRENT"
    before = current.read_bytes()
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster:
        train = [*begin, "train", str(dataset.folder), "--scheduler", cluster.scheduler_address]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        training = subprocess.Popen(train, env=environment, text=True, **pipes)  # type: ignore[call-overload]
        assert training.stdout
        while "fitting" not in training.stdout.readline():
            pass
        until = time.monotonic() + 60
        while not any(cluster.scheduler.workers[w].processing for w in cluster.scheduler.workers):
            assert time.monotonic() < until
            time.sleep(0.01)
        for worker in cluster.workers.values():
            os.kill(worker.process.process.pid, signal.SIGKILL)
        rest, _ = training.communicate(timeout=120)
        assert (training.returncode, "Traceback" in rest) == (1, False), rest
        assert current.read_bytes() == before
        subprocess.run(train, env=environment, check=True)
    assert current.exists()


def test_a_backend_that_the_caller_chose_is_used() -> None:
    with parallel_config("threading"):
        assert set(side_by_side([delayed(os.getpid)() for _ in range(4)])) == {os.getpid()}
    assert os.getpid() not in set(side_by_side([delayed(os.getpid)() for _ in range(4)]))


def openmp_threads(index: int) -> tuple[int, int, set[int]]:
    time.sleep(0.1 * (index == 0))  # the first is not done first
    made = {one["num_threads"] for one in threadpool_info() if one["user_api"] == "openmp"}
    return index, os.getpid(), made


def test_of_a_large_table_threads_do_them_on_a_core_each() -> None:
    with threadpool_limits(2):
        done = list(side_by_side([delayed(openmp_threads)(i) for i in range(4)], large=True))
        assert openmp_threads(4)[2] == {2}
    assert done == [(index, os.getpid(), {1}) for index in range(4)]


def test_a_scheduler_that_cannot_be_had_is_named(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "homes.csv"
    file.write_text("living_area\n1800\n", encoding="utf-8")
    monkeypatch.setattr("Task2_model.dask_client.PATIENCE", 0.1)
    monkeypatch.setenv("TABLECAST_HOME", str(home))
    with pytest.raises(TablecastError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9 "):
        tablecast.score("houses", [file], tmp_path / "out", scheduler="tcp://127.0.0.1:9")


def test_dask_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.setenv(VARIABLE, "tcp://127.0.0.1:9")
    with pytest.raises(TablecastError, match=r"pip install 'tablecast\[dask\]'"):
        list(side_by_side([]))
