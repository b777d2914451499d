"""The errors of every threshold, counted again one by one."""

from __future__ import annotations

import numpy as np
import pytest
from flask.testing import FlaskClient

from Task3_api.current_model import CurrentModel
from Task3_api.threshold_costs import STEPS


@pytest.fixture
def model(classifier: FlaskClient) -> CurrentModel:
    current: CurrentModel = classifier.application.extensions["tablecast"]
    return current


@pytest.mark.parametrize("record", [{"living_area": 1800.0}, {"age": 3.0, "fuel": "gas"}])
def test_both_errors_at_every_threshold(
    model: CurrentModel, record: dict[str, float | str]
) -> None:
    rates = model.threshold_costs.error_rates(record)
    assert rates.shape == (STEPS + 1, 2)
    calibration = model.predictor.sealed.calibration
    given = [name in record for name in model.contract.names]
    rows = np.where(given, calibration.rows, np.float32(np.nan))
    ensemble = model.predictor.raw_predict
    outputs = ensemble.of_folds(rows, calibration.folds)
    assert ensemble.probability_map is not None
    probability = ensemble.probability_map(outputs)[:, 1]
    events = calibration.outcomes == 1
    for step in (0, 20, 50, 80, 100):
        called = [p >= step / STEPS for p in probability.tolist()]
        pairs = list(zip(called, events.tolist(), strict=True))
        counted = [pairs.count((True, False)), pairs.count((False, True))]
        assert rates[step] == pytest.approx(np.array(counted) / len(pairs))
    assert rates[0, 1] == 0
    assert (np.diff(rates[:, 0]) <= 0).all()
    assert (np.diff(rates[:, 1]) >= 0).all()


def test_each_subset_has_its_own(model: CurrentModel) -> None:
    one, two = (
        model.threshold_costs.error_rates(record)
        for record in ({"living_area": 1800.0}, {"living_area": 1800.0, "age": 3.0})
    )
    assert not np.array_equal(one, two)
    again = model.threshold_costs.error_rates({"living_area": 2500.0})
    assert again is one
