"""What fsspec opens is opened; what it cannot open is said in one line."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from Task1_database.errors import TablecastError
from Task1_database.file_system import open_file_system


def test_a_path_and_a_url_lead_to_the_same_file(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    for url in (str(file), f"file://{file}"):
        file_system, path = open_file_system(url)
        file_system.pipe_file(path, url.encode())
        assert file.read_text() == url


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("foo://x/a.csv", "foo://x/a.csv cannot be opened: foo:// is no kind of store"),
        ("gs://x/a.csv", "gs://x/a.csv cannot be opened: .*install gcsfs"),
    ],
)
def test_what_cannot_be_opened_is_named(url: str, message: str) -> None:
    with pytest.raises(TablecastError, match=message):
        open_file_system(url)


def test_the_extra_to_install_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(TablecastError, match=r"pip install 'tablecast\[s3\]'"):
        open_file_system("s3://bucket/folder")
