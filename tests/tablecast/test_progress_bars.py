"""Bars on a real terminal, plain lines into a file."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
import time

import pytest

from tablecast import progress_bars
from tablecast.progress_bars import ProgressBars
from Task1_database.progress import ProgressLine

DRAW = """
import time
from tablecast.progress_bars import ProgressBars
from Task1_database.progress import ProgressLine

with ProgressBars() as log:
    log("begins")
    log(ProgressLine("reading a.csv", 0, 2_000_000, "B"))
    time.sleep(2.3)
    log(ProgressLine("reading a.csv", 1_000_000, 2_000_000, "B"))
    log(ProgressLine("fitting", 0, 4, "fits", "one"))
    log(ProgressLine("fitting", 1, 4, "fits", "two"))
    {end}
"""


def drawn(end: str, columns: int) -> list[str]:
    """The lines, and the states of bars, that a terminal of so many columns was sent."""
    screen, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    code = DRAW.format(end=end)
    with subprocess.Popen([sys.executable, "-c", code], stderr=terminal) as process:
        os.close(terminal)
        seen = b""
        while True:
            try:
                part = os.read(screen, 65_536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            seen += part
        process.wait()
    os.close(screen)
    return [line.rstrip() for line in seen.decode().replace("\r", "\n").split("\n") if line.strip()]


def test_a_terminal_shows_what_is_done_how_fast_and_how_long_still() -> None:
    lines = drawn("", columns=100)
    assert lines[0] == "  begins"
    (reading,) = [line for line in lines if " 50%" in line and "reading" in line]
    assert "1.00M/2.00M [00:02<00:02" in reading
    assert reading.endswith("B/s]")
    assert any("reading a.csv" in line and "[00:01<?" in line for line in lines), "time passes"
    full = [line for line in lines if "100%" in line]
    assert ["reading a.csv" in full[0], "fitting two" in full[-1]] == [True, True]
    assert "4/4" in full[-1]


def test_what_failed_is_not_shown_as_done() -> None:
    fitting = [line for line in drawn("raise SystemExit(1)", columns=100) if "fitting" in line]
    assert fitting
    assert not any("100%" in line for line in fitting)


def test_a_screen_without_width_gets_plain_lines() -> None:
    assert drawn("", columns=0) == ["  begins", "  reading a.csv", "  fitting one"]


def test_a_file_gets_a_line_for_each_task_and_now_and_then_how_far_it_is(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress_bars, "SECONDS", 0.2)
    with ProgressBars() as log:
        for done in range(3):
            log(ProgressLine("fitting", done, 4, "fits"))
        time.sleep(0.25)
        log(ProgressLine("fitting", 3, 4, "fits"))
        log("sealing")
    assert capfd.readouterr().err == "  fitting\n  fitting, 3 of 4 fits\n  sealing\n"
