"""Texts that try to be something else stay texts, on every page of a real browser."""

from __future__ import annotations

import pytest

from tests.browser import Open
from tests.hostile_dataset import SCRIPT
from tests.live import Live


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/?size=50&kind=%3Cscript%3Ealert(4)%3C/script%3E",
        "/batch_prediction",
        "/questions",
        "/model",
    ],
)
def test_nothing_is_executed(browse: Open, hostile_live: Live, path: str) -> None:
    page = browse(hostile_live, path)
    page.wait_for_load_state("networkidle")
    assert SCRIPT in page.inner_text("html") or path == "/model"
