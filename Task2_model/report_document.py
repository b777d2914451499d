"""The executed notebook as report.html, which holds all that it needs, and as report.pdf."""

from __future__ import annotations

import html
import io
import re
from pathlib import Path
from typing import Any

import nbformat
import plutoprint
from nbconvert import HTMLExporter

from Task1_database.progress import Log, ProgressLine, silent
from Task1_database.whole_file import write_whole
from Task2_model.reporting.typeface import faces

TEMPLATE = Path(__file__).with_name("report_template")
FONTS = "/* typeface */"  # stands in the template where they shall be


def render(folder: Path, *, log: Log = silent) -> None:
    """Set `folder`/report.ipynb as report.html and report.pdf beside it."""

    def log_part(done: int, part: str) -> None:
        log(ProgressLine("setting", done, 2, "files", part))

    log_part(0, "report.html")
    notebook = nbformat.read(folder / "report.ipynb", as_version=4)
    exporter = HTMLExporter(
        template_name=TEMPLATE.name,
        extra_template_basedirs=[str(TEMPLATE.parent)],
        exclude_anchor_links=True,
    )
    page, _ = exporter.from_notebook_node(notebook, resources={"title": _title(notebook)})
    page = page.replace(FONTS, faces(page))
    write_whole(folder / "report.html", page.encode(), synced=False)
    log_part(1, "report.pdf")
    book = plutoprint.Book(plutoprint.PAGE_SIZE_A4)
    book.load_html(page)
    pdf = io.BytesIO()
    book.write_to_pdf_stream(pdf)
    write_whole(folder / "report.pdf", pdf.getvalue(), synced=False)


def _title(notebook: Any) -> str:
    """The first heading that a cell wrote."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            heading = re.search(r"<h1>(.*?)</h1>", output.get("data", {}).get("text/html", ""))
            if heading:
                return html.unescape(heading[1])
    return "Report"
