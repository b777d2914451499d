"""The model in service, and what is derived from it once."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from Task1_database.errors import SealError
from Task3_api.app import create_app
from Task3_api.current_model import CurrentModel, model_folder, models_folder, pinned


def test_configuration_goes_before_the_environment(sealed: Path) -> None:
    models = sealed.parent
    assert model_folder({"MODEL_DIR": "a"}, {"MODELS": str(models)}) == Path("a")
    assert models_folder({"MODEL_DIR": "a"}, {"MODELS": str(models)}) is None
    assert model_folder({"MODELS": str(models)}, {"MODEL_DIR": "a"}) == sealed
    assert models_folder({}, {"MODELS": str(models)}) == models
    with pytest.raises(SealError, match="no model to serve"):
        model_folder({}, {"MODEL_DIR": ""})


def test_outcomes_and_values_of_x_are_samples_in_their_units(sealed: Path) -> None:
    model = CurrentModel.open(sealed)
    calibration, target = model.predictor.sealed.calibration, model.contract.target
    assert 100 < len(model.outcomes) <= 4096
    assert np.isin(model.outcomes, np.exp(calibration.outcomes)).all()
    assert target.minimum <= model.outcomes.min() * (1 + 1e-9)
    assert np.isin(model.x_values, calibration.rows[:, model.contract.indices["living_area"]]).all()
    assert not np.isnan(model.x_values).any()


def test_the_manifest_to_serve_can_be_pinned(sealed: Path) -> None:
    digest = hashlib.sha256((sealed / "manifest.json").read_bytes()).hexdigest()
    assert pinned({}, {}) == pinned({"MODEL_SHA256": ""}) == ""
    assert pinned({}, {"MODEL_SHA256": digest.upper()}) == digest
    with pytest.raises(SealError, match="expected 64 hexadecimal digits"):
        pinned({"MODEL_SHA256": digest[:-1]})
    served = create_app({"MODEL_DIR": str(sealed), "MODEL_SHA256": digest})
    assert served.test_client().get("/predict?x=1800").status_code == 200
    with pytest.raises(SealError, match="is not the manifest that MODEL_SHA256 names"):
        create_app({"MODEL_DIR": str(sealed), "MODEL_SHA256": "0" * 64})
