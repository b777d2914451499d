"""One question at a time, beside what the same server could do at most, and beside the peers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from benchmarks.contenders import (
    MANY,
    ONE_THREAD,
    Home,
    Questions,
    fastapi,
    flask,
    floor,
    mlflow,
    tablecast,
)
from benchmarks.findings import Finding, Goal, Section, Spread
from benchmarks.rounds import Scale, by_turns, say
from benchmarks.servers import Server, Service
from benchmarks.traffic import CONNECTIONS, Request, Round, traffic

WORKERS = (1, 2)
THREADS: tuple[Mapping[str, str], ...] = ({}, ONE_THREAD)
Make = Callable[[Home, int, Mapping[str, str]], Service]


def beside_the_floor(home: Home, scale: Scale) -> Section:
    """GET /predict beside a constant from the very same processes."""
    questions = Questions(home.houses())
    asked = {
        "every feature": questions.by_address(),
        "x alone": questions.by_x(),
        "constant": questions.constant(),
    }
    section = Section(
        "One question beside a constant",
        f"GET /predict and a route of the same app that returns a constant, from the same "
        f"gunicorn; {CONNECTIONS} connections, {scale.rounds} rounds of {scale.seconds} s by "
        f"turns. What the constant reaches is the most that could be seen here; `generator` is "
        f"the share of a core that the load itself used.",
    )
    for workers in WORKERS:
        say(f"GET /predict beside a constant, {_of(workers)}")
        with Server(floor(home, workers, asked["every feature"][0])) as server:
            works = [
                partial(traffic, server.port, requests, seconds=scale.seconds)
                for requests in asked.values()
            ]
            taken = dict(zip(asked, by_turns(scale.rounds, *works), strict=True))
        section.rows += [row(name, workers, rounds) for name, rounds in taken.items()]
        constant = taken.pop("constant")
        for name, rounds in taken.items():
            section.findings += against_constant(f"{name}, {_of(workers)}", rounds, constant)
    return section


def against_constant(name: str, ours: Sequence[Round], constant: Sequence[Round]) -> list[Finding]:
    """The two goals: how many, and how late the slowest."""
    about = "{}: {} beside {}".format
    rates, floors = rates_of(ours), rates_of(constant)
    late, floor_late = [each.p99 for each in ours], [each.p99 for each in constant]
    return [
        Finding(
            f"GET /predict / constant JSON, {name}: requests/s",
            Spread.ratio(rates, floors),
            Goal(0.75, at_least=True),
            about("requests/s", Spread.of(rates), Spread.of(floors)),
        ),
        Finding(
            f"GET /predict / constant JSON, {name}: p99",
            Spread.ratio(late, floor_late),
            Goal(1.6),
            about("ms", Spread.of(late), Spread.of(floor_late)),
        ),
    ]


def beside_the_peers(home: Home, scale: Scale) -> Section:
    """GET /predict with its range beside each peer's point, and a hundred records a request."""
    questions = Questions(home.houses())
    one, many, split = questions.by_address(), questions.many(), questions.invocations()
    section = Section(
        "One question beside the peers",
        "Tablecast answers with range and warnings, the peers with a point. Each peer ran with "
        "its numerical libraries' own choice of threads and with one; the goals stand beside the "
        "better of the two.",
    )
    comparisons: list[tuple[Make, list[Request], list[Request], float, str]] = [
        (mlflow, one, split, 20, "GET /predict / MLflow"),
        (fastapi, one, one, 10, "GET /predict / FastAPI + scikit-learn"),
        (flask, one, one, 8, "GET /predict / Flask + pandas"),
        (fastapi, many, many, 15, f"POST /predict with {MANY} records / FastAPI + scikit-learn"),
    ]
    for workers in WORKERS:
        with Server(tablecast(home, workers)) as server:
            for make, ours, theirs, goal, what in comparisons:
                say(f"{what}, {_of(workers)}")
                best = against(server, ours, make, theirs, home, workers, scale)
                ratio = Spread.ratio(rates_of(best["ours"]), rates_of(best["theirs"]))
                beside = f"{Spread.of(rates_of(best['ours']))} beside "
                beside += f"{Spread.of(rates_of(best['theirs']))} requests/s"
                section.findings.append(
                    Finding(f"{what}, {_of(workers)}", ratio, Goal(goal, at_least=True), beside)
                )
                section.rows += [
                    row(f"Tablecast, {what.partition(' / ')[0]}", workers, best["ours"]),
                    row(best["name"], workers, best["theirs"], best["megabytes"]),
                ]
    return section


def against(
    server: Server,
    ours: Sequence[Request],
    make: Make,
    theirs: Sequence[Request],
    home: Home,
    workers: int,
    scale: Scale,
) -> dict[str, Any]:
    """Rounds of both, with the number of threads that suits the peer better."""
    tried = []
    for threads in THREADS:
        with Server(make(home, workers, threads)) as peer:
            mine, other = by_turns(
                scale.rounds,
                partial(traffic, server.port, ours, seconds=scale.seconds),
                partial(traffic, peer.port, theirs, seconds=scale.seconds),
            )
            name = f"{peer.service.name}, {'one thread' if threads else 'threads as they come'}"
            megabytes = peer.megabytes()
        tried.append({"name": name, "ours": mine, "theirs": other, "megabytes": megabytes})
    return max(tried, key=lambda each: Spread.of(rates_of(each["theirs"])).middle)


def rates_of(rounds: Sequence[Round]) -> list[float]:
    """Requests a second, round by round."""
    return [each.rate for each in rounds]


def row(
    name: str, workers: int, rounds: Sequence[Round], megabytes: float | None = None
) -> dict[str, Any]:
    """A line of the section's table: medians over the rounds."""
    line = {
        "who": name,
        "workers": workers,
        "requests/s": str(Spread.of(rates_of(rounds))),
        "median ms": Spread.of(each.median for each in rounds).middle,
        "p99 ms": Spread.of(each.p99 for each in rounds).middle,
        "generator": f"{Spread.of(each.busy for each in rounds).middle:.0%}",
    }
    return line if megabytes is None else {**line, "worker's peak MB": megabytes}


def _of(workers: int) -> str:
    return f"{workers} worker{'s' * (workers > 1)}"
