"""The nearest real cases on the page, where the dataset allows them."""

from __future__ import annotations

import csv

from flask.testing import FlaskClient

from Task1_database.dataset import Dataset
from tests.Task3_api.html import one, parsed, text_of


def test_five_cases_of_the_data_with_their_outcomes(client: FlaskClient, houses: Dataset) -> None:
    with houses.csv_path("houses").open(encoding="utf-8", newline="") as file:
        data = {(row["price"], row["livingArea"], row["age"]) for row in csv.DictReader(file)}
    soup = parsed(client.get("/?living_area=1800&age=20"))
    items = soup.select(".cases li")
    assert len(items) == 5
    for item in items:
        price = text_of(one(item, "b")).strip("$").replace(",", "")
        area, age = text_of(one(item, "span")).replace("\N{NO-BREAK SPACE}", " ").split(", age ")
        area = area.removeprefix("living area ").removesuffix(" sq ft").replace(",", "")
        assert (price, area, age.removesuffix(" years")) in data
        asked = parsed(client.get(str(one(item, "a")["href"])))
        assert text_of(asked.select(".cases li b")[0]) == text_of(one(item, "b"))
    assert "None of them is really near" not in text_of(one(soup, ".cases"))


def test_cases_that_are_far_are_said_to_be(client: FlaskClient) -> None:
    soup = parsed(client.get("/?living_area=5200&bedrooms=1&fuel=oil&waterfront=Yes"))
    assert "None of them is really near" in text_of(one(soup, ".cases"))


def test_no_row_is_shown_where_the_dataset_does_not_say_so(classifier: FlaskClient) -> None:
    soup = parsed(classifier.get("/?x=1800"))
    assert soup.select("[data-slot=value]")
    assert not soup.select(".cases")
