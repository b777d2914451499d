"""One question at a time, beside each peer: the same houses, the same load, by turns.

Tablecast answers with range and warnings, the peers with a point. Each peer runs with its
numerical libraries' own choice of threads and with one; the better of the two counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from benchmarks.contenders import (
    MANY,
    ONE_THREAD,
    Home,
    Questions,
    fastapi,
    flask,
    mlflow,
    sealed_by_mlflow,
    tablecast,
)
from benchmarks.results import Finding, Goal, Section, Spread
from benchmarks.rounds import Scale, by_turns, say
from benchmarks.servers import Server, Service
from benchmarks.single import WORKERS, in_words, rates_of, row
from benchmarks.traffic import Request, Round, traffic

THREADS: Sequence[Mapping[str, str]] = ({}, ONE_THREAD)


@dataclass(frozen=True)
class Duel:
    """What Tablecast is asked, a peer, what that is asked, and how many times its rate is wanted.

    `make` gives the peer's service for a number of workers and settings of threads.
    """

    asked: str
    ours: Sequence[Request]
    make: Callable[[int, Mapping[str, str]], Service]
    theirs: Sequence[Request]
    goal: float


@dataclass(frozen=True)
class Outcome:
    """The rounds of both, and the peak memory of the peer's worker."""

    peer: str
    ours: list[Round]
    theirs: list[Round]
    megabytes: float


def duels(home: Home) -> list[Duel]:
    """GET /predict beside each peer, and a hundred records beside the one that takes them."""
    questions = Questions(home.houses())
    one, many, split = questions.by_address(), questions.many(), questions.invocations()
    return [
        Duel("GET /predict", one, partial(mlflow, home), split, 20),
        Duel("GET /predict", one, partial(sealed_by_mlflow, home), split, 10),
        Duel("GET /predict", one, partial(fastapi, home), one, 10),
        Duel("GET /predict", one, partial(flask, home), one, 8),
        Duel(f"POST /predict with {MANY} records", many, partial(fastapi, home), many, 4),
    ]


def beside_the_peers(home: Home, scale: Scale) -> Section:
    """Every duel, with one worker and with two; a peer that fails is told, and left out."""
    section = Section("One question beside the peers", " ".join((__doc__ or "").split()))
    for workers in WORKERS:
        with Server(tablecast(home, workers)) as server:
            for duel in duels(home):
                try:
                    outcome = fought(duel, server, workers, scale)
                except RuntimeError as error:
                    say(f"{duel.asked}: {error}")  # whole, where the page has its first line
                    reason = str(error).splitlines()[0].rstrip(":")
                    section.note += f"\n\nNot measured, {duel.asked}: {reason}"
                    continue
                section.findings.append(verdict(duel, outcome, workers))
                section.rows += [
                    row(f"Tablecast, {duel.asked}", workers, outcome.ours),
                    row(outcome.peer, workers, outcome.theirs, outcome.megabytes),
                ]
    return section


def fought(duel: Duel, server: Server, workers: int, scale: Scale) -> Outcome:
    """The rounds with the number of threads that suits the peer better."""
    tried = [rounds(duel, server, workers, threads, scale) for threads in THREADS]
    return max(tried, key=lambda each: Spread.of(rates_of(each.theirs)).middle)


def rounds(
    duel: Duel, server: Server, workers: int, threads: Mapping[str, str], scale: Scale
) -> Outcome:
    """The rounds with one setting of the peer's threads."""
    with Server(duel.make(workers, threads)) as peer:
        name = f"{peer.service.name}, {'one thread' if threads else 'threads as they come'}"
        say(f"{duel.asked} / {name}, {in_words(workers)}")
        ours, theirs = by_turns(
            scale.rounds,
            partial(traffic, server.port, duel.ours, seconds=scale.seconds),
            partial(traffic, peer.port, duel.theirs, seconds=scale.seconds),
        )
        return Outcome(name, ours, theirs, peer.megabytes())


def verdict(duel: Duel, outcome: Outcome, workers: int) -> Finding:
    """How many times the peer's rate."""
    ours, theirs = rates_of(outcome.ours), rates_of(outcome.theirs)
    return Finding(
        f"{duel.asked} / {outcome.peer}, {in_words(workers)}: requests/s",
        Spread.ratio(ours, theirs),
        Goal(duel.goal, at_least=True),
        f"{Spread.of(ours)} beside {Spread.of(theirs)} requests/s",
    )
