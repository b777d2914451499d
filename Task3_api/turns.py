"""A pool of threads that take turns: one at a time does what is to be done.

Python runs one thread at a time. Several that answer short requests side by side hand its lock to
and fro at every system call, which costs more than the answers. So one thread, the leader, does
task after task, in order. The next in line, its deputy, watches: where others wait while the leader
stays at one task (a long file, a slow client), the deputy takes the lead, and the next in line
watches it. Whoever has lost the lead ends the task, then queues up behind the others.

After Schmidt et al., "Leader/Followers", Pattern Languages of Programs, 2000.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, NamedTuple

PATIENCE = 0.002


class Task(NamedTuple):
    """What is to be done, and where its outcome goes."""

    outcome: Future[Any]
    call: Callable[[], Any]

    def do(self) -> None:
        """Never raises: an exception is an outcome."""
        if self.outcome.set_running_or_notify_cancel():
            try:
                result = self.call()
            except BaseException as error:
                self.outcome.set_exception(error)
            else:
                self.outcome.set_result(result)


class Turns:
    """As much of an executor as gunicorn uses.

    Parameters
    ----------
    threads : int
        How many tasks are being done at most, where all of them take long. They are daemons: a
        process that has failed must be able to end without them.
    patience : float
        Seconds between two looks of the deputy; so tasks wait for a long one up to twice as long.
    """

    def __init__(self, threads: int, patience: float = PATIENCE) -> None:
        self._tasks: SimpleQueue[Task | None] = SimpleQueue()  # None: the threads shall end
        self._news: SimpleQueue[None] = SimpleQueue()  # for the deputy: tasks have come
        self._deputy = Lock()  # held by the thread that is next in line
        self._turn = Lock()  # free until it ends or is taken over, whichever comes first
        self._patience = patience
        self._open = True
        self._threads = [Thread(target=self._work, daemon=True) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def submit(self, call: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Have `call(*arguments)` done; RuntimeError after `shutdown`."""
        if not self._open:
            raise RuntimeError("the threads were told to end")
        task = Task(Future(), partial(call, *arguments))
        self._put(task)
        return task.outcome

    def shutdown(self, wait: bool = True) -> None:
        """Have the threads end once all that was submitted is done; `wait` until they have."""
        self._open = False
        self._put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def _put(self, task: Task | None) -> None:
        self._tasks.put(task)
        self._tell()

    def _tell(self) -> None:
        if self._news.empty():
            self._news.put(None)

    def _work(self) -> None:
        lost = True
        while lost:
            with self._deputy:
                self._wait_for_the_lead()
            lost = self._lead()

    def _wait_for_the_lead(self) -> None:
        while True:
            self._news.get()
            turn = self._turn
            time.sleep(self._patience)
            if not self._tasks.empty():
                self._tell()  # whoever leads then, there is more to watch
                if turn.acquire(blocking=False):
                    return

    def _lead(self) -> bool:
        """Do tasks until the lead is lost (True) or there shall be no more of them."""
        while True:
            task = self._tasks.get()
            turn = self._turn = Lock()
            if task is None:
                self._put(None)  # for the others, who find this turn free
                return False
            task.do()
            if not turn.acquire(blocking=False):
                return True
