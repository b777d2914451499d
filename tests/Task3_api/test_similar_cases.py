"""The nearest real cases: their distance, and what came of them."""

from __future__ import annotations

import numpy as np
import pytest

from Task2_model.calibration import Calibration
from Task2_model.contract import Contract, Feature, Target
from Task3_api.predictor import Predictor
from Task3_api.similar_cases import Case, SimilarCases

SIZE = Feature("size", "number", "Size", minimum=1, maximum=90, median=3)
ROOMS = Feature("rooms", "integer", "Rooms", minimum=1, maximum=5, median=2)
FUEL = Feature("fuel", "category", "Fuel", categories=("gas", "oil"))
NAN = np.nan
ROWS = np.array([[1, 1, 0], [2.1, 2, 0], [3, 3, 1], [90, 5, 1], [NAN, NAN, NAN]], dtype=np.float32)


def cases(outcomes: list[float], target: Target, task: str = "regression") -> SimilarCases:
    features = (SIZE, ROOMS, FUEL)
    contract = Contract("d", "D", task, "size", target, features, 5)  # type: ignore[arg-type]
    folds = np.zeros(len(ROWS), dtype=np.intp)
    return SimilarCases(contract, Calibration(ROWS, np.array(outcomes), folds))


PRICES = cases([10, 20, 30, 40, 50], Target("price", "Price"))


def test_numbers_are_apart_by_the_share_of_rows_between_them() -> None:
    """So that one mansion does not make all other houses alike."""
    nearest, as_near = PRICES.nearest({"size": 2.1}, 5)
    assert as_near == 5
    assert [case.outcome for case in nearest] == [20, 10, 30, 40, 50]
    assert [case.distance for case in nearest] == pytest.approx([0, 0.25, 0.25, 0.5, 1])
    assert [case.outcome for case in PRICES.nearest({"size": 1e9}, 2).cases] == [40, 30]


def test_only_what_is_given_counts_and_each_alike() -> None:
    nearest, _ = PRICES.nearest({"size": 2.1, "fuel": "oil", "rooms": None}, 2)
    assert nearest == [
        Case({"size": 3.0, "rooms": 3, "fuel": "oil"}, 30.0, 0.125),
        Case({"size": 90.0, "rooms": 5, "fuel": "oil"}, 40.0, 0.25),
    ]


def test_rows_that_are_as_near_are_counted() -> None:
    (case,), as_near = PRICES.nearest({"fuel": "gas"}, 1)
    assert (case.distance, as_near) == (0, 2)


def test_a_case_is_decoded_as_the_data_have_it() -> None:
    (case,) = PRICES.nearest({"size": 2.1}, 1).cases
    assert repr(case.record) == "{'size': 2.1, 'rooms': 2, 'fuel': 'gas'}"
    assert PRICES.nearest({"size": 2.1}, 5).cases[-1].record == {}


def test_a_class_and_a_logarithm_are_outcomes_as_people_know_them() -> None:
    sunk = Target("sunk", "Sunk", kind="integer", classes=("0", "1"))
    (case,) = cases([0, 1, 0, 0, 0], sunk, "classification").nearest({"size": 2.1}, 1).cases
    assert case.outcome == 1
    prices = np.log([1000, 181_115, 5, 5, 5]).tolist()
    logarithmic = cases(prices, Target("price", "Price", logarithmic=True))
    (case,) = logarithmic.nearest({"size": 2.1}, 1).cases
    assert case.outcome == 181_115


def test_nothing_that_tells_has_no_neighbours() -> None:
    assert PRICES.nearest({}, 5) == ([], 0)
    assert PRICES.nearest({"fuel": "coal"}, 5) == ([], 0)


def test_a_real_row_is_nearest_to_itself(predictor: Predictor) -> None:
    calibration = predictor.sealed.calibration
    similar = SimilarCases(predictor.contract, calibration)
    for index in range(0, len(calibration.rows), 400):
        whole = np.flatnonzero(~np.isnan(calibration.rows[index]))
        record = {
            predictor.contract.features[i].name: (
                predictor.contract.features[i].categories[int(calibration.rows[index, i])]
                if predictor.contract.features[i].kind == "category"
                else float(calibration.rows[index, i])
            )
            for i in whole
        }
        (case,) = similar.nearest(record, 1).cases
        assert case.distance == 0
        assert len(case.record) == len(whole)
