from __future__ import annotations

import ast
import html
import re
import shutil
import zlib
from pathlib import Path
from typing import Any

import nbformat
import pytest

from Task1_database.dataset import Dataset
from Task1_database.errors import TrainingError
from Task1_database.load import load
from Task2_model import report
from Task2_model.report_document import render
from Task2_model.reporting import typeface

NOTEBOOK: Any = nbformat.read(report.NOTEBOOK, as_version=4)
CODE = [cell for cell in NOTEBOOK.cells if cell.cell_type == "code"]


@pytest.fixture(scope="module")
def executed(sealed: Path) -> Any:
    return nbformat.read(sealed / "report.ipynb", as_version=4)


@pytest.fixture(scope="module")
def page(sealed: Path) -> str:
    return (sealed / "report.html").read_text(encoding="utf-8")


def expanded(path: Path) -> bytes:
    """A PDF with what its object streams hold, uncompressed, after it."""
    pdf = path.read_bytes()
    streams = re.findall(rb"/FlateDecode.*?stream\r?\n(.*?)\r?\nendstream", pdf, re.S)
    # a stream may end in bytes that look like the line end after it, so its checksum may be cut
    return pdf + b"".join(zlib.decompressobj().decompress(stream) for stream in streams)


def outputs_of(notebook: Any) -> list[list[Any]]:
    return [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]


@pytest.mark.parametrize("cell", CODE, ids=lambda cell: cell.id)
def test_a_cell_defines_nothing_and_is_short(cell: Any) -> None:
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    assert not [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, definitions)]
    assert len(cell.source.splitlines()) <= 25
    assert max(map(len, cell.source.splitlines())) <= 100


def test_the_notebook_reads_the_database_only_and_is_committed_without_outputs() -> None:
    source = "\n".join(cell.source for cell in CODE)
    assert not re.search(r"read_csv|read_parquet|open\((?!dataset)|\.csv", source)
    assert not any(outputs_of(NOTEBOOK))


def test_its_prose_states_no_numbers() -> None:
    prose = "\n".join(cell.source for cell in NOTEBOOK.cells if cell.cell_type == "markdown")
    assert not re.search(r"\d", prose)


def test_its_parameters() -> None:
    (parameters,) = (cell for cell in CODE if "parameters" in cell.metadata.get("tags", []))
    assigned = (n for n in ast.walk(ast.parse(parameters.source)) if isinstance(n, ast.Assign))
    names = [ast.unparse(target) for node in assigned for target in node.targets]
    assert names == ["dataset", "database_url", "output", "seed", "models"]


def test_a_misspelt_parameter_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TrainingError) as raised:
        report.execute({"dataset": "houses", "sede": 1}, tmp_path)
    assert str(raised.value) == (
        "report.ipynb has no parameter 'sede'; it has database_url, dataset, models, output, seed"
    )
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"dataset": "mansions"}, r"there is no dataset 'mansions'; shipped are .*"),
        (
            {"dataset": "houses", "database_url": "duckdb:///{folder}/none.duckdb"},
            r".*none\.duckdb.*",
        ),
        ({"dataset": "houses", "database_url": 7}, r"report\.ipynb, cell \d+: \w+: .*"),
    ],
)
def test_a_cell_that_fails_is_one_line_with_its_cause(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], parameters: dict[str, Any], message: str
) -> None:
    (tmp_path / "report.ipynb").write_text("as it was")
    url = parameters.get("database_url")
    if isinstance(url, str):
        parameters = parameters | {"database_url": url.format(folder=tmp_path)}
    with pytest.raises(TrainingError) as raised:
        report.execute(parameters, tmp_path)
    assert re.fullmatch(message, str(raised.value))
    assert [path.name for path in tmp_path.iterdir()] == ["report.ipynb"]
    assert (tmp_path / "report.ipynb").read_text() == "as it was"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("mysql://reader:hunter2@db/houses", "mysql://reader:***@db/houses"),
        ("duckdb:////tmp/houses.duckdb", "duckdb:houses.duckdb"),
        ("", ""),
    ],
)
def test_the_executed_notebook_shows_no_password_and_no_folder(url: str, shown: str) -> None:
    given = {"database_url": url, "dataset": "/home/me/houses", "seed": 0}
    assert report.recorded(given) == {"database_url": shown, "dataset": "houses", "seed": 0}


