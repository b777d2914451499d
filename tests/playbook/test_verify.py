from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from playbook.verify import Mismatch, verify
from Task2_model.artifact import SealedModel, current
from Task3_api.predictor import Predictor
from tests.live import Live


@pytest.fixture
def sealed_model(predictor: Predictor) -> SealedModel:
    return predictor.sealed


def test_a_service_that_runs_the_model_is_the_model(live: Live, sealed_model: SealedModel) -> None:
    assert verify(live.url, sealed_model) == len(sealed_model.golden)


def test_one_answer_that_differs_is_named(live: Live, sealed_model: SealedModel) -> None:
    golden = [{**row, "answer": dict(row["answer"])} for row in sealed_model.golden]
    golden[3]["answer"]["upper"] *= 1.01
    altered = dataclasses.replace(sealed_model, golden=golden)
    with pytest.raises(Mismatch, match=r"\{'.*\}: upper is [\d.]+ live and [\d.]+ offline"):
        verify(live.url, altered)


def test_the_probability_of_every_class_is_compared(births_live: Live, births_home: Path) -> None:
    sealed = SealedModel.open(current(births_home / "models" / "births"))
    assert verify(births_live.url, sealed) == len(sealed.golden)
    answer = sealed.golden[3]["answer"]
    altered = {name: p + 1e-3 for name, p in answer["probabilities"].items()}
    golden = [{**row, "answer": {**row["answer"]}} for row in sealed.golden]
    golden[3]["answer"]["probabilities"] = altered
    with pytest.raises(Mismatch, match="probabilities is {.*} live and {.*} offline"):
        verify(births_live.url, dataclasses.replace(sealed, golden=golden))


def test_another_version_is_named(live: Live, sealed_model: SealedModel) -> None:
    other = dataclasses.replace(sealed_model, version="20200101T000000Z-00000000")
    with pytest.raises(Mismatch, match="serves version .*, not 20200101T000000Z-00000000"):
        verify(live.url, other)


def test_a_service_that_is_not_there_is_named(sealed_model: SealedModel) -> None:
    with pytest.raises(Mismatch, match="http://127.0.0.1:9/predict does not answer"):
        verify("http://127.0.0.1:9", sealed_model)
