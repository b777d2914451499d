"""Examples that a visitor asks with one click."""

from __future__ import annotations

from urllib.parse import parse_qsl

from flask.testing import FlaskClient

from Task3_api.pages.examples import examples
from Task3_api.predictor import Predictor
from tests.Task3_api.html import one, parsed, text_of


def test_every_example_is_answered_without_a_question(client: FlaskClient) -> None:
    links = one(parsed(client.get("/")), ".examples").select("a")
    assert [text_of(link) for link in links] == [
        "just the living area", "a few things", "everything"
    ]  # fmt: skip
    for link in links:
        soup = parsed(client.get(str(link["href"])))
        assert soup.select("[data-slot=value]")
        assert not soup.select(".notes :is(.error, .warning), .beyond")


def test_they_tell_more_and_more(predictor: Predictor) -> None:
    contract = predictor.contract
    offered = examples(contract, predictor.sealed.calibration.rows)
    given = [dict(parse_qsl(example.query)) for example in offered]
    assert [len(record) for record in given] == [1, 3, len(contract.names)]
    assert all(next(iter(record)) == contract.x for record in given)
