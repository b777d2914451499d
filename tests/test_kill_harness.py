"""A moment of `python -m tests.kill_harness`, which kills hundreds of times."""

from __future__ import annotations

import random
from pathlib import Path

from tests.kill_harness import kill_loads, kill_sealings
from tests.private_server import Server


def test_killed_loads_leave_the_old_or_the_new_in_duckdb(tmp_path: Path) -> None:
    url = f"duckdb://{tmp_path}/boats.duckdb"
    tally = kill_loads(2, "DuckDB", url, tmp_path / "work", random.Random())
    assert tally.outcomes.total() == 2


def test_killed_loads_leave_the_old_or_the_new_in_a_server(server: Server, tmp_path: Path) -> None:
    url = server.url(server.new_database())
    tally = kill_loads(2, server.kind, url, tmp_path, random.Random())
    assert tally.outcomes.total() == 2


def test_killed_sealings_leave_the_old_or_the_new(tmp_path: Path) -> None:
    assert kill_sealings(3, tmp_path / "work", random.Random()).outcomes.total() == 3
