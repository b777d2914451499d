"""What it takes to begin: an install, a first run, a first answer, a worker's memory."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from benchmarks.contenders import ONE_THREAD, Home, Questions, fastapi, flask, mlflow, tablecast
from benchmarks.contenders import tablecast_run as run_of
from benchmarks.environments import PEERS, SERVING
from benchmarks.processes import ROOT
from benchmarks.results import Finding, Goal, Section, Spread
from benchmarks.rounds import Scale, say
from benchmarks.servers import Server, Service
from benchmarks.traffic import Request, traffic


def first_run(folder: Path) -> tuple[Home, Section]:
    """Load, ask, train, report and serve houses in an empty folder; what it made is kept."""
    say("tablecast run houses")
    folder.mkdir()
    with Server(run_of(folder)) as server:
        seconds = server.seconds
    finding = Finding(
        "`make run` after installing: until the first answer",
        Spread.of([seconds]),
        Goal(60, unit="s"),
    )
    return Home(folder), Section("First run", findings=[finding])


def beginning(home: Home, scale: Scale, *, peers: bool) -> Section:
    """From a process's start to its first answer, and the memory of one worker after traffic."""
    section = Section(
        "Start and memory",
        f"One worker, files in the system's cache; {scale.starts} starts of each. Memory "
        "is the peak of the worker after a round of traffic.",
    )
    questions = Questions(home.houses())
    services = [(tablecast(home), questions.by_address(), SERVING)]
    if peers:
        services += [
            (fastapi(home, 1, ONE_THREAD), questions.by_address(), PEERS),
            (flask(home, 1, ONE_THREAD), questions.by_address(), PEERS),
            (mlflow(home, 1, ONE_THREAD), questions.invocations(), PEERS),
        ]
    for service, asked, environment in services:
        say(f"starts of {service.name}")
        seconds, megabytes = starts(service, asked, scale)
        section.rows.append(
            {
                "who": service.name,
                "first answer, s": str(seconds),
                "worker's peak MB": str(megabytes),
                "environment MB": environment.megabytes(),
            }
        )
        if environment is SERVING:
            section.findings += [
                Finding("start to the first answer", seconds, Goal(0.7, unit="s")),
                Finding("memory of a worker", megabytes, Goal(120, unit="MB")),
            ]
    size = Spread.of([SERVING.megabytes()])
    section.findings += [
        Finding("size of the base install", size, Goal(300, unit="MB")),
        Finding("`tablecast --help`", help_seconds(scale), Goal(0.2, unit="s")),
    ]
    return section


def starts(service: Service, asked: list[Request], scale: Scale) -> tuple[Spread, Spread]:
    """Seconds to the first answer, and the worker's peak memory after some traffic."""
    seconds, megabytes = [], []
    for _ in range(scale.starts):
        with Server(service) as server:
            seconds.append(server.seconds)
            traffic(server.port, asked, seconds=min(1, scale.seconds))
            megabytes.append(server.megabytes())
    return Spread.of(seconds), Spread.of(megabytes)


def help_seconds(scale: Scale) -> Spread:
    """`tablecast --help`, as a process of its own."""
    taken = []
    for _ in range(scale.starts):
        begun = time.perf_counter()
        command = [str(SERVING.python), "-m", "tablecast", "--help"]
        subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
        taken.append(time.perf_counter() - begun)
    return Spread.of(taken)
