"""The versions on a page, with what the gate found of the last."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from flask.testing import FlaskClient

from Task2_model.artifact import SealedModel
from Task2_model.gate import gate
from Task2_model.versions import put_in_service
from Task3_api.app import create_app
from tests.Task3_api.html import one, parsed, text_of


def test_all_versions_and_the_answers_that_moved(sealed: Path, tmp_path: Path) -> None:
    models, other = tmp_path / "houses", "20990101T000000Z-00000001"
    for name in (sealed.name, other):
        folder = shutil.copytree(sealed, models / name)
        manifest = json.loads((folder / "manifest.json").read_text())
        (folder / "manifest.json").write_text(json.dumps({**manifest, "version": name}))
    put_in_service(models, sealed.name)
    model = SealedModel.open(models / sealed.name)
    answer = dict.fromkeys(("prediction", "lower", "upper"), 10.0)
    kept = [{"id": "1", "answer": {"given": {"age": 30, "heating": "hot air"}, **answer}}]
    gate(SealedModel.open(models / other), model, kept).write(models)
    client = create_app({"MODELS": str(models)}).test_client()
    soup = parsed(client.get("/versions"))
    rows = [text_of(row) for row in soup.select("[aria-label=Versions] tbody tr")]
    assert [row.split()[0] for row in rows] == [other, sealed.name]
    assert [row.endswith("in service") for row in rows] == [False, True]
    assert "did not pass" in soup.get_text()
    assert len(soup.select(".findings .broken")) == 1
    assert "Age 30 years , Heating hot air" in text_of(one(soup, "[aria-labelledby=moved] tbody"))


def test_one_model_alone_has_no_others(client: FlaskClient) -> None:
    soup = parsed(client.get("/versions"))
    assert "is in service" in soup.get_text()
    assert not soup.select("table")
