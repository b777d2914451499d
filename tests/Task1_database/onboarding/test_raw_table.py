"""The raw table is the file itself where that will do."""

from __future__ import annotations

from pathlib import Path

from Task1_database.dataset import Dataset
from tests.Task1_database.onboarding.tables import answers, boats, new_from, numbers


def test_a_file_that_is_as_it_should_be_is_taken_as_it_is(tmp_path: Path) -> None:
    result = new_from(tmp_path, {**boats(), "livingArea": numbers()})
    assert (result.folder / "boats.csv").read_bytes() == (tmp_path / "boats.csv").read_bytes()
    assert not (result.folder / "original").exists()
    assert "taken as it is" in "\n".join(result.lines())
    assert "livingArea DOUBLE PRECISION" in (result.folder / "schema.sql").read_text()
    assert list(Dataset.open(str(result.folder)).features) == ["size", "living_area"]
    answers(Dataset.open(str(result.folder)), tmp_path)