def test_nothing_was_warned_of_and_nothing_failed(executed: Any) -> None:
    outputs = [output for cell in outputs_of(executed) for output in cell]
    assert not [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"]


def test_the_query_and_the_rows_are_shown_in_the_notebook_only(executed: Any, page: str) -> None:
    (reading,) = (c for c in executed.cells if "training_query(contract" in c.source)
    text, rows = reading.outputs
    assert text.text.startswith("SELECT ")
    assert "<table" in rows.data["text/html"]
    assert 'class="dataframe"' not in page


def test_every_figure_has_a_sentence(executed: Any) -> None:
    figures = [o for o in outputs_of(executed) if o and "image/svg+xml" in o[0].get("data", {})]
    assert len(figures) >= 8
    for image, *rest in figures:
        (sentence,) = (output.data["text/markdown"] for output in rest)
        assert re.search(r"\d", sentence)
        assert sentence.endswith(".")
        assert 'aria-label="' in image.data["image/svg+xml"]


def test_the_executed_notebook_shows_its_parameters(executed: Any) -> None:
    assert executed.metadata.papermill.parameters["dataset"] == "houses"
    (injected,) = (c for c in executed.cells if "injected-parameters" in c.metadata.get("tags", []))
    assert "seed = 0" in injected.source


def test_the_page_is_self_contained(page: str) -> None:
    assert not re.search(r"""(?:src|href)\s*=\s*["']?\s*(?:https?:|//)""", page)
    assert not re.search(r"""url\(["']?(?!data:|#)""", page)
    assert "@import" not in page
    assert "<script" not in page
    assert page.count("url(data:font/ttf;base64,") == len(typeface.FACES)


def test_the_page_folds_the_code_and_fits_a_phone(page: str) -> None:
    assert page.count('<details class="code"><summary>code') == len(CODE) + 1  # one was injected
    assert 'name="viewport"' in page
    assert "prefers-color-scheme: dark" in page


def test_the_title_is_the_datasets(sealed: Path, page: str, houses: Dataset) -> None:
    assert f"<title>{houses.title}</title>" in page
    assert f"<h1>{houses.title}</h1>" in page
    assert f"/Title ({houses.title})".encode() in expanded(sealed / "report.pdf")


def test_the_pdf_has_pages_and_its_own_font(sealed: Path) -> None:
    pdf = expanded(sealed / "report.pdf")
    assert pdf.startswith(b"%PDF-")
    assert 5 <= len(re.findall(rb"/Type /Page\b(?!s)", pdf)) <= 20
    fonts = set(re.findall(rb"/BaseFont /\w+\+([\w-]+)", pdf))
    assert {b"SourceSansPro-Regular", b"SourceSansPro-Semibold"} <= fonts
    assert all(font.startswith(b"SourceSansPro-") for font in fonts)


def test_what_was_exported_is_what_lies_in_the_sealed_folder(sealed: Path, page: str) -> None:
    table = re.findall(
        r'<td class="text">([^<]*)</td>', page.split("the sealed folder</caption>")[1]
    )
    named = {name.strip("/") for cell in table[::2] for name in cell.split(", ")}
    assert {path.name for path in sealed.iterdir()} <= named


def test_it_ends_with_a_conclusion(page: str) -> None:
    *_, last = re.split("<h2[^>]*>", page)
    headings = re.findall("<h3[^>]*>(.*?)</h3>", last)
    assert last.startswith("Conclusion")
    assert [html.unescape(heading) for heading in headings] == [
        "What drives the price",
        "What to use the model for",
        "What it gains",
        "Where not to trust it",
        "Next steps",
    ]


def test_a_second_rendering_replaces_the_first(
    tmp_path: Path, sealed: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(sealed / "report.ipynb", tmp_path)
    (tmp_path / "report.pdf").write_text("not a PDF")
    render(tmp_path)
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF-")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "report.html",
        "report.ipynb",
        "report.pdf",
    ]
    assert capfd.readouterr() == ("", "")


TOML = """\
title = "Will it <float>?"
description = "Boats & *rafts*, some of them `odd`"
task = "classification"
x = "size"
[target]
name = "floats"
label = "Floats"
[tables]
boats = "boats.csv"
[features.size]
label = "Length"
unit = "feet"
[features.kind]
label = "Kind | <i>sort</i>"
"""


@pytest.fixture(scope="module")
def boats(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A classification with gaps, little signal and hostile names, trained as any other."""
    folder = tmp_path_factory.mktemp("data") / "boats"
    folder.mkdir()
    kinds = ["<script>alert(1)</script>", "**raft** | $5 & $6", ""]
    lines = ["id,size,kind,floats"]
    for i in range(1, 401):
        size = "" if i % 9 == 0 else i * 37 % 100
        lines.append(f'{i},{size},"{kinds[i * 7 % 3]}",{"yes" if i * 13 % 5 else "no"}')
    (folder / "boats.csv").write_text("\n".join(lines) + "\n")
    (folder / "dataset.toml").write_text(TOML)
    (folder / "schema.sql").write_text(
        "CREATE TABLE boats (id INTEGER NOT NULL, size INTEGER, kind VARCHAR(40), "
        "floats VARCHAR(3));\n"
    )
    (folder / "features.sql").write_text(
        "CREATE TABLE feature_store AS\nSELECT id AS row_id, size, kind, floats FROM boats;\n"
    )
    url = f"duckdb:///{folder.parent}/boats.duckdb"
    load(Dataset.open(str(folder)), url)
    output = folder.parent / "model"
    output.mkdir()
    report.execute({"dataset": str(folder), "database_url": url, "output": str(output)}, output)
    render(output)
    return output


def test_a_classification_is_reported_as_honestly(boats: Path) -> None:
    page = (boats / "report.html").read_text(encoding="utf-8")
    assert re.search(r"It is (worse than|no better than|slightly better than) ", page)
    assert "area under the ROC curve" in page
    assert "Confusion matrix" in page


def test_names_from_the_data_are_shown_as_they_are(boats: Path) -> None:
    page = (boats / "report.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "<float>" not in page
    assert "<i>sort" not in page
    assert "Will it &lt;float&gt;?" in page
    assert "**raft** | $5 &amp; $6" in re.sub(r"<svg.*?</svg>", "", page, flags=re.S)
