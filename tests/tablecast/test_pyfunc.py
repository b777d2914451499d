"""The loader that `MLmodel` names; the real MLflow calls it in `make mlflow-test`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from playbook.golden_rows import GoldenRows
from playbook.verify import compare
from tablecast.pyfunc import PyfuncModel, _load_pyfunc
from Task1_database.errors import ConfidenceError
from Task2_model.artifact import SealedModel


@pytest.fixture(scope="module")
def model(sealed: Path) -> PyfuncModel:
    return _load_pyfunc(str(sealed))


def test_golden_rows_are_answered_as_the_model_did(model: PyfuncModel, sealed: Path) -> None:
    golden = GoldenRows.of_seal(SealedModel.open(sealed))
    frame = pd.DataFrame([row["request"] for row in golden.rows])
    answers = model.predict(frame).to_dict("records")
    assert compare(golden, answers) == len(golden.rows) > 20  # type: ignore[arg-type]


def test_the_confidence_is_a_parameter(model: PyfuncModel) -> None:
    frame = pd.DataFrame({"living_area": [1800, None]})
    usual, less = model.predict(frame), model.predict(frame, {"confidence": 0.8})
    assert usual["lower"][0] < less["lower"][0] < less["upper"][0] < usual["upper"][0]
    assert usual.equals(model.predict(frame, params={"confidence": 0.9}))
    with pytest.raises(ConfidenceError):
        model.predict(frame, {"confidence": 0.99999})


def test_neither_mlflow_nor_pandas_is_needed_to_open_it(sealed: Path) -> None:
    code = (
        f"from tablecast.pyfunc import _load_pyfunc; _load_pyfunc({str(sealed)!r})\n"
        "import sys; assert not {'mlflow', 'pandas', 'flask'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
