"""Columns are features by name, by what training's file called them, by label, or nearly so."""

from __future__ import annotations

import pytest

from Task1_database.errors import InputError
from Task1_database.files.column_reading import ColumnReading
from Task2_model.contract import Contract, Feature, Target
from Task3_api.batch.column_match import match_columns, similar

FEATURES = (
    Feature("living_area", "number", "Floor space", unit="sq ft"),
    Feature("sold_year", "integer", "Sold on: year"),
    Feature("sold_month", "integer", "Sold on: month"),
    Feature("heat", "category", "Heating"),
    Feature("heat_2", "category", "heating"),
)
READINGS = {
    "living_area": ColumnReading("Größe (m²)"),
    "sold_year": ColumnReading("Sold On", day="%Y-%m-%d", part="year"),
    "sold_month": ColumnReading("Sold On", day="%Y-%m-%d", part="month"),
}
CONTRACT = Contract(
    "d", "D", "regression", "living_area", Target("t", "T"), FEATURES, 9, readings=READINGS
)


def matched(header: list[str], **chosen: str) -> dict[str, str]:
    matches = match_columns(CONTRACT, header, chosen)
    return {name: header[position] for name, position in matches.positions.items()}


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (["living_area"], {"living_area": "living_area"}),
        (["x"], {"living_area": "x"}),
        (["x", "living_area"], {"living_area": "living_area"}),
        (["Größe (m²)", "Living Area"], {"living_area": "Größe (m²)"}),
        (["Floor space"], {"living_area": "Floor space"}),
        (["floor_space (SQ FT)"], {"living_area": "floor_space (SQ FT)"}),
        (["LivingArea"], {"living_area": "LivingArea"}),
        ([" living  area "], {"living_area": " living  area "}),
        (["Living-Area", "LIVING_AREA"], {}),
        (["sold on"], {"sold_year": "sold on", "sold_month": "sold on"}),
        (["Sold On", "sold_year"], {"sold_year": "sold_year", "sold_month": "Sold On"}),
        (["HEATING"], {}),
        (["heat", "HEATING"], {"heat": "heat", "heat_2": "HEATING"}),
        (["area", "price", ""], {}),
    ],
)
def test_columns_find_their_features(header: list[str], expected: dict[str, str]) -> None:
    assert matched(header) == expected


def test_a_choice_comes_first() -> None:
    header = ["area", "living_area"]
    assert matched(header, living_area="area") == {"living_area": "area"}
    assert matched(header, living_area="") == {}
    assert matched(header, sold_year="area") == {"sold_year": "area", "living_area": "living_area"}


@pytest.mark.parametrize(
    ("chosen", "detail"),
    [
        ({"area": "x"}, "use.area: there is no such feature"),
        ({"heat": "y"}, "use.heat: the file has no column 'y'"),
    ],
)
def test_a_choice_of_what_is_not_there_is_refused(chosen: dict[str, str], detail: str) -> None:
    with pytest.raises(InputError) as caught:
        matched(["x"], **chosen)
    assert caught.value.detail == detail


def test_what_may_be_meant_is_offered_and_not_taken() -> None:
    matches = match_columns(CONTRACT, ["livng_area", "Living-Area", "LIVING_AREA", "other"])
    assert matches.used == ()
    assert matches.suggestions["living_area"] in ("Living-Area", "LIVING_AREA")
    detail = match_columns(CONTRACT, ["living_aera"]).problem().detail
    assert detail.startswith(
        "no column is a feature of d; did you mean 'living_aera' as living_area? Else the header "
    )


def test_what_is_not_called_as_its_feature_is_told() -> None:
    assert match_columns(CONTRACT, ["x", "Sold on", "heat"]).renamed == {
        "sold_year": "Sold on",
        "sold_month": "Sold on",
    }


def test_similar_names_differ_in_letters() -> None:
    assert similar("Area (m²)") == similar("area_(M2)")
    assert similar("rate") != similar("rate %")
