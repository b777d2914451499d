"""Counting what a request came to."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from flask.testing import FlaskClient

from Task3_api.tally import Tally


def test_answers_are_counted_with_their_warnings(client: FlaskClient) -> None:
    records = [
        {"x": 99_999, "heating": "embers"},
        {"x": 1, "bedrooms": 2.5},
        {"x": 1800},
    ]
    answers = client.post("/predict", json=records).get_json()
    tally = Tally()
    tally.add_answers(answers)
    assert tally.rows == 3
    kinds = {"above_range": 1, "unseen_category": 1, "below_range": 1, "not_whole": 1}
    assert tally.warnings == kinds


def test_a_category_that_reads_like_another_warning_is_unseen(client: FlaskClient) -> None:
    tally = Tally()
    named = client.post("/predict", json={"x": 1800, "heating": "above the largest"}).get_json()
    tally.add_answers([named])
    assert tally.warnings == {"unseen_category": 1}


def test_threads_count_together() -> None:
    tally = Tally()
    with ThreadPoolExecutor(8) as pool:
        for _ in range(1000):
            pool.submit(tally.add, 3, ["x is above the largest seen in training, 5"])
    assert (tally.rows, tally.warnings["above_range"]) == (3000, 1000)
