"""The answers to a file on a page: sorted, filtered, drawn, corrected, downloaded and deleted."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from werkzeug.test import TestResponse

from Task3_api.app import create_app
from Task3_api.batch.result_store import ROWS
from tests.browser import DESKTOP, PHONE, Open
from tests.live import Live
from tests.Task3_api.batch.csv_posts import send

URL = "/batch_prediction/results"
HOMES = "id,livingArea,Bed room,fuel\n" + "".join(
    f"{n},{'x' if n % 40 == 7 else 700 + 13 * n},{1 + n % 5},{'coal' if n % 30 == 4 else 'gas'}\n"
    for n in range(1, 131)
)


@pytest.fixture
def service(app: Flask, sealed: Path, tmp_path: Path) -> FlaskClient:
    """The service of houses with a folder for results of its own."""
    return create_app({"MODEL_DIR": str(sealed), "RESULTS": str(tmp_path)}).test_client()


def store(client: FlaskClient, text: str = HOMES) -> str:
    """The address of the page of a file's answers."""
    file = {"file": (io.BytesIO(text.encode()), "homes.csv")}
    response = client.post(URL, data=file)
    assert response.status_code == 303, response.text
    return response.headers["Location"]


def texts(response: TestResponse, pattern: str) -> list[str]:
    return re.findall(pattern, response.text)


def row_numbers(response: TestResponse) -> list[int]:
    return [int(number) for number in texts(response, r"Row (\d+): ask about it alone")]


def test_the_answers_are_those_of_the_api(service: FlaskClient) -> None:
    address = store(service)
    with service.get(f"{address}/answers.csv") as response:
        assert response.data == send(service, HOMES.encode()).data
        assert response.headers["Cache-Control"] == "no-store"
        expected = list(csv.reader(io.StringIO(response.get_data(as_text=True), newline="")))
    with service.get(f"{address}/answers.xlsx") as response:
        sheet = load_workbook(io.BytesIO(response.data)).active
    assert sheet is not None
    assert [str(cell.value) for cell in sheet[1]] == expected[0]
    assert sheet.max_row == len(expected)


def test_amounts_have_the_target_s_decimals_and_separators(service: FlaskClient) -> None:
    address = store(service)
    page = service.get(address)
    with service.get(f"{address}/answers.csv") as response:
        rows = list(csv.DictReader(io.StringIO(response.get_data(as_text=True), newline="")))
    predictions = [f"{float(row['prediction']):,.0f}" for row in rows[:50] if row["prediction"]]
    shown = texts(page, r'<td class="number">([^<]*)</td>')
    assert shown[::3] == predictions
    assert texts(page, r"<dd>from ([$\d,]+) to ([$\d,]+)</dd>")


def test_rows_are_filtered_sorted_and_paged(service: FlaskClient) -> None:
    address = store(service)
    page = service.get(address)
    assert row_numbers(page) == list(range(1, 51))
    assert "Page 1 of 3" in page.text
    assert row_numbers(service.get(f"{address}?page=3")) == list(range(101, 131))
    assert row_numbers(service.get(f"{address}?show=errors")) == [7, 47, 87, 127]
    assert row_numbers(service.get(f"{address}?show=beyond")) == [4, 34, 64, 94, 124]
    assert len(row_numbers(service.get(f"{address}?show=unsure"))) == 13
    down = service.get(f"{address}?show=beyond&sort=0&order=down")
    assert row_numbers(down) == [124, 94, 64, 34, 4]
    assert 'aria-sort="descending"' in down.text
    (column,) = texts(page, r"sort=(\d+)[^>]*><bdi>prediction<")
    by_answer = row_numbers(service.get(f"{address}?sort={column}"))
    with service.get(f"{address}/answers.csv") as response:
        rows = list(csv.DictReader(io.StringIO(response.get_data(as_text=True), newline="")))
    values = [float(rows[number - 1]["prediction"]) for number in by_answer]
    assert values == sorted(values)


@pytest.mark.parametrize("query", ["show=some", "sort=99", "sort=-2", "page=0", "order=1", "a=b"])
def test_an_address_that_asks_for_what_is_not_there(service: FlaskClient, query: str) -> None:
    assert service.get(f"{store(service)}?{query}").status_code == 400


def test_a_row_leads_to_its_reasons(service: FlaskClient) -> None:
    page = service.get(store(service, "Living area;lotSize\n1800;0,5\n"))
    assert texts(page, r'href="(/\?[^"]*)" aria-label="Row 1') == [
        "/?living_area=1800&amp;lot_size=0.5"
    ]


