"""The page of the model."""

from __future__ import annotations

from flask.testing import FlaskClient

from Task3_api.predictor import Predictor
from tests.Task3_api.html import one, parsed, text_of


def test_the_model_page_names_every_sealed_file(client: FlaskClient, predictor: Predictor) -> None:
    soup = parsed(client.get("/model"))
    names = [str(tag["data-file"]) for tag in soup.select("[data-file]")]
    assert names == list(predictor.sealed.manifest["files"])
    assert predictor.version in text_of(one(soup, "main"))
