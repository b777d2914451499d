from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from Task1_database.errors import InputError
from Task3_api.current_model import KEY
from Task3_api.predictor import Predictor
from Task3_api.tensors import answer_tensors, answer_value, feature_tensors, tensor_values


def read(data: list[Any], *shape: str) -> tuple[str, list[Any]]:
    return tensor_values({"name": "x", "shape": list(shape), "datatype": "FP64", "data": data})


def test_a_tensor_is_a_column_flat_or_nested() -> None:
    assert read(["1", None], "2") == read(["1", None], "2", "1") == ("x", ["1", None])
    assert read([["1"], [None]], "2", "1") == ("x", ["1", None])
    assert read([], "0") == ("x", [])


@pytest.mark.parametrize("shape", [(), ("1",), ("02",), ("2", "2"), ("2", "1", "1"), ("-2",)])
def test_its_shape_must_be_that_of_its_data(shape: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match=r"x: shape must be \[2\]"):
        read(["1", "2"], *shape)


def test_categories_are_bytes_and_numbers_doubles(predictor: Predictor) -> None:
    datatypes = feature_tensors(predictor.contract)
    assert list(datatypes) == list(predictor.contract.names)
    assert (datatypes["fuel"], datatypes["bedrooms"]) == ("BYTES", "FP64")


def test_every_part_of_an_answer_is_a_value(classifier: FlaskClient) -> None:
    contract = classifier.application.extensions[KEY].contract
    answer = classifier.get("/predict?x=800").get_json()
    values = {part: answer_value(contract, answer, part) for part in answer_tensors(contract)}
    assert values["label"] == answer["label"]
    assert values["probability_No"] == answer["probabilities"]["No"]
    assert values["set"] == "|".join(answer["set"])
    assert values["warnings"] == ""