def test_long_texts_and_many_columns_do_not_make_a_long_page(service: FlaskClient) -> None:
    wide = ",".join(f"c{n}" for n in range(3000))
    text = f"livingArea,note,{wide}\n1800,{'n' * 100_000}{',' * 3000}\n"
    page = service.get(store(service, text))
    assert len(page.text) < 60_000
    assert "2,962 further columns of the file are in the download." in page.text
    assert "Which column is which" not in page.text


def test_a_column_is_put_right_without_sending_the_file_again(service: FlaskClient) -> None:
    address = store(service)
    page = service.get(address)
    assert "Did you mean <bdi>Bed room</bdi>?" in page.text
    response = service.post(address, data={"use.bedrooms": "Bed room", "use.fuel": ""})
    assert response.status_code == 303
    with service.get(f"{response.headers['Location']}/answers.csv") as answered:
        corrected = answered.data
    query = "use.bedrooms=Bed+room&use.fuel="
    direct = service.post(
        f"/batch_prediction?{query}", data=HOMES.encode(), content_type="text/csv"
    )
    assert corrected == direct.data
    refused = service.post(address, data={"use.bedrooms": "nothing of the kind"})
    assert refused.status_code == 400


def test_answers_are_deleted(service: FlaskClient) -> None:
    address = store(service)
    assert service.post(f"{address}/delete").status_code == 303
    for path in (address, f"{address}/answers.csv", f"{URL}/{'a' * 24}", f"{URL}/..%2f"):
        assert service.get(path).status_code == 404


def test_a_file_too_long_for_a_page_is_answered_all_the_same(service: FlaskClient) -> None:
    long = "x\n" + "1800\n" * (ROWS + 1)
    response = service.post(URL, data={"file": (io.BytesIO(long.encode()), "homes.csv")})
    assert response.status_code == 413
    query = "/batch_prediction?results=1"
    with service.post(query, data=long.encode(), content_type="text/csv") as answered:
        assert "Results" not in answered.headers
        assert answered.data.count(b"\n") == ROWS + 2


def test_a_classification_counts_its_labels(
    classifier: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = classifier.get(store(classifier, "x,rooms\n800,4\n2800,9\nnan,\n"))
    assert page.status_code == 200
    assert "Can&#39;t tell" in page.text
    assert sum(map(int, texts(page, r"<dt><bdi>(?:No|Yes)</bdi></dt><dd>(\d+)<"))) == 2


def see_results(page: Page, body: str) -> None:
    page.set_input_files(
        "#file", {"name": "homes.csv", "mimeType": "text/csv", "buffer": body.encode()}
    )
    page.click("text=Show the answers here")
    expect(page.locator("h1")).to_have_text("The answers to your file")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_page_in_a_browser(browse: Open, live: Live, viewport: object, dark: bool) -> None:
    page = browse(live, "/batch_prediction", viewport=viewport, dark=dark)
    see_results(page, HOMES)
    assert Axe().run(page).violations_count == 0
    assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]  # type: ignore[index]
    page.click("text=Errors 4")
    expect(page.locator("#rows tbody tr")).to_have_count(4)
    expect(page.locator("#rows td.bad").first).to_contain_text(
        "livingArea must be a decimal number"
    )
    page.click("text=All 130")
    page.click("#rows thead >> text=prediction")
    expect(page.locator("#rows th[aria-sort=ascending]")).to_contain_text("prediction")
    page.click("text=Next")
    expect(page.locator("text=Page 2 of 3")).to_be_visible()
    with page.expect_download() as coming:
        page.click("text=Download as XLSX")
    assert coming.value.suggested_filename == "houses_predictions.xlsx"


def test_the_page_without_scripts(browse: Open, live: Live) -> None:
    page = browse(live, "/batch_prediction", java_script_enabled=False)
    page.set_input_files(
        "#file", {"name": "homes.csv", "mimeType": "text/csv", "buffer": HOMES.encode()}
    )
    page.click("text=Show the answers here")
    expect(page.locator("h1")).to_have_text("The answers to your file")
    page.get_by_label("Bedrooms").select_option("Bed room")
    page.click("text=Answer the file again")
    expect(page.locator("#use-bedrooms")).to_have_value("Bed room")
    page.click("text=Unlike training 5")
    expect(page.locator("#rows tbody tr")).to_have_count(5)
    page.click("text=Delete these answers now")
    expect(page.locator("h1")).to_have_text("Many at once")


def test_every_dataset_has_such_a_page(
    browse: Open, clients_live: Live, hostile_live: Live
) -> None:
    for service in (clients_live, hostile_live):
        page = browse(service, "/batch_prediction")
        see_results(page, service.ask("GET", "/batch_prediction/example.csv")[1].decode())
        expect(page.locator("#rows tbody tr")).to_have_count(6)
        assert page.locator("figure .tick", has_text="%").count() > 2
        assert Axe().run(page).violations_count == 0
