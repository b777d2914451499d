"""What a request came to: how many rows were answered, and with which kinds of warnings."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from Task3_api.record_encoder import warning_kind


class Tally:
    """Counts the rows of one request, in any thread.

    Attributes
    ----------
    rows : int
        Rows that were answered.
    warnings : Counter
        By kind; see `warning_kind`.
    """

    def __init__(self) -> None:
        self.rows = 0
        self.warnings: Counter[str] = Counter()
        self._lock = threading.Lock()

    def add(self, rows: int, warnings: Iterable[str]) -> None:
        """Count answered rows and the texts of their warnings."""
        with self._lock:
            self.rows += rows
            for warning in warnings:
                self.warnings[warning_kind(warning)] += 1

    def add_answers(self, answers: Iterable[Mapping[str, Any]]) -> None:
        """Count answers as JSON has them."""
        answers = list(answers)
        self.add(len(answers), [w["detail"] for each in answers for w in each["warnings"]])
