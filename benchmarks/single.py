"""One question at a time, beside what the same server could do at most."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from benchmarks.contenders import Home, Questions, floor
from benchmarks.results import Finding, Goal, Section, Spread
from benchmarks.rounds import Scale, by_turns, say
from benchmarks.servers import Server
from benchmarks.traffic import CONNECTIONS, Round, traffic

WORKERS = (1, 2)


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
        f"granian; {CONNECTIONS} connections, {scale.rounds} rounds of {scale.seconds} s by "
        f"turns. What the constant reaches is the most that could be seen here; `generator` is "
        f"the share of a core that the load itself used.",
    )
    for workers in WORKERS:
        say(f"GET /predict beside a constant, {in_words(workers)}")
        with Server(floor(home, workers, asked["every feature"][0])) as server:
            works = [
                partial(traffic, server.port, requests, seconds=scale.seconds)
                for requests in asked.values()
            ]
            taken = dict(zip(asked, by_turns(scale.rounds, *works), strict=True))
        section.rows += [row(name, workers, rounds) for name, rounds in taken.items()]
        constant = taken.pop("constant")
        for name, rounds in taken.items():
            section.findings += against_constant(f"{name}, {in_words(workers)}", rounds, constant)
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


def in_words(workers: int) -> str:
    """How many workers."""
    return f"{workers} worker{'s' * (workers > 1)}"
