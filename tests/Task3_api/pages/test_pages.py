"""The pages for people: the form and its answers, and what lies behind them."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from Task2_model.artifact import seal
from Task2_model.boosting import Boosting
from Task2_model.contract import Contract, Target
from Task2_model.export import export
from Task3_api.app import create_app
from Task3_api.pages import words
from Task3_api.predictor import Predictor

PAGES = ["/", "/?living_area=1800", "/single_prediction", "/batch_prediction", "/questions"]
PAGES += ["/report", "/model", "/docs", "/status", "/?living_area=x&y=1"]


def page(response: TestResponse, status: int = 200) -> BeautifulSoup:
    assert response.status_code == status, response.text
    assert response.mimetype == "text/html"
    return BeautifulSoup(response.text, "html.parser")


def one(where: BeautifulSoup | Tag, selector: str) -> Tag:
    found = where.select(selector)
    assert len(found) == 1, f"{len(found)} of {selector}"
    return found[0]


def words_of(tag: Tag) -> str:
    return " ".join(tag.get_text(" ").split())


@pytest.mark.parametrize("path", PAGES)
def test_a_page_runs_and_styles_nothing_inline(client: FlaskClient, path: str) -> None:
    soup = page(client.get(path), 400 if "y=" in path else 200)
    assert not soup.select("style, [style], script:not([src])")
    assert not [name for tag in soup.select("*") for name in tag.attrs if name.startswith("on")]
    outside = [tag for tag in soup.select("[src], [href]") if "//" in str(tag.attrs)]
    assert not outside


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_made_for_everyone(client: FlaskClient, path: str) -> None:
    soup = page(client.get(path), 400 if "y=" in path else 200)
    assert one(soup, "html")["lang"] == "en"
    assert one(soup, "h1").get_text(strip=True)
    assert one(soup, "title").get_text(strip=True).endswith("· Tablecast")
    for landmark in ("header", "nav[aria-label]", "main", "footer"):
        one(soup, landmark)
    for entry in soup.select("input, select"):
        assert one(soup, f"label[for={entry['id']}]").get_text(strip=True)
    names = [tag["id"] for tag in soup.select("[id]")]
    assert {str(tag["href"])[1:] for tag in soup.select("[href^='#']")} <= set(names)
    assert len(names) == len(set(names))
    for tag in soup.select("[aria-describedby], [aria-labelledby]"):
        assert (tag.get("aria-describedby") or tag.get("aria-labelledby")) in names


def test_every_link_leads_somewhere(client: FlaskClient) -> None:
    seen: set[str] = set()
    for path in PAGES:
        for tag in BeautifulSoup(client.get(path).text, "html.parser").select("[href], [src]"):
            seen.add(str(tag.get("href") or tag.get("src")))
    for address in {address for address in seen if not address.startswith("#")}:
        with client.get(address) as response:
            assert response.status_code == 200, address


def test_the_form_is_the_contract(client: FlaskClient, predictor: Predictor) -> None:
    soup = page(client.get("/"))
    entries = soup.select("#ask input, #ask select")
    contract = predictor.contract
    assert entries[0]["name"] == contract.x
    assert {entry["name"] for entry in entries} == set(contract.names)
    for entry in entries:
        feature = contract.by_name[str(entry["name"])]
        assert not entry.has_attr("required")
        if feature.kind == "category":
            choices = [option["value"] for option in entry.select("option")]
            assert choices == ["", *feature.categories]
        else:
            assert entry["type"] == "number"
            notes = one(soup, f"#{entry['aria-describedby']}").get_text()
            assert words.number(feature.minimum or 0) in notes
            assert words.number(feature.maximum or 0) in notes


@pytest.mark.parametrize("path", ["/", "/single_prediction"])
def test_the_answer_is_that_of_predict(
    client: FlaskClient, predictor: Predictor, path: str
) -> None:
    answer = predictor.answer({"living_area": 1800.0, "bedrooms": 3.0})
    target = predictor.contract.target
    soup = page(client.get(f"{path}?living_area=1800&bedrooms=3"))
    shown = one(soup, "#answer")
    for slot, part in (("value", "prediction"), ("lower", "lower"), ("upper", "upper")):
        text = one(shown, f"[data-slot={slot}]").get_text(strip=True)
        assert text == words.amount(answer[part], target)
    assert one(soup, "[name=living_area]")["value"] == "1800"
    assert not soup.select("[data-error]:-soup-contains('must')")


def test_a_posted_form_is_answered_too(client: FlaskClient) -> None:
    told = {"living_area": "1800", "bedrooms": "", "heating": ""}
    posted = page(client.post("/single_prediction", data=told))
    asked = page(client.get("/single_prediction?living_area=1800"))
    assert one(posted, "#answer").decode() == one(asked, "#answer").decode()


def test_an_address_is_made_fit_to_be_shared(client: FlaskClient) -> None:
    response = client.get("/?living_area=1800&bedrooms=&heating=a+%26+b")
    assert response.status_code == 302
    assert response.location == "/?living_area=1800&heating=a+%26+b"


@pytest.mark.parametrize(
    ("query", "field", "detail"),
    [
        (
            "living_area=nan",
            "living_area",
            "must be a decimal number such as 12 or -3.5, not 'nan'",
        ),
        ("x=1_000", "living_area", "must be a decimal number such as 12 or -3.5, not '1_000'"),
        ("bedrooms=2.5", "bedrooms", "must be a whole number, not '2.5'"),
        ("bedrooms=2&bedrooms=3", "bedrooms", "is given more than once"),
        ("age=" + "1" * 5000, "age", "is 5000 characters long; a number may have 64"),
    ],
)
def test_an_error_stands_at_its_entry(
    client: FlaskClient, predictor: Predictor, query: str, field: str, detail: str
) -> None:
    soup = page(client.get(f"/?{query}"), 400)
    entry = one(soup, f"[name={field}]")
    assert entry["aria-invalid"] == "true"
    said = f"{predictor.contract.by_name[field].label} {detail}"
    assert words_of(one(soup, f"#{entry['aria-describedby']} [data-error]")) == said
    assert [words_of(tag) for tag in soup.select("[data-error]") if words_of(tag)] == [said]
    assert not soup.select("[data-slot]")


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("livingarea=1", "'livingarea' is not known; did you mean living_area?"),
        ("living_area=", "Tell one thing or more, for example the living area."),
        (
            "fuel=coal",
            "Fuel “coal” is new to the model and is left out. "
            "Tell one thing or more, for example the living area.",
        ),
    ],
)
def test_an_error_of_no_entry_stands_above(client: FlaskClient, query: str, problem: str) -> None:
    soup = page(client.get(f"/?{query}"), 400)
    assert words_of(one(soup, "#problem")) == problem


def test_a_warning_is_shown(client: FlaskClient) -> None:
    soup = page(client.get("/?living_area=99999&heating=<b>coal</b>"))
    assert [words_of(tag) for tag in soup.select(".warnings li")] == [
        "Living area 99,999 sq ft is larger than any the model has seen: 616 to 5,228 sq ft.",
        "Heating “<b>coal</b>” is new to the model and is left out.",
    ]
    assert not soup.select("b:-soup-contains('coal')")
    assert one(soup, "[name=heating] option[selected]")["value"] == "<b>coal</b>"


def test_a_request_that_is_not_utf_8(client: FlaskClient) -> None:
    soup = page(client.get("/?heating=%ff", headers={"Accept": "text/html"}), 400)
    assert "The request is not UTF-8: byte 0xff at position 0" in words_of(one(soup, "main"))


def test_the_questions_with_their_answers(client: FlaskClient, sealed: Path) -> None:
    soup = page(client.get("/questions"))
    files = sorted((sealed / "answers").glob("*.csv"))
    sections = soup.select("section.question")
    assert len(sections) == len(files) > 0
    for section, path in zip(sections, files, strict=True):
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        assert one(section, "h2").get_text(strip=True).endswith("?")
        assert [words_of(tag) for tag in section.select("thead th")] == [
            name.replace("_", " ") for name in header
        ]
        shown = [
            [cell.get_text() for cell in row.select("td")] for row in section.select("tbody tr")
        ]
        assert list(zip(*shown, strict=True)) == [
            tuple(words.cells(column)) for column in zip(*rows[:50], strict=True)
        ]
        with client.get(f"/questions/{path.name}") as response:
            assert response.data == path.read_bytes()


@pytest.mark.parametrize(("kind", "mimetype"), [("html", "text/html"), ("pdf", "application/pdf")])
def test_the_report(client: FlaskClient, sealed: Path, kind: str, mimetype: str) -> None:
    with client.get(f"/report.{kind}") as response:
        assert response.mimetype == mimetype
        assert response.data == (sealed / f"report.{kind}").read_bytes()
        policy = response.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; " if kind == "html" else "default-src 'self'")
        assert "script-src" not in policy


def test_the_model_page_names_every_sealed_file(client: FlaskClient, predictor: Predictor) -> None:
    soup = page(client.get("/model"))
    names = [str(tag["data-file"]) for tag in soup.select("[data-file]")]
    assert names == list(predictor.sealed.manifest["files"])
    assert predictor.version in words_of(one(soup, "main"))


@pytest.fixture(scope="module")
def classifier(predictor: Predictor, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """The service of a small model that says whether a house has central air."""
    regression = predictor.contract
    column = regression.names.index("central_air")
    features = tuple(f for f in regression.features if f.name != "central_air")
    target = Target("central_air", "Central air", classes=("No", "Yes"), positive="Yes")
    contract = Contract("air", "Air", "classification", regression.x, target, features, 0)
    calibration = predictor.sealed.calibration.rows
    rows = np.delete(calibration, column, axis=1)
    codes = regression.features[column].codes
    outcomes = (calibration[:, column] == codes["Yes"]).astype(int)
    model = Boosting(contract).fit(rows, outcomes)
    models = tmp_path_factory.mktemp("air")
    (staging := models / "staging").mkdir()
    (staging / "contract.json").write_text(contract.to_json())
    for name, data in export(model, rows).items():
        (staging / name).write_bytes(data)
    (staging / "calibration.npz").write_bytes(model.calibration_.to_bytes())
    (staging / "golden.json").write_text(json.dumps([]))
    seal(staging, models, "20260101T000000Z-00000000", {})
    return create_app({"MODELS": str(models)}).test_client()


@pytest.mark.parametrize("path", ["/questions", "/report", "/model", "/status", "/docs"])
def test_a_model_sealed_without_a_report_has_its_pages(classifier: FlaskClient, path: str) -> None:
    assert one(page(classifier.get(path)), "h1")


@pytest.mark.parametrize("area", [800, 1800, 3500])
def test_a_classification_is_put_in_words(classifier: FlaskClient, area: int) -> None:
    answer: dict[str, Any] = classifier.get(f"/predict?x={area}").get_json()
    shown = one(page(classifier.get(f"/?x={area}")), "#answer")
    label = answer["label"] if answer["set"] == [answer["label"]] else "Can’t tell"
    assert one(shown, "[data-slot=value]").get_text(strip=True) == label
    chance = words.percent(answer["probability"])
    assert one(shown, "[data-slot=probability]").get_text(strip=True) == chance


def test_a_classification_in_a_batch(classifier: FlaskClient) -> None:
    sent = {"data": b"x\n800\nnan\n", "content_type": "text/csv"}
    header, first, second = csv.reader(
        classifier.post("/batch_prediction", **sent).text.splitlines()
    )
    answer = classifier.get("/predict?x=800").get_json()
    assert header == ["x", "label", "probability", "set", "warnings", "error"]
    assert first == [
        "800", answer["label"], str(answer["probability"]), "|".join(answer["set"]), "", "",
    ]  # fmt: skip
    assert second[1:-1] == ["", "", "", ""]


def test_openapi_of_a_classification(classifier: FlaskClient) -> None:
    schemas = classifier.get("/openapi.json").get_json()["components"]["schemas"]
    assert schemas["Answer"]["required"] == list(classifier.get("/predict?x=800").get_json())
    assert schemas["Answer"]["properties"]["label"]["enum"] == ["No", "Yes"]
