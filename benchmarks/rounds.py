"""How much is measured, and in which order: by turns, so that a disturbance meets everyone."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

Taken = TypeVar("Taken")


@dataclass(frozen=True)
class Scale:
    """How much is measured.

    Attributes
    ----------
    rounds, seconds : int, float
        Rounds of traffic, and how long each lasts.
    starts : int
        How often a start is timed.
    sizes : tuple of int
        Rows to load and to answer as a file.
    trained : tuple of int
        Rows to train on.
    file : int
        Rows of the file that is sent by turns to all, and with gaps.
    files : int
        Rounds of that.
    intake, intakes : int
        Rows of a table of one's own, and how often it is taken in.
    splits : int
        Of houses, for the promise of the ranges; none leaves that out.
    """

    rounds: int
    seconds: float
    starts: int
    sizes: tuple[int, ...]
    trained: tuple[int, ...]
    file: int
    files: int
    intake: int
    intakes: int
    splits: int


FULL = Scale(
    rounds=3,
    seconds=1.5,
    starts=3,
    sizes=(10_000, 100_000, 1_000_000, 10_000_000),
    trained=(10_000, 100_000, 200_000, 1_000_000, 10_000_000),
    file=1_000_000,
    files=1,
    intake=1_000_000,
    intakes=2,
    splits=20,
)
QUICK = Scale(
    rounds=3,
    seconds=0.6,
    starts=3,
    sizes=(10_000, 100_000, 1_000_000),
    trained=(200_000,),
    file=1_000_000,
    files=1,
    intake=1_000_000,
    intakes=1,
    splits=0,
)


def by_turns(rounds: int, *works: Callable[[], Taken]) -> list[list[Taken]]:
    """Each work's results, A B A B …, after one turn of each that does not count."""
    for work in works:
        work()
    taken: list[list[Taken]] = [[] for _ in works]
    for _ in range(rounds):
        for work, results in zip(works, taken, strict=True):
            results.append(work())
    return taken


def say(line: str) -> None:
    """Tell how far it is, and when, on standard error."""
    print(f"{datetime.now():%H:%M:%S}  {line}", file=sys.stderr, flush=True)
