"""Threads that take turns: one at a time while tasks are short, others where one is long."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Thread
from threading import enumerate as threads_alive

import pytest

from Task3_api.turns import Turns

PATIENCE = 20  # seconds for what takes milliseconds


@pytest.fixture
def pool_of() -> Iterator[Callable[..., Turns]]:
    made: list[Turns] = []

    def make(threads: int, **options: float) -> Turns:
        made.append(Turns(threads, **options))
        return made[-1]

    yield make
    for turns in made:
        turns.shutdown()


Pool = Callable[..., Turns]


def test_short_tasks_are_done_in_order_one_at_a_time_even_after_a_long_one(pool_of: Pool) -> None:
    turns, gate = pool_of(4, patience=1), Event()
    seen: list[tuple[str, int]] = []
    long = turns.submit(gate.wait, PATIENCE)
    assert turns.submit(int, "1").result(PATIENCE) == 1  # by another thread than the long one's
    gate.set()
    assert long.result(PATIENCE)

    def task(number: int) -> int:
        seen.append(("begin", number))
        time.sleep(0.0005)
        seen.append(("end", number))
        return number

    outcomes = [turns.submit(task, number) for number in range(200)]
    assert [outcome.result(PATIENCE) for outcome in outcomes] == list(range(200))
    assert seen == [(what, number) for number in range(200) for what in ("begin", "end")]


def test_while_one_task_is_long_the_others_go_ahead(pool_of: Pool) -> None:
    turns, gate = pool_of(2), Event()
    for _ in range(5):  # the thread that was long comes back each time, or two would not do
        long = turns.submit(gate.wait, PATIENCE)
        others = [turns.submit(pow, 2, number) for number in range(10)]
        assert [other.result(PATIENCE) for other in others] == [2**n for n in range(10)]
        assert not long.done()
        gate.set()
        assert long.result(PATIENCE)
        gate.clear()


def test_as_many_tasks_as_threads_are_long_at_once_and_no_more(pool_of: Pool) -> None:
    turns, gate = pool_of(3), Event()
    begun: SimpleQueue[int] = SimpleQueue()

    def task(number: int) -> bool:
        begun.put(number)
        return gate.wait(PATIENCE)

    outcomes = [turns.submit(task, number) for number in range(5)]
    assert sorted(begun.get(timeout=PATIENCE) for _ in range(3)) == [0, 1, 2]
    time.sleep(0.2)
    assert begun.empty()
    gate.set()
    assert all(outcome.result(PATIENCE) for outcome in outcomes)
    assert sorted(begun.get(timeout=PATIENCE) for _ in range(2)) == [3, 4]


@pytest.mark.parametrize("error", [ValueError("told"), SystemExit(3)])
def test_an_exception_is_an_outcome_and_ends_no_thread(pool_of: Pool, error: BaseException) -> None:
    def fail() -> None:
        raise error

    turns = pool_of(1)
    assert turns.submit(fail).exception(PATIENCE) is error
    assert turns.submit(int, "1").result(PATIENCE) == 1


def test_a_task_that_was_cancelled_is_not_done(pool_of: Pool) -> None:
    turns, gate, done = pool_of(1), Event(), Event()
    long = turns.submit(gate.wait, PATIENCE)
    waiting = turns.submit(done.set)
    assert waiting.cancel()
    gate.set()
    assert long.result(PATIENCE)
    assert turns.submit(done.is_set).result(PATIENCE) is False


def test_shutdown_does_what_was_submitted_and_ends_the_threads() -> None:
    before = set(threads_alive())
    turns, gate = Turns(4), Event()
    assert len(set(threads_alive()) - before) == 4
    long = turns.submit(gate.wait, PATIENCE)
    others = [turns.submit(pow, 2, number) for number in range(10)]
    turns.shutdown(wait=False)
    with pytest.raises(RuntimeError, match="told to end"):
        turns.submit(pow, 2, 3)
    assert [other.result(PATIENCE) for other in others] == [2**n for n in range(10)]
    assert not long.done()
    gate.set()
    turns.shutdown()
    assert long.result(PATIENCE)
    assert set(threads_alive()) == before


@pytest.mark.skipif(sys.platform != "linux", reason="threads' wake-ups are counted in /proc")
def test_nothing_wakes_while_nothing_waits(pool_of: Pool) -> None:
    before = set(threads_alive())
    turns = pool_of(4)
    for number in range(10):
        turns.submit(pow, 2, number).result(PATIENCE)
    threads = [thread.native_id for thread in set(threads_alive()) - before]
    assert len(threads) == 4

    def wake_ups() -> list[str]:
        time.sleep(0.1)
        files = [Path(f"/proc/self/task/{thread}/status") for thread in threads]
        return [line for f in files for line in f.read_text().splitlines() if "voluntary" in line]

    assert any(one == other for one, other in pairwise(wake_ups() for _ in range(50)))


def test_every_task_is_done_once_however_the_lead_changes(pool_of: Pool) -> None:
    turns, chance = pool_of(5, patience=0.0002), random.Random(1)
    done: list[int] = []

    def task(number: int, seconds: float) -> None:
        if seconds:
            time.sleep(seconds)
        done.append(number)

    def submit(first: int) -> None:
        for number in range(first, first + 1000):
            turns.submit(task, number, chance.choice([0, 0, 0, 0.0001, 0.0003, 0.001]))

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        sources = [Thread(target=submit, args=(first,)) for first in (0, 1000, 2000)]
        for source in sources:
            source.start()
        for source in sources:
            source.join()
        turns.shutdown()
    finally:
        sys.setswitchinterval(interval)
    assert sorted(done) == list(range(3000))
