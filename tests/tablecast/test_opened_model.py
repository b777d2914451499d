from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from flask.testing import FlaskClient

import tablecast
from tablecast.opened_model import NOTHING_GIVEN, OpenedModel, Record
from Task1_database.errors import ConfidenceError, InputError, SealError
from Task2_model.study import Study

PARTS = ["prediction", "lower", "upper"]


@pytest.fixture(scope="module")
def model(models: Path) -> OpenedModel:
    return tablecast.open(models)


def test_a_folder_of_models_and_a_version_are_the_same(model: OpenedModel, sealed: Path) -> None:
    version = tablecast.open(str(sealed))
    assert version.version == model.version == sealed.name
    assert version.folder == model.folder == sealed
    assert version.contract == model.contract
    assert repr(model) == f"<tablecast model of houses, version {sealed.name}>"


def test_what_is_no_sealed_model_is_an_error_that_names_it(tmp_path: Path, sealed: Path) -> None:
    with pytest.raises(SealError, match=f"{tmp_path}: no model has been trained"):
        tablecast.open(tmp_path)
    copy = shutil.copytree(sealed, tmp_path / sealed.name)
    (copy / "golden.json").write_text("[]")
    with pytest.raises(SealError, match="golden.json differs from its manifest"):
        tablecast.open(copy)


def test_records_are_answered_as_the_service_answers(
    model: OpenedModel, client: FlaskClient
) -> None:
    records: list[Record] = [
        {"living_area": 1800, "fuel": "gas"},
        {"x": 900, "lot_size": 0.5},
        {"bedrooms": 99, "heating": ""},
    ]
    assert model.predict(records) == client.post("/predict", json=records).get_json()
    assert model.predict(records[0]) == client.post("/predict", json=records[0]).get_json()
    asked = client.get("/explain?living_area=1800&fuel=gas").get_json()
    assert json.loads(json.dumps(model.explain(records[0]))) == asked


@pytest.mark.parametrize("value", [1800, 1800.0, np.int64(1800), np.float32(1800), Decimal(1800)])
def test_any_number_of_python_is_a_number(model: OpenedModel, value: Any) -> None:
    same = model.predict({"living_area": 1800})
    assert model.predict({"living_area": value, "age": float("nan"), "fuel": None}) == same


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({}, "at least one feature must be given"),
        ({"livingarea": 1}, "'livingarea' is not known; did you mean living_area?"),
        ({"living_area": "1_800"}, "living_area must be a decimal number"),
        ({"living_area": float("inf")}, "living_area must be a decimal number"),
        ({"living_area": True}, "living_area must be a decimal number"),
        ({"bedrooms": 4e38}, "bedrooms is too large a number"),
        ({"living_area": [1800]}, "living_area must be a number or a text, not '[1800]'"),
        ({"living_area": 1, "x": 2}, "living_area is given more than once"),
    ],
)
def test_a_record_that_cannot_be_read(
    model: OpenedModel, record: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError) as error:
        model.predict(record)
    assert message in str(error.value)


def test_of_several_records_the_one_at_fault_is_said(model: OpenedModel) -> None:
    with pytest.raises(InputError) as error:
        model.predict([{"x": 1}, {"x": "one"}])
    assert error.value.row == 1


@pytest.mark.parametrize("data", [[1800], "living_area", np.zeros((2, 15))])
def test_what_is_neither_a_frame_nor_records_is_an_error(model: OpenedModel, data: Any) -> None:
    with pytest.raises(TypeError, match="expected a DataFrame, a record"):
        model.predict(data)


def test_a_frame_is_answered_as_its_records_are(model: OpenedModel, study: Study) -> None:
    frame = study.table.sample(50, random_state=0)  # the target and an index of its own included
    answers = model.predict(frame)
    assert list(answers.columns) == [*PARTS, "warnings"]
    assert answers.index.equals(frame.index)
    assert (answers["warnings"] == "").all()
    one_by_one = model.predict(frame[list(model.contract.names)].to_dict("records"))
    for part in PARTS:
        assert answers[part].tolist() == [answer[part] for answer in one_by_one]


def test_a_frame_may_lack_columns_and_values_and_have_others(model: OpenedModel) -> None:
    frame = pd.DataFrame(
        {
            "bedrooms": [3, None, None, 99],
            "fuel": ["gas", "plasma", None, "gas"],
            "agent": ["Jo", "Jo", "Al", "Al"],
        },
        index=["a", "b", "c", "c"],
    )
    answers = model.predict(frame)
    assert answers.index.tolist() == ["a", "b", "c", "c"]
    assert answers["prediction"].isna().tolist() == [False, True, True, False]
    unseen = "fuel 'plasma' was never seen in training and is left out"
    beyond = "bedrooms 99 is above the largest seen in training, 7"
    assert answers["warnings"].tolist() == ["", f"{unseen}; {NOTHING_GIVEN}", NOTHING_GIVEN, beyond]
    alone = model.predict({"bedrooms": 3, "fuel": "gas"})
    assert [answers[part].iloc[0] for part in PARTS] == [alone[part] for part in PARTS]


def test_a_frame_without_rows_has_an_answer_without_rows(model: OpenedModel) -> None:
    answers = model.predict(pd.DataFrame({"living_area": []}))
    assert list(answers.columns) == [*PARTS, "warnings"]
    assert len(answers) == 0


def test_the_confidence_is_chosen_in_every_way_of_asking(
    model: OpenedModel, client: FlaskClient
) -> None:
    record: Record = {"living_area": 1800}
    answer = client.get("/predict?x=1800&confidence=0.6").get_json()
    assert model.predict(record, confidence=0.6) == answer
    assert model.predict([record], confidence=0.6) == [answer]
    frame = model.predict(pd.DataFrame([record]), confidence=0.6)
    assert frame[PARTS].iloc[0].tolist() == [answer[part] for part in PARTS]
    explanation = model.explain(record, confidence=0.6)
    assert explanation["width"] == answer["upper"] - answer["lower"]
    several: list[Any] = [record, [], pd.DataFrame([record])]
    for data in several:
        with pytest.raises(ConfidenceError, match="confidence 1 is not possible; .* up to 0.99"):
            model.predict(data, confidence=1)


def test_no_records_have_no_answers(model: OpenedModel) -> None:
    assert model.predict([]) == []


def test_classes_come_as_labels_probabilities_and_sets(births_home: Path) -> None:
    model = tablecast.open(births_home / "models" / "births")
    records: list[Record] = [{"mother_age": 20, "smoking": "smoker"}, {"mother_age": 45}]
    answers = model.predict(pd.DataFrame(records)).to_dict("records")
    for answer, alone in zip(answers, model.predict(records), strict=True):
        assert answer["label"] == alone["label"]
        assert answer["probability"] == alone["probability"]
        assert answer["set"] == tuple(alone["set"])
        for name, probability in alone["probabilities"].items():
            assert answer[f"probability_{name}"] == probability
        assert sum(alone["probabilities"].values()) == pytest.approx(1, abs=1e-4)
        assert answer["warnings"] == ""
