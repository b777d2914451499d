"""How the answer goes with the main feature."""

from __future__ import annotations

from dataclasses import replace

import pytest

from Task2_model.artifact import SealedModel
from Task3_api.pages.curve import POINTS, curve
from Task3_api.predictor import Predictor
from Task3_api.record_encoder import Record


def test_a_curve_is_what_the_model_answers(predictor: Predictor) -> None:
    record: Record = {"living_area": 1800.0, "bedrooms": 3.0, "heating": "electric"}
    drawn = curve(predictor, record)
    assert drawn.feature.name == "living_area"
    assert len(drawn.values) == POINTS
    assert (drawn.values[0], drawn.values[-1]) == (616, 5228)
    assert (drawn.given, drawn.probability_of) == (1800, None)
    for index in (0, 40, POINTS - 1):
        answer = predictor.answer({**record, "living_area": drawn.values[index]})
        ends = (drawn.middle[index], drawn.lower[index], drawn.upper[index])
        assert ends == (answer["prediction"], answer["lower"], answer["upper"])


@pytest.mark.parametrize("record", [{}, {"bedrooms": 3.0}, {"living_area": None}])
def test_a_curve_needs_nothing_given(predictor: Predictor, record: dict[str, float | None]) -> None:
    drawn = curve(predictor, record)
    assert drawn.given is None
    answer = predictor.answer({**record, "living_area": drawn.values[7]})
    assert drawn.middle[7] == answer["prediction"]


def by(predictor: Predictor, name: str) -> Predictor:
    """The same model with another main feature."""
    sealed = predictor.sealed
    values = {**vars(sealed), "contract": replace(sealed.contract, x=name)}
    return Predictor(SealedModel(**values))


def test_whole_numbers_stand_once_each(predictor: Predictor) -> None:
    assert curve(by(predictor, "bedrooms"), {}).values == (1, 2, 3, 4, 5, 6, 7)
    assert len(curve(by(predictor, "lot_size"), {}).values) == POINTS


def test_categories_become_bars(predictor: Predictor) -> None:
    fuel = by(predictor, "fuel")
    drawn = curve(fuel, {"fuel": "oil", "living_area": 1800.0})
    assert drawn.values == ("gas", "electric", "oil")
    assert drawn.given == "oil"
    answer = fuel.answer({"fuel": "oil", "living_area": 1800.0})
    assert drawn.middle[2] == answer["prediction"]
    assert curve(fuel, {"fuel": "coal"}).given is None


def test_of_many_categories_the_one_that_was_given_is_there(
    predictor: Predictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    fuel = by(predictor, "fuel")
    monkeypatch.setattr("Task3_api.pages.curve.BARS", 2)
    assert curve(fuel, {}).values == ("gas", "electric")
    assert curve(fuel, {"fuel": "oil"}).values == ("gas", "oil")
