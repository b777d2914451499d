"""A new dataset comes with a summary of what was decided, and where to change it."""

from __future__ import annotations

from pathlib import Path

from tests.Task1_database.onboarding.tables import ROWS, boats, new_from


def test_it_says_what_it_decided_and_where_to_change_it(tmp_path: Path) -> None:
    result = new_from(tmp_path, {**boats(), "kind": ["a", "NA", "b"] * (ROWS // 3)})
    assert list(result.lines()) == [
        "boats: 120 rows of boats.csv",
        "  UTF-8 text, separated by commas, with its header in line 1",
        "  boats.csv is the same in UTF-8, with commas, points and safe names; "
        "original/boats.csv is untouched",
        "predicts",
        "  price: regression, because it is a number",
        "  from 2 features; x is size",
        "columns",
        "  id     left out           whole number  it numbers the rows, and is their row_id",
        "  size   size               number",
        "  price  price, the target  number",
        "  kind   kind               category      40 missing ('NA')",
        f"to change it, edit {result.folder}",
        "  dataset.toml, line 3: the task; line 4: x",
        "  dataset.toml, line 13: what is left out, and how to have it back",
        "  dataset.toml, from line 20: labels and units of the features",
        "  schema.sql: types; features.sql: how features are made; questions/: the questions",
    ]
    toml = (result.folder / "dataset.toml").read_text("utf-8").splitlines()
    assert toml[2:4] == ['task = "regression"', 'x = "size"']
    assert (toml[12], toml[19]) == ("[excluded]", "[features.size]")
