"""The file that makes a sealed folder a model of MLflow's: well formed, and true of the model."""

from __future__ import annotations

import json
import shutil
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

import tablecast
from Task2_model.artifact import SealedModel, current
from Task2_model.contract import Contract
from Task2_model.mlmodel import MLMODEL, mlmodel, write_mlmodel


def signature(folder: Path) -> dict[str, Any]:
    parts = yaml.safe_load((folder / MLMODEL).read_text())["signature"]
    return {name: json.loads(text) for name, text in parts.items()}


def test_it_is_sealed_and_yaml(sealed: Path) -> None:
    assert MLMODEL in SealedModel.open(sealed).manifest["files"]
    text = (sealed / MLMODEL).read_text(encoding="ascii")
    assert yaml.safe_load(text) == json.loads(text)


def test_its_loader_is_there(sealed: Path) -> None:
    flavor = yaml.safe_load((sealed / MLMODEL).read_text())["flavors"]["python_function"]
    assert callable(import_module(flavor["loader_module"])._load_pyfunc)


def test_every_input_is_optional_and_may_be_missing(sealed: Path) -> None:
    contract = SealedModel.open(sealed).contract
    optional = {"type": "any", "required": False}
    inputs = signature(sealed)["inputs"]
    assert inputs == [{"name": name, **optional} for name in contract.names]
    (confidence,) = signature(sealed)["params"]
    assert (confidence["name"], confidence["default"]) == ("confidence", contract.confidence)


KINDS = {"double": float, "string": str, "long": int, "array": tuple}


@pytest.mark.parametrize("dataset", ["houses", "births"])
def test_its_outputs_are_the_columns_of_the_answers(
    dataset: str, sealed: Path, births_home: Path
) -> None:
    folder = sealed if dataset == "houses" else current(births_home / "models" / "births")
    model = tablecast.open(folder)
    answers = model.predict(pd.DataFrame([model._predictor.sealed.golden[0]["request"]]))
    outputs = {spec["name"]: KINDS[spec["type"]] for spec in signature(folder)["outputs"]}
    assert list(outputs) == list(answers.columns)
    for name, kind in outputs.items():
        assert isinstance(answers[name].iloc[0], kind)


def test_names_of_any_kind_survive(sealed: Path, tmp_path: Path) -> None:
    text = (sealed / "contract.json").read_text()
    contract = json.loads(text)
    contract["task"] = "classification"
    contract["target"] |= {"classes": ["\x85\U0001f600", '"'], "kind": "category"}
    (tmp_path / "contract.json").write_text(json.dumps(contract))
    write_mlmodel(tmp_path)
    names = [spec["name"] for spec in signature(tmp_path)["outputs"]]
    assert names[2:4] == ["probability_\x85\U0001f600", 'probability_"']


def test_a_feature_called_confidence_does_not_take_its_place(sealed: Path) -> None:
    text = (sealed / "contract.json").read_text().replace('"bedrooms"', '"confidence"')
    params = json.loads(mlmodel(Contract.from_json(text))["signature"]["params"])
    assert [spec["name"] for spec in params] == ["confidence_answer"]


def test_a_folder_that_was_sealed_without_it_is_opened(sealed: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(sealed, tmp_path / sealed.name)
    (copy / MLMODEL).unlink()
    manifest = json.loads((copy / "manifest.json").read_text())
    del manifest["files"][MLMODEL]
    (copy / "manifest.json").write_text(json.dumps(manifest))
    assert SealedModel.open(copy).version == sealed.name
