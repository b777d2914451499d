"""The report's figures and captions, read from the notebook that is sealed with the model."""

from __future__ import annotations

from pathlib import Path

import pytest

from Task3_api.pages.report_figures import plain_text, sections


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("**Living area** tells most", "Living area tells most"),
        (r"\*\*x\*\* \$5 a\_b \\", r"**x** $5 a_b " + "\\"),
        ("&lt;b&gt; &amp;lt;", "<b> &lt;"),
    ],
)
def test_a_sentence_as_plain_text(markdown: str, text: str) -> None:
    assert plain_text(markdown) == text


def test_without_a_notebook_there_are_none(tmp_path: Path) -> None:
    assert sections(tmp_path) == []
