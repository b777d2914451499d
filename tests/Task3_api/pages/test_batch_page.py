"""Many rows at once, in a real browser: previewed, sent, watched, cancelled and kept."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook
from playwright.sync_api import FilePayload, Page, expect

from tests.browser import PHONE, Open
from tests.live import Live

HOMES = b"id,living_area,bedrooms,heating\n1,1800,3,electric\n2,900,4e38,coal\n3,,,\n"


def file(body: bytes, name: str = "homes.csv") -> FilePayload:
    return {"name": name, "mimeType": "text/csv", "buffer": body}


def choose(page: Page, body: bytes) -> None:
    page.set_input_files("#file", file(body))


def facts(page: Page) -> dict[str, str]:
    terms, texts = page.locator("#understood dt"), page.locator("#understood dd")
    expect(page.locator("#preview")).to_be_visible()
    return dict(zip(terms.all_inner_texts(), texts.all_inner_texts(), strict=True))


def downloaded(page: Page) -> bytes:
    with page.expect_download() as coming:
        page.click("#download")
    assert coming.value.suggested_filename.endswith("_predictions.csv")
    return Path(coming.value.path()).read_bytes()


def direct(live: Live, body: bytes) -> bytes:
    headers = {"Content-Type": "text/csv"}
    return live.ask("POST", "/batch_prediction", body=body, headers=headers)[1]


def test_the_first_rows_are_shown_as_understood(browse: Open, live: Live) -> None:
    page = browse(live, "/batch_prediction")
    choose(page, HOMES)
    preview = facts(page)
    assert preview["Used"] == "Living area, Bedrooms, Heating"
    assert preview["Passed through"] == "id"
    assert "Lot size" in preview["Not told"]
    assert preview["Looked at"] == "3 rows: 1 cell cannot be read, 1 unlike any in training"
    assert page.locator("#rows td.bad").all_inner_texts() == ["4e38"]
    assert page.locator("#rows td.unseen").all_inner_texts() == ["coal"]
    assert page.locator("#marks li").all_inner_texts() == [
        "1 cell: bedrooms is too large a number: '4e38'",
        "1 cell: heating 'coal' was never seen in training and is left out",
    ]


def test_the_answers_are_those_of_the_service(browse: Open, live: Live) -> None:
    page = browse(live, "/batch_prediction")
    choose(page, HOMES)
    page.click("text=Predict every row")
    expect(page.locator("#phase")).to_have_text("3 rows answered, 2 of them with an error")
    assert downloaded(page) == direct(live, HOMES)
    choose(page, b"x\n1800\n")
    expect(page.locator("#progress")).to_be_hidden()
    assert facts(page)["Used"] == "Living area"


@pytest.mark.parametrize("java_script", [True, False])
def test_the_ranges_are_as_sure_as_one_chooses(browse: Open, live: Live, java_script: bool) -> None:
    page = browse(live, "/batch_prediction", java_script_enabled=java_script)
    body = b"x\n1800\n"
    choose(page, body)
    page.get_by_label("How sure", exact=True).select_option("0.8")
    if java_script:
        page.click("text=Predict every row")
        expect(page.locator("#phase")).to_have_text("1 row answered")
        answered = downloaded(page)
    else:
        with page.expect_download() as coming:
            page.click("text=Predict every row")
        answered = Path(coming.value.path()).read_bytes()
    headers = {"Content-Type": "text/csv"}
    address = "/batch_prediction?confidence=0.8"
    assert answered == live.ask("POST", address, body=body, headers=headers)[1]
    assert answered != direct(live, body)


def test_a_file_is_dropped(browse: Open, live: Live) -> None:
    page = browse(live, "/batch_prediction")
    dropped = page.evaluate_handle(
        """(text) => { const data = new DataTransfer();
        data.items.add(new File([text], "dropped.csv")); return data; }""",
        HOMES.decode(),
    )
    page.dispatch_event("main", "dragover", {"dataTransfer": dropped})
    expect(page.locator("#batch.aimed")).to_be_visible()
    page.dispatch_event("main", "drop", {"dataTransfer": dropped})
    assert facts(page)["File"].startswith("dropped.csv, ")
    page.click("text=Predict every row")
    expect(page.locator("#phase")).to_have_text("3 rows answered, 2 of them with an error")
    assert downloaded(page) == direct(live, HOMES)


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "The file is empty."),
        (b"x\n1,2\n", "Line 2 has 2 cells, the header 1."),
        (b"x\n\xc3\xa9\n\xff\n", "Line 3 is not UTF-8 (byte 0xff); save the file as CSV in UTF-8."),
        (b"x,<img src=x onerror=alert(1)>,<img src=x onerror=alert(1)>\n", "Columns 2 and 3 are "),
    ],
)
def test_what_cannot_be_answered_is_reported_before_and_after(
    browse: Open, live: Live, body: bytes, detail: str
) -> None:
    page = browse(live, "/batch_prediction", failing="/batch_prediction")
    actions: tuple[Callable[[], None], ...] = (
        lambda: choose(page, body),
        lambda: page.click("text=Predict every row"),
    )
    for action in actions:
        page.evaluate("document.querySelector('#problem').textContent = ''")
        action()
        expect(page.locator("#problem")).to_contain_text(detail)
        expect(page.locator("#preview")).to_be_hidden()
    expect(page.locator("#done")).to_be_hidden()
    expect(page.get_by_role("button", name="Predict every row")).to_be_enabled()


def test_a_fault_far_down_is_reported_when_it_is_met(browse: Open, live: Live) -> None:
    page = browse(live, "/batch_prediction", failing="/batch_prediction")
    choose(page, b"living_area\n" + b"1800\n" * 40_000 + b"1,2\n")
    assert facts(page)["Used"] == "Living area"
    page.click("text=Predict every row")
    expect(page.locator("#problem")).to_have_text("Line 40002 has 2 cells, the header 1.")


def test_progress_is_shown_and_can_be_cancelled(browse: Open, live: Live, tmp_path: Path) -> None:
    page = browse(live, "/batch_prediction")
    many = tmp_path / "many.csv"
    many.write_bytes(b"living_area,note\n" + b"1800,a note that makes the row longer\n" * 400_000)
    page.set_input_files("#file", many)
    facts(page)
    page.click("text=Predict every row")
    expect(page.locator("#phase")).to_have_text("Answering", timeout=60_000)
    expect(page.locator("#amount")).to_contain_text("of 400,000 rows")
    assert 0 < page.locator("#bar").evaluate("bar => bar.value") < 1
    expect(page.get_by_role("button", name="Predict every row")).to_be_disabled()
    page.click("text=Cancel")
    expect(page.locator("#progress")).to_be_hidden()
    expect(page.get_by_role("button", name="Predict every row")).to_be_enabled()
    assert facts(page)["Used"] == "Living area"
    choose(page, HOMES)
    page.click("text=Predict every row")
    expect(page.locator("#phase")).to_contain_text("3 rows answered")


def test_a_long_answer_comes_whole(browse: Open, live: Live) -> None:
    page = browse(live, "/batch_prediction")
    rows = 30_000
    body = b'note,living_area\r\n"a ""b"",\r\n",1800\r\n' + b"x,1800\r\n" * (rows - 1)
    choose(page, body)
    page.click("text=Predict every row")
    expect(page.locator("#phase")).to_have_text(f"{rows:,} rows answered", timeout=60_000)
    assert downloaded(page) == direct(live, body)


def test_a_service_that_is_gone_is_reported(browse: Open, live: Live) -> None:
    page = browse(live, "/batch_prediction", failing="/batch_prediction")
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    choose(page, HOMES)
    expect(page.locator("#problem")).to_have_text("The service cannot be reached; try again.")
    page.click("text=Predict every row")
    expect(page.locator("#problem")).to_contain_text("The connection broke")


def test_without_scripts_the_form_does_the_same(browse: Open, live: Live) -> None:
    page = browse(live, "/batch_prediction", java_script_enabled=False)
    expect(page.locator("text=drop it anywhere")).to_be_hidden()
    choose(page, HOMES)
    with page.expect_download() as coming:
        page.click("text=Predict every row")
    assert Path(coming.value.path()).read_bytes() == direct(live, HOMES)


@pytest.mark.parametrize("dataset", ["live", "clients_live", "births_live", "hostile_live"])
def test_the_example_of_every_dataset_comes_back(
    browse: Open, dataset: str, request: pytest.FixtureRequest
) -> None:
    service: Live = request.getfixturevalue(dataset)
    page = browse(service, "/batch_prediction", viewport=PHONE, dark=True)
    example = service.ask("GET", "/batch_prediction/example.csv")[1]
    choose(page, example)
    assert facts(page)["Not told"] == "nothing"
    page.click("text=Predict every row")
    expect(page.locator("#phase")).to_have_text("6 rows answered")
    answers = list(csv.DictReader(io.StringIO(downloaded(page).decode(), newline="")))
    assert [row["error"] + row["warnings"] for row in answers] == [""] * 6


def test_a_column_of_another_name_is_shown_and_put_right(browse: Open, live: Live) -> None:
    body = b"Living Area;lot size;Bed room;Bedroms\n1800;0,5;3;4\n900;;2;1\n"
    page = browse(live, "/batch_prediction")
    choose(page, body)
    preview = facts(page)
    assert preview["Read as"] == "UTF-8 text, separated by semicolons"
    assert preview["Used"] == "Living area (from Living Area), Lot size (from lot size)"
    assert preview["Passed through"] == "Bed room, Bedroms"
    assert preview["Looked at"] == "2 rows: 0 cells cannot be read, 0 unlike any in training"
    expect(page.locator("#matching")).to_have_attribute("open", "")
    expect(page.locator("#matches .field", has_text="Bedrooms")).to_contain_text("Did you mean ")
    page.get_by_label("Bedrooms").select_option("Bed room")
    expect(page.locator("#understood")).to_contain_text("Bedrooms (from Bed room)")
    page.click("text=Predict every row")
    expect(page.locator("#phase")).to_have_text("2 rows answered")
    plain = direct(live, b"living_area,lot_size,bedrooms\n1800,0.5,3\n900,,2\n")
    assert [line.split(",")[-5:-2] for line in downloaded(page).decode().splitlines()[1:]] == [
        line.split(",")[-5:-2] for line in plain.decode().splitlines()[1:]
    ]


def test_where_nothing_is_a_feature_a_column_can_be_chosen(browse: Open, live: Live) -> None:
    page = browse(live, "/batch_prediction")
    choose(page, b"flat,note\n1800,a\n")
    expect(page.locator("#problem")).to_contain_text("No column is a feature of houses")
    page.locator("#matching > summary").click()
    page.get_by_label("Living area").select_option("flat")
    expect(page.locator("#understood")).to_contain_text("Living area (from flat)")
    expect(page.locator("#problem")).to_be_empty()
    page.click("text=Predict every row")
    expect(page.locator("#phase")).to_have_text("1 row answered")


def test_a_workbook_is_taken(browse: Open, live: Live, tmp_path: Path) -> None:
    book = Workbook()
    for row in (["Living area", "Heating"], [1800, "electric"], ["?", "electric "], [None, None]):
        book.active.append(row)
    book.save(tmp_path / "homes.xlsx")
    page = browse(live, "/batch_prediction")
    page.set_input_files("#file", tmp_path / "homes.xlsx")
    preview = facts(page)
    assert preview["Read as"] == "the sheet 'Sheet' of a workbook"
    assert preview["Used"] == "Living area, Heating"
    assert preview["Looked at"] == "2 rows: 1 cell cannot be read, 0 unlike any in training"
    page.click("text=Predict every row")
    expect(page.locator("#phase")).to_have_text("2 rows answered, 1 of them with an error")
