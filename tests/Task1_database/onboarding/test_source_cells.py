"""All rows of a file are read, however odd it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from Task1_database.databases.connect import connect
from Task1_database.dataset import Dataset
from Task1_database.new import new
from tests.Task1_database.onboarding.tables import ROWS, boats, loaded, write_table


@pytest.mark.parametrize(
    "changed",
    [
        lambda data: data.replace(b"\n", b"\r\n", 3),
        lambda data: b"A title\n\n" + data,
        lambda data: data.replace(b"size", b'"si\nze"', 1),
        lambda data: data.replace(b"\n", b"\r"),
        lambda data: data.replace(b"\n", b"\n\n", 9),
        lambda data: data.decode().encode("utf-16"),
        lambda data: b"\xef\xbb\xbf" + data,
    ],
    ids=["mixed ends", "title", "header in two lines", "CR", "blank lines", "UTF-16", "mark"],
)
def test_no_row_is_lost_however_odd_the_file(tmp_path: Path, changed: object) -> None:
    file = write_table(tmp_path, boats())
    assert callable(changed)
    file.write_bytes(changed(file.read_bytes()))
    result = new(file, "price", tmp_path / "home")
    assert result.plan.rows == ROWS
    with connect(loaded(Dataset.open(str(result.folder)), tmp_path), read_only=True) as database:
        assert database.count("feature_store") == ROWS
