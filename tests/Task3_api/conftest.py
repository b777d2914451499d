"""A small classifier, served."""

from __future__ import annotations

import json

import numpy as np
import pytest
from flask.testing import FlaskClient

from Task2_model.artifact import seal
from Task2_model.boosting import Boosting
from Task2_model.contract import Contract, Target
from Task2_model.export import export
from Task2_model.versions import put_in_service
from Task3_api.app import create_app
from Task3_api.predictor import Predictor


@pytest.fixture(scope="session")
def classifier(predictor: Predictor, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """The service of a small model that says whether a house has central air."""
    regression = predictor.contract
    column = regression.names.index("central_air")
    features = tuple(f for f in regression.features if f.name != "central_air")
    target = Target("central_air", "Central air", classes=("No", "Yes"), positive="Yes")
    contract = Contract("air", "Air", "classification", regression.x, target, features, 0)
    calibration = predictor.sealed.calibration.rows
    rows = np.delete(calibration, column, axis=1)
    codes = regression.features[column].codes
    outcomes = (calibration[:, column] == codes["Yes"]).astype(int)
    model = Boosting(contract).fit(rows, outcomes)
    models = tmp_path_factory.mktemp("air")
    (staging := models / "staging").mkdir()
    (staging / "contract.json").write_text(contract.to_json())
    for name, data in export(model, rows).items():
        (staging / name).write_bytes(data)
    (staging / "calibration.npz").write_bytes(model.calibration_.to_bytes())
    (staging / "golden.json").write_text(json.dumps([]))
    put_in_service(models, seal(staging, models, "20260101T000000Z-00000000", {}).name)
    return create_app({"MODELS": str(models)}).test_client()
