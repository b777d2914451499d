from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from Task2_model.artifact import ENSEMBLE, SealedModel, runtime_of
from Task2_model.export import export
from Task2_model.model import PredictiveModel
from Task2_model.study import Study
from Task3_api.predictor import Predictor


class Line(PredictiveModel):
    """No part of it is a forest."""

    def specialist(self) -> Any:
        return None

    def estimator(self) -> Any:
        return make_pipeline(SimpleImputer(keep_empty_features=True), StandardScaler(), Ridge())


@pytest.fixture(scope="module")
def line(study: Study) -> PredictiveModel:
    return Line(study.contract).fit(study.rows, study.outcomes)


def test_a_model_that_is_no_forest_answers_as_its_graph(
    study: Study, line: PredictiveModel
) -> None:
    files = export(line, study.rows)
    runtime = runtime_of(files)
    assert isinstance(runtime, bytes)
    sealed = SealedModel(
        Path(), "v", {}, study.contract, line.calibration_, files[ENSEMBLE], runtime, []
    )
    predictor = Predictor(sealed)
    for count in (1, 100, len(study.rows)):  # the last one on several threads
        expected = line.predict(study.rows[:count])
        for part, values in predictor.block(study.rows[:count]).items():
            assert values == pytest.approx(expected[part], rel=1e-4, abs=100), part


def test_without_onnxruntime_it_is_said_what_to_install() -> None:
    code = (
        "import sys; sys.modules['onnxruntime'] = None\n"
        "from Task1_database.errors import SealError\n"
        "from Task2_model.graph import Graph\n"
        "try: Graph(b'', 1)\n"
        "except SealError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("not installed: pip install 'tablecast[onnx]'")
