"""The page of the model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from Task2_model.artifact import SealedModel
from Task2_model.contract import SplitColumn
from Task3_api.app import create_app
from Task3_api.current_model import CurrentModel, activate
from Task3_api.pages.model_page import ALL, COMPARED, GROUP, SUBSET, ModelView
from Task3_api.parsing import Parser
from Task3_api.predictor import Predictor
from tests.Task3_api.html import one, parsed, text_of


def test_the_model_page_names_every_sealed_file(client: FlaskClient, predictor: Predictor) -> None:
    soup = parsed(client.get("/model"))
    names = [str(tag["data-file"]) for tag in soup.select("[data-file]")]
    assert names == list(predictor.sealed.manifest["files"])
    assert predictor.version in text_of(one(soup, "main"))


def soup_of(client: FlaskClient) -> BeautifulSoup:
    return BeautifulSoup(client.get("/model").text, "html.parser")


def test_the_measurements_are_the_manifests(client: FlaskClient, predictor: Predictor) -> None:
    metrics = predictor.sealed.manifest["metrics"]
    whole = next(line for line in metrics if line[SUBSET] == ALL)
    rows = [
        [cell.get_text(strip=True) for cell in row.select("th, td")]
        for row in soup_of(client).select("[aria-labelledby=scores] tbody tr")
    ]
    assert rows[0][:2] == ["Boosting", "All features"]
    assert rows[0][2].startswith(f"${round(whole['loss'], -2):,.0f} (")
    assert rows[0][3].startswith(f"{whole['coverage'] * 100:.1f}\N{NO-BREAK SPACE}% (")
    assert [row[0] for row in rows] == [
        line["model"] for line in metrics if line[SUBSET] in COMPARED
    ]
    assert rows[-1][3:] == ["–", "–"]


def test_every_subset_is_a_mark(client: FlaskClient, predictor: Predictor) -> None:
    soup = soup_of(client)
    metrics = predictor.sealed.manifest["metrics"]
    lines = [m for m in metrics if m["coverage"] is not None and m[SUBSET] != GROUP]
    marks = [int(str(mark["x"])) for mark in soup.select(".mark")]
    assert len(marks) == len(lines)
    assert all(-3 <= position <= 1000 for position in marks)
    card = ModelView(predictor.sealed)
    assert card.strip_start <= min(line["coverage"] for line in lines)
    assert card.nominal_position == round(1000 * (0.9 - card.strip_start) / (1 - card.strip_start))


def test_groups_have_their_own_coverage(client: FlaskClient, predictor: Predictor) -> None:
    lines = [m for m in predictor.sealed.manifest["metrics"] if m[SUBSET] == GROUP]
    assert {line["feature"] for line in lines} <= set(predictor.contract.names)
    rows = [
        [cell.get_text(strip=True) for cell in row.select("th, td")]
        for row in soup_of(client).select("[aria-labelledby=groups] tbody tr")
    ]
    assert [row[1] for row in rows] == [line["group"] for line in lines]
    assert len(rows) >= 2
    assert rows[0][2] == f"{lines[0]['rows']:,}"
    assert rows[0][3].startswith(f"{lines[0]['coverage'] * 100:.1f}\N{NO-BREAK SPACE}% (")


def test_a_coverage_that_falls_short_is_said_wherever_one_is_promised(
    sealed: Path, predictor: Predictor
) -> None:
    contract = replace(
        predictor.contract, observed_coverage=0.713, split=SplitColumn("time", "day")
    )
    app = create_app({"MODEL_DIR": str(sealed), "TESTING": True})
    changed = Predictor(SealedModel(**{**vars(predictor.sealed), "contract": contract}))
    activate(app, CurrentModel(changed, Parser(contract)))
    client = app.test_client()
    said = "Of later rows, 71.3 % had the truth in the range, not 90 %."
    pages = {path: client.get(path).text for path in ("/?x=1800", "/model", "/?x=")}
    texts = {path: text.replace("\N{NO-BREAK SPACE}", " ") for path, text in pages.items()}
    assert said in texts["/?x=1800"]
    assert "71.3 % sure" in texts["/?x=1800"]
    assert said in texts["/model"]
    assert said not in texts["/?x="]
    answer = client.get("/openapi.json").get_json()["components"]["schemas"]["Answer"]
    assert "71% of later rows" in answer["properties"]["confidence"]["description"]


def test_every_feature_and_all_of_where_it_comes_from(
    client: FlaskClient, predictor: Predictor
) -> None:
    soup = soup_of(client)
    names = {code.get_text() for code in soup.select("[aria-labelledby=features] code")}
    assert names == set(predictor.contract.names)
    text = soup.get_text()
    provenance = predictor.sealed.manifest["provenance"]
    for value in (provenance["data_sha256"], provenance["model"], provenance["python"]):
        assert value in text
    for name, version in provenance["packages"].items():
        assert f"{name} {version}" in text


def test_the_card_as_it_was_sealed(client: FlaskClient, sealed: Path) -> None:
    with client.get("/model.md") as response:
        assert response.mimetype == "text/markdown"
        assert response.data == (sealed / "MODEL_CARD.md").read_bytes()
