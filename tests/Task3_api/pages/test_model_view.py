"""The model card on its page says what the manifest measured."""

from __future__ import annotations

from pathlib import Path

from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from Task3_api.pages.model_view import ALL, COMPARED, SUBSET, ModelView
from Task3_api.predictor import Predictor


def soup_of(client: FlaskClient) -> BeautifulSoup:
    return BeautifulSoup(client.get("/model").text, "html.parser")


def test_the_measurements_are_the_manifests(client: FlaskClient, predictor: Predictor) -> None:
    metrics = predictor.sealed.manifest["metrics"]
    whole = next(line for line in metrics if line[SUBSET] == ALL)
    rows = [
        [cell.get_text(strip=True) for cell in row.select("th, td")]
        for row in soup_of(client).select("[aria-labelledby=scores] tbody tr")
    ]
    assert rows[0][:2] == ["Boosting", "Everything"]
    assert rows[0][2].startswith(f"${round(whole['loss'], -2):,.0f} (")
    assert rows[0][3].startswith(f"{whole['coverage'] * 100:.1f}\N{NO-BREAK SPACE}% (")
    assert [row[0] for row in rows] == [
        line["model"] for line in metrics if line[SUBSET] in COMPARED
    ]
    assert rows[-1][3:] == ["–", "–"]


def test_every_subset_is_a_mark(client: FlaskClient, predictor: Predictor) -> None:
    soup = soup_of(client)
    lines = [line for line in predictor.sealed.manifest["metrics"] if line["coverage"] is not None]
    marks = [int(str(mark["x"])) for mark in soup.select(".mark")]
    assert len(marks) == len(lines)
    assert all(-3 <= position <= 1000 for position in marks)
    card = ModelView(predictor.sealed)
    assert card.strip_start <= min(line["coverage"] for line in lines)
    assert card.nominal_position == round(1000 * (0.9 - card.strip_start) / (1 - card.strip_start))


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
