"""What README.md says is so: its Python runs, its sample answer is the model's, links lead on."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from Task2_model.study import Study
from Task3_api.predictor import Predictor

REFRESH = "README.md shows another model's answer: run the command above it and paste what it says"
ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """The one block of code in that language."""
    (code,) = re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)
    return str(code)


def test_its_python_makes_a_column_of_predictions(
    home: Path, study: Study, predictor: Predictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home)
    homes = study.table.head(10).copy()
    exec(block("python"), {"homes": homes})
    assert homes["estimate"].tolist() == predictor.block(study.rows[:10])["prediction"].tolist()


def test_its_sample_answer_is_the_model_s(client: FlaskClient) -> None:
    (command,) = re.findall(r"tablecast predict houses (.*)", README)
    record = dict(fact.split("=") for fact in shlex.split(command))
    answer = client.get("/predict", query_string=record).get_json()
    sample = json.loads(re.sub(r",\s*…", "", block("json")))
    assert sample.pop("confidence") == answer["confidence"]
    assert set(sample) == {"prediction", "lower", "upper"}
    for part, value in sample.items():
        assert value == pytest.approx(answer[part], rel=0.02), REFRESH


@pytest.mark.parametrize("request_", re.findall(r"curl '[^']*:5000([^']*)'", README))
def test_its_addresses_answer(client: FlaskClient, request_: str) -> None:
    assert client.get(request_).status_code == 200


def test_the_solution_is_as_short_as_was_asked() -> None:
    assert len((ROOT / "SOLUTION.md").read_text(encoding="utf-8").split()) <= 2_500


@pytest.mark.parametrize(
    "document", ["README.md", "SOLUTION.md", "CONTRIBUTING.md", "CHANGELOG.md"]
)
def test_links_lead_somewhere(document: str) -> None:
    links = re.findall(r"\]\(([^):#]+)\)", (ROOT / document).read_text(encoding="utf-8"))
    assert [link for link in links if not (ROOT / link).exists()] == []
