from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from playbook.golden_rows import GoldenRows, Mismatch, key_header
from playbook.verify import verify
from Task2_model.artifact import SealedModel, current
from Task3_api.keys import new_key
from Task3_api.predictor import Predictor
from Task3_api.server.serve import free_port
from tests.live import Live, start


@pytest.fixture
def golden(predictor: Predictor) -> GoldenRows:
    return GoldenRows.of_seal(predictor.sealed)


def test_a_service_that_runs_the_model_is_the_model(live: Live, golden: GoldenRows) -> None:
    assert verify(live.url, golden) == len(golden.rows) == 24


def test_a_service_shows_its_own_golden_rows(live: Live, golden: GoldenRows) -> None:
    assert GoldenRows.of_service(live.url) == golden


def test_one_answer_that_differs_is_named(live: Live, golden: GoldenRows) -> None:
    rows = [{**row, "answer": dict(row["answer"])} for row in golden.rows]
    rows[3]["answer"]["upper"] *= 1.01
    with pytest.raises(Mismatch, match=r"\{'.*\}: upper is [\d.]+ live and [\d.]+ offline"):
        verify(live.url, dataclasses.replace(golden, rows=rows))


def test_the_probability_of_every_class_is_compared(births_live: Live, births_home: Path) -> None:
    sealed = SealedModel.open(current(births_home / "models" / "births"))
    golden = GoldenRows.of_seal(sealed)
    assert verify(births_live.url, golden) == len(golden.rows)
    answer = golden.rows[3]["answer"]
    altered = {name: p + 1e-3 for name, p in answer["probabilities"].items()}
    rows = [{**row, "answer": {**row["answer"]}} for row in golden.rows]
    rows[3]["answer"]["probabilities"] = altered
    with pytest.raises(Mismatch, match="probabilities is {.*} live and {.*} offline"):
        verify(births_live.url, dataclasses.replace(golden, rows=rows))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": "20200101T000000Z-00000000"}, "serves version .*, not 20200101T000000Z-0000"),
        ({"dataset": "births"}, "serves the dataset houses, not births"),
    ],
)
def test_another_model_is_named(
    live: Live, golden: GoldenRows, change: dict[str, str], message: str
) -> None:
    with pytest.raises(Mismatch, match=message):
        verify(live.url, dataclasses.replace(golden, **change))  # type: ignore[arg-type]


def test_a_service_that_asks_for_a_key_is_sent_it(
    home: Path, golden: GoldenRows, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, known = new_key("ci")
    port = free_port(18_300)
    command = ["-m", "tablecast", "serve", "houses", "--port", str(port)]
    live = start(command, port, home, TABLECAST_KEYS=str(known))
    with pytest.raises(Mismatch, match="asks for a key that it knows; set TABLECAST_KEY"):
        verify(live.url, golden)
    with pytest.raises(Mismatch, match="golden.json asks for a key"):
        GoldenRows.of_service(live.url)
    monkeypatch.setenv("TABLECAST_KEY", key)
    assert verify(live.url, golden) == len(golden.rows)
    assert GoldenRows.of_service(live.url) == golden
    assert live.ask("GET", "/predict?x=1800")[0] == 401
    assert live.ask("GET", "/predict?x=1800", headers=key_header())[0] == 200
    out, log = live.stop()
    assert key not in out + log


def test_a_service_that_is_not_there_is_named(golden: GoldenRows) -> None:
    nothing = "^http://127.0.0.1:9/readyz does not answer: nothing can be reached there$"
    with pytest.raises(Mismatch, match=nothing):
        verify("http://127.0.0.1:9", golden)
    with pytest.raises(
        Mismatch, match="^houses/readyz does not answer: expected an address such as"
    ):
        verify("houses", golden)
    with pytest.raises(Mismatch, match=r"http://127.0.0.1:9/golden.json does not answer"):
        GoldenRows.of_service("http://127.0.0.1:9")
