from __future__ import annotations

from dataclasses import replace

import pytest

from Task2_model.artifact import SealedModel
from Task3_api.current_model import CurrentModel
from Task3_api.pages.confidence_choice import ConfidenceChoice
from Task3_api.parsing import Parser
from Task3_api.predictor import Predictor


def model(predictor: Predictor, usual: float, rows: int) -> CurrentModel:
    """Houses with another usual confidence, calibrated by so many rows."""
    sealed = predictor.sealed
    some = sealed.calibration.subset(slice(rows))  # type: ignore[arg-type]
    contract = replace(predictor.contract, confidence=usual)
    changed = {**vars(sealed), "contract": contract, "calibration": some}
    return CurrentModel(Predictor(SealedModel(**changed)), Parser(contract))


@pytest.mark.parametrize(
    ("rows", "usual", "chosen", "levels"),
    [
        (1000, 0.9, None, (0.5, 0.8, 0.9, 0.95, 0.99)),
        (1000, 0.85, 0.995, (0.5, 0.8, 0.85, 0.9, 0.95, 0.99, 0.995)),
        (60, 0.9, None, (0.5, 0.8, 0.9, 0.95)),  # 60 rows give 59/61 at most
    ],
)
def test_round_levels_that_are_possible_the_usual_and_the_chosen_one(
    predictor: Predictor, rows: int, usual: float, chosen: float | None, levels: tuple[float, ...]
) -> None:
    choice = ConfidenceChoice.of(model(predictor, usual, rows), chosen)
    assert choice.levels == levels
    assert choice.chosen == (chosen or usual)
    assert [choice.value(level) for level in levels].count("") == 1
    assert choice.value(usual) == ""
    assert choice.value(0.95) == "0.95"
