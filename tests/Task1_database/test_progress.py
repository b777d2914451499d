"""What a log is told of how far a step is, here and by a process that was begun."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from Task1_database.progress import VARIABLE, ProgressLine, inherited, logged, relayed

CHILD = """
from Task1_database.progress import ProgressLine, inherited
log = inherited()
log("reading")
log(ProgressLine("fitting", 3, 10, "fits", "Ridge"))
log("written … at last")
"""


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (ProgressLine("reading a.csv", 0, 100, "%"), "reading a.csv"),
        (ProgressLine("reading a.csv", 43.4, 100, "%"), "reading a.csv, 43 %"),
        (ProgressLine("reading a.csv", 1_500, 6_000, "B"), "reading a.csv, 25 %"),
        (ProgressLine("fitting", 1_200, 3_000, "fits"), "fitting, 1,200 of 3,000 fits"),
        (ProgressLine("asking", 1, 8, "questions", "b.sql"), "asking b.sql, 1 of 8 questions"),
    ],
)
def test_a_line_says_how_far_it_is_and_keeps_its_numbers(line: ProgressLine, text: str) -> None:
    assert line == text
    assert line.done <= line.total


def test_what_takes_long_is_logged_from_time_to_time() -> None:
    lines: list[str] = []
    shares = iter([-1.0, 0.0, 20.0, 60.0])
    with logged(lines.append, "reading", lambda: next(shares, 60.0), every=0.01, size=500):
        while len(lines) < 3:
            time.sleep(0.01)
    assert lines[:3] == ["reading", "reading, 20 %", "reading, 60 %"]
    assert [line.done for line in lines[:3] if isinstance(line, ProgressLine)] == [0, 100, 300]
    count = len(lines)
    time.sleep(0.05)
    assert len(lines) == count


def test_what_another_process_tells_is_logged_in_order_and_whole() -> None:
    lines: list[str] = []
    with relayed(lines.append) as path:
        environment = os.environ | {VARIABLE: str(path)}
        subprocess.run([sys.executable, "-c", CHILD], env=environment, check=True)
    assert lines == ["reading", "fitting Ridge, 3 of 10 fits", "written … at last"]
    assert isinstance(lines[1], ProgressLine)
    assert (lines[1].task, lines[1].done, lines[1].total) == ("fitting", 3, 10)
    assert not path.exists()


def test_where_nobody_listens_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    inherited()("reading")
