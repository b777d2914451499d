"""An outcome is a number, or one of the classes."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from Task1_database.errors import InputError
from Task2_model.contract import Contract, Target
from Task3_api.current_model import KEY
from Task3_api.keep.outcome_values import outcome_value


@pytest.fixture
def air(classifier: FlaskClient) -> Contract:
    contract: Contract = classifier.application.extensions[KEY].contract
    return contract


def test_a_class_by_its_name(air: Contract) -> None:
    assert outcome_value(air, "Yes") == "Yes"
    with pytest.raises(InputError, match="outcome must be one of No, Yes, not 'yes'"):
        outcome_value(air, "yes")


@pytest.mark.parametrize(("value", "outcome"), [("1", 1), ("0", 0), (True, 1), (False, 0)])
def test_whole_numbers_and_truths(air: Contract, value: object, outcome: int) -> None:
    target = Target("bad", "Bad", kind="integer", classes=("0", "1"), positive="1")
    contract = Contract("loans", "Loans", "classification", air.x, target, air.features, 0)
    assert outcome_value(contract, value) == outcome


def test_an_amount(predictor_contract: Contract) -> None:
    assert outcome_value(predictor_contract, "170000") == 170_000.0
    for value in ("nan", "1e999", "", None, True):
        with pytest.raises(InputError):
            outcome_value(predictor_contract, value)
