"""An ONNX graph that answers: the form in which the server runs models that are no forest.

onnxruntime is asked for only here, and only once a graph is there to be run: the shipped models
are forests, and their server does without it.
"""

from __future__ import annotations

import os
import sys
from functools import cached_property
from typing import Any

import numpy as np

from Task1_database.errors import SealError
from Task2_model.contract import Floats, Rows
from Task2_model.onnx_audit import refuse_unsafe

ROWS_WORTH_THREADS = 1_000


class Graph:
    """Runs a serialised graph, from `rows` (n, columns) to `raw` (n, members x parts): a `Runtime`.

    Safe to share between threads. Make it after a server has forked, not before: the runtime's
    threads do not survive a fork.

    Raises SealError where onnxruntime is not installed, or for a graph that is not to be run.
    """

    def __init__(self, serialised: bytes, members: int) -> None:
        self._serialised = serialised
        self._members = members
        self._session = self._new_session(1)  # a row takes less time than waking a thread

    def __call__(self, rows: Rows) -> Floats:
        """The parts of all members, one member after the other."""
        session = self._session if len(rows) < ROWS_WORTH_THREADS else self._threaded
        return np.asarray(session.run(["raw"], {"rows": rows})[0], dtype=np.float64)

    def of_member(self, rows: Rows, member: int) -> Floats:
        """The parts (n, parts) of one member."""
        return self(rows).reshape(len(rows), self._members, -1)[:, member]

    @cached_property
    def _threaded(self) -> Any:
        """The same graph on every core that this process may use."""
        return self._new_session(cores())

    def _new_session(self, threads: int) -> Any:
        try:
            import onnxruntime  # noqa: PLC0415 (seldom needed, and 68 MB)
        except ImportError:
            issue = "this model is no forest and runs on onnxruntime, which is not installed"
            raise SealError(f"{issue}: pip install 'tablecast[onnx]'") from None
        refuse_unsafe(self._serialised)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        providers = ["CPUExecutionProvider"]
        try:
            return onnxruntime.InferenceSession(self._serialised, options, providers=providers)
        except Exception as error:  # one kind of its own for each thing that can be wrong
            issue = " ".join(str(error).split())
            raise SealError(f"model.onnx cannot be run: {issue}") from None


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
