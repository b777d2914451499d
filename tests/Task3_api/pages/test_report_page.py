"""The page of the report: its figures with their captions, and the report itself."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from Task3_api.pages.report_figures import figure, plain_text, sections


def test_every_figure_of_the_report_with_its_caption(client: FlaskClient, sealed: Path) -> None:
    report = BeautifulSoup((sealed / "report.html").read_text(), "html.parser")
    drawn = [str(svg["aria-label"]) for svg in report.select("svg[aria-label]")]
    soup = BeautifulSoup(client.get("/report").text, "html.parser")
    captions = [caption.get_text() for caption in soup.select("figcaption")]
    assert captions == [plain_text(label) for label in drawn]
    assert len(captions) > 5
    assert "**" not in "".join(captions)
    headings = [tag.get_text() for tag in report.select("h2")]
    assert [tag.get_text() for tag in soup.select("h2")] == [
        heading for heading in headings if heading in {part.heading for part in sections(sealed)}
    ]


def test_a_figure_is_small_on_its_way_and_runs_nothing(client: FlaskClient, sealed: Path) -> None:
    drawing = figure(sealed, 1)
    assert drawing
    uncompressed = client.get("/report/1.svg")
    compressed = client.get("/report/1.svg", headers={"Accept-Encoding": "gzip"})
    assert uncompressed.mimetype == "image/svg+xml"
    assert uncompressed.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert uncompressed.text == drawing.standalone_svg
    assert gzip.decompress(compressed.data) == uncompressed.data
    assert len(compressed.data) < len(uncompressed.data) / 2


@pytest.mark.parametrize("number", ["0", "99", "x"])
def test_a_figure_that_is_not_there(client: FlaskClient, number: str) -> None:
    assert client.get(f"/report/{number}.svg").status_code == 404


@pytest.mark.parametrize(("kind", "mimetype"), [("html", "text/html"), ("pdf", "application/pdf")])
def test_the_report(client: FlaskClient, sealed: Path, kind: str, mimetype: str) -> None:
    with client.get(f"/report.{kind}") as response:
        assert response.mimetype == mimetype
        added = (
            b'\n<nav aria-label="Back"><a href="/report">\xe2\x86\x90 Back to the service</a></nav>'
        )
        assert (added in response.data) == (kind == "html")
        assert response.data.replace(added, b"") == (sealed / f"report.{kind}").read_bytes()
        assert response.headers["ETag"]
        policy = response.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; " if kind == "html" else "default-src 'self'")
        assert "script-src" not in policy
