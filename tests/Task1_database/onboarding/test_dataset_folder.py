"""What is left out can be put back, as the files of the dataset say."""

from __future__ import annotations

import re
from pathlib import Path

from Task1_database.dataset import Dataset
from tests.Task1_database.onboarding.tables import answers, boats, left_out, new_from, numbers


def test_a_leak_is_left_out_and_can_be_put_back_as_its_comment_says(tmp_path: Path) -> None:
    price = numbers()
    table = {**boats(), "euros": [round(value * 1.1, 2) for value in price], "price": price}
    result = new_from(tmp_path, table)
    assert left_out(result)["euros"] == (
        "it alone explains 100 % of price: is it known before price is?"
    )
    toml, sql = result.folder / "dataset.toml", result.folder / "features.sql"
    text = re.sub(r"(?m)^euros = .*\n", "", toml.read_text("utf-8"))
    toml.write_text(f'{text}\n[features.euros]\nlabel = "euros"\n', "utf-8")
    sql.write_text(sql.read_text("utf-8").replace("-- euros AS", "euros AS"), "utf-8")
    dataset = Dataset.open(str(result.folder))
    assert list(dataset.features) == ["size", "euros"]
    answers(dataset, tmp_path)
