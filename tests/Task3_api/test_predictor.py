from __future__ import annotations

import numpy as np
import pytest

from Task1_database.errors import InputError
from Task2_model.model import PredictiveModel
from Task2_model.study import Study
from Task3_api.predictor import Predictor

HALF_A_STEP = 50.0  # prices are rounded to hundreds of dollars


def test_answers_as_the_model_did_offline(predictor: Predictor) -> None:
    for row in predictor.sealed.golden:
        answer = predictor.answer(row["request"])
        for part, offline in row["answer"].items():
            assert answer[part] == pytest.approx(offline, rel=1e-5, abs=HALF_A_STEP)


def test_an_answer_says_all_that_the_design_promises(predictor: Predictor) -> None:
    answer = predictor.answer({"living_area": 1800, "bedrooms": 3, "fuel": None})
    assert list(answer) == [
        "prediction", "lower", "upper", "confidence", "target", "unit", "given", "missing",
        "warnings", "model",
    ]  # fmt: skip
    assert answer["lower"] < answer["prediction"] < answer["upper"]
    assert answer["given"] == {"living_area": 1800, "bedrooms": 3}
    assert "fuel" in answer["missing"]
    assert "bedrooms" not in answer["missing"]
    assert answer["warnings"] == []
    assert answer["model"] == {"dataset": "houses", "version": predictor.version}


def test_one_by_one_and_together_are_the_same(predictor: Predictor) -> None:
    records = [row["request"] for row in predictor.sealed.golden]
    assert predictor.answers(records) == [predictor.answer(record) for record in records]


def test_a_block_equals_the_model_on_every_row(
    predictor: Predictor, study: Study, fitted: PredictiveModel
) -> None:
    block, offline = predictor.block(study.rows), fitted.predict(study.rows)
    for part, values in block.items():
        np.testing.assert_allclose(values, offline[part], rtol=1e-5, atol=HALF_A_STEP)


@pytest.mark.parametrize(
    ("record", "warnings"),
    [
        (
            {"living_area": 99_999},
            ["living_area 99,999 is above the largest seen in training, 5,228"],
        ),
        (
            {"living_area": -5},
            ["living_area -5 is below the smallest seen in training, 616"],
        ),
        (
            {"living_area": 1800, "fuel": "plasma"},
            ["fuel 'plasma' was never seen in training and is left out"],
        ),
    ],
)
def test_warns_of_what_training_never_held(
    predictor: Predictor, record: dict[str, float | str], warnings: list[str]
) -> None:
    assert [warned["detail"] for warned in predictor.answer(record)["warnings"]] == warnings


@pytest.mark.parametrize(
    ("record", "detail"),
    [
        ({}, "at least one feature must be given, for example living_area"),
        ({"fuel": None}, "at least one feature must be given, for example living_area"),
        (
            {"fuel": "plasma"},
            "fuel 'plasma' was never seen in training and is left out; "
            "at least one feature must be given, for example living_area",
        ),
    ],
)
def test_nothing_given_is_refused(
    predictor: Predictor, record: dict[str, str | None], detail: str
) -> None:
    with pytest.raises(InputError) as error:
        predictor.answer(record)
    assert error.value.detail == detail
    with pytest.raises(InputError) as error:
        predictor.answers([{"living_area": 1800}, record])
    assert error.value.row == 1
