"""Texts that try to be something else stay texts: in every page, file and answer."""

from __future__ import annotations

import csv
import io
import json

import pytest
from playwright.sync_api import FilePayload, expect

from Task1_database.literals import harmless
from tests.browser import Open
from tests.hostile_dataset import (
    CLASSES,
    EMOJI,
    FORMULA,
    IMAGE,
    LEFTWARDS,
    LONG,
    QUOTES,
    SCRIPT,
    SQL,
    TEXTS,
)
from tests.live import Live

SEEN = {  # page: texts that it shows as they are
    "/": (SCRIPT, IMAGE, QUOTES, SQL, LONG),
    "/batch_prediction": (SCRIPT, IMAGE, QUOTES, LONG, EMOJI),
    "/questions": (SCRIPT, IMAGE, QUOTES, SQL, LEFTWARDS, EMOJI, LONG, FORMULA),
    "/report": (SCRIPT, IMAGE, QUOTES, LEFTWARDS, EMOJI),
    "/model": (SCRIPT, IMAGE, QUOTES, LONG),
    "/docs": (),
    "/status": (),
    "/report.html": (SCRIPT, IMAGE),
}


def spaces(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("path", SEEN)
def test_every_text_is_shown_and_none_is_run(browse: Open, hostile_live: Live, path: str) -> None:
    page = browse(hostile_live, path)
    page.wait_for_load_state("networkidle")
    text_content = spaces(page.evaluate("document.body.textContent"))
    assert [text for text in SEEN[path] if spaces(text) not in text_content] == []
    assert page.locator("[onerror], img[src=x], script:has-text('alert')").count() == 0
    assert "49" not in page.title()


def test_a_title_is_only_a_title(browse: Open, hostile_live: Live) -> None:
    assert browse(hostile_live).title().startswith(f"What is {SCRIPT}")


@pytest.mark.parametrize("text", TEXTS)
def test_a_category_is_sent_and_answered_as_it_is(
    browse: Open, hostile_live: Live, text: str
) -> None:
    page = browse(hostile_live)
    page.select_option("[name=kind]", text)
    page.click("text=Predict")
    page.wait_for_url("**/?**")
    assert page.input_value("[name=kind]") == text
    body = json.dumps({"kind": text})
    headers = {"Content-Type": "application/json"}
    status, answer = hostile_live.ask("POST", "/predict", body=body, headers=headers)
    assert status == 200
    parsed = json.loads(answer)
    assert parsed["given"] == {"kind": text}
    assert parsed["warnings"] == []
    assert parsed["label"] in CLASSES


def test_a_file_of_such_texts(browse: Open, hostile_live: Live) -> None:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([["size", "kind", SCRIPT], *([5, text, text] for text in TEXTS)])
    page = browse(hostile_live, "/batch_prediction")
    name = f"{IMAGE}.csv"
    sent: FilePayload = {"name": name, "mimeType": "text/csv", "buffer": buffer.getvalue().encode()}
    page.set_input_files("#file", sent)
    expect(page.locator("#preview")).to_be_visible()
    assert page.inner_text("#understood dd >> nth=0").startswith("<img src=x onerror=alert(2)>")
    cells = page.locator("#rows tbody td:nth-child(2)").evaluate_all(
        "cells => cells.map((cell) => cell.textContent)"
    )
    assert cells == list(TEXTS)
    page.click("text=Predict every row")
    expect(page.locator("#phase")).to_have_text(f"{len(TEXTS)} rows answered")


def test_the_database_is_unharmed(hostile_live: Live) -> None:
    _, body = hostile_live.ask("GET", "/questions/01_how_many.csv")
    rows = list(csv.reader(io.StringIO(body.decode(), newline="")))
    assert {row[0] for row in rows[1:]} == set(map(harmless, TEXTS))  # but none is a formula
    assert sum(int(row[1]) for row in rows[1:]) == 240
