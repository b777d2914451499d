"""The commands that are rude to a server, for a moment."""

from __future__ import annotations

import os

import pytest

from benchmarks.contenders import Questions
from benchmarks.rude import BEGINNINGS, polite, rude
from benchmarks.soak import Seen, Soak
from tests.live import Live

pytestmark = pytest.mark.skipif(os.name == "nt", reason="sockets and signals of POSIX")


@pytest.mark.parametrize("kind", BEGINNINGS)
def test_who_is_polite_is_answered(live: Live, kind: str) -> None:
    with rude(live.port, kind, 3) as drip:
        met = polite(live.port, 0.5, drip)
    assert met.answers > 0
    assert met.failures == 0


def test_a_short_soak(live: Live) -> None:
    minutes: list[Seen] = []
    Soak(live.port, Questions([{"living_area": 1800.0}])).run(
        0.02, lambda _, seen: minutes.append(seen)
    )
    (seen,) = minutes
    assert {"200"} < set(seen.statuses) <= {"200", "400", "404"}
    assert "p99" in seen.line(1, 100)
