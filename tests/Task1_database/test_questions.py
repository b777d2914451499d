"""Questions are asked reading only, within a time limit, and answered all or not at all."""

from __future__ import annotations

import csv
import datetime
import io
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Task1_database.databases.base import Result
from Task1_database.dataset import Dataset
from Task1_database.errors import DatabaseError, QueryTimeout, TableMissing
from Task1_database.literals import harmless
from Task1_database.load import load
from Task1_database.questions import ask, to_csv
from tests.little_dataset import boats

ENDLESS = """-- How many?
WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n;
"""


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"duckdb://{tmp_path}/boats.duckdb"
    load(boats(tmp_path), url)
    return url


def test_a_question_is_answered_into_its_file(tmp_path: Path, url: str) -> None:
    folder, log = tmp_path / "results", list[str]()
    (answer,) = ask(boats(tmp_path), url, folder, log=log.append)
    assert log == ["asking questions/01_how_many.sql"]
    assert str(answer) == "01_how_many.csv: How many boats are there? (1 row)"
    assert answer.path == folder / "01_how_many.csv"
    assert answer.result == Result(("boats",), [(3,)])
    assert [file.name for file in folder.iterdir()] == ["01_how_many.csv"]
    assert answer.path.read_bytes() == b"boats\n3\n"


@pytest.mark.parametrize(
    ("sql", "error", "message"),
    [
        (ENDLESS, QueryTimeout, "questions/02_bad.sql: took longer than 0.5 seconds"),
        (
            "-- ?\nSELECT width FROM feature_store",
            DatabaseError,
            'questions/02_bad.sql: Binder Error: Referenced column "width" not found in FROM',
        ),
        (
            "-- ?\nSELECT * FROM read_text('/etc/hostname')",
            DatabaseError,
            'questions/02_bad.sql: Permission Error: Cannot access file "/etc/hostname" - '
            "file system operations are disabled by configuration",
        ),
        (
            "-- ?\nSELECT 1; DROP TABLE boats",
            DatabaseError,
            'questions/02_bad.sql: Invalid Input Error: Cannot execute statement of type "DROP" on '
            'database "boats" which is attached in read-only mode!',
        ),
        (
            "-- ?\nSELECT 1; INSTALL httpfs",
            DatabaseError,
            "questions/02_bad.sql: Permission Error: Cannot access directory",
        ),
        (
            "-- ?\nSELECT 1; SET enable_external_access = true",
            DatabaseError,
            "questions/02_bad.sql: Invalid Input Error: Cannot change configuration option "
            '""enable_external_access"" - the configuration has been locked',
        ),
        (
            "-- ?\nSELECT * FROM secret",
            DatabaseError,
            "questions/02_bad.sql: Catalog Error: Table with name secret does not exist!",
        ),
    ],
)
def test_a_question_that_fails_is_named_and_older_answers_stay(
    tmp_path: Path, url: str, sql: str, error: type[Exception], message: str
) -> None:
    secret = {"a Python variable": "is no table"}
    folder = tmp_path / "results"
    ask(boats(tmp_path), url, folder)
    changed = {"questions/01_how_many.sql": "-- ?\nSELECT 7 AS a", "questions/02_bad.sql": sql}
    with pytest.raises(error) as caught:
        ask(boats(tmp_path, changed), url, folder, seconds=0.5)
    assert str(caught.value).startswith(message)
    assert (folder / "01_how_many.csv").read_bytes() == b"boats\n3\n"
    assert secret


def test_a_question_that_is_gone_takes_its_answer_along(tmp_path: Path, url: str) -> None:
    folder = tmp_path / "results"
    ask(boats(tmp_path, {"questions/02_more.sql": "-- ?\nSELECT 1 AS a"}), url, folder)
    (folder / "notes.csv").write_text("mine")
    ask(boats(tmp_path, {"questions/02_more.sql": None}), url, folder)
    assert sorted(file.name for file in folder.iterdir()) == ["01_how_many.csv", "notes.csv"]


def test_a_dataset_that_is_not_loaded_is_missed(tmp_path: Path) -> None:
    url = f"duckdb://{tmp_path}/none.duckdb"
    with pytest.raises(TableMissing) as caught:
        ask(boats(tmp_path), url, tmp_path / "results")
    folder = boats(tmp_path).folder
    assert str(caught.value) == f"boats is not loaded in {url}; `tablecast load {folder}` loads it"


def test_every_question_about_houses_has_an_answer_to_read(
    tmp_path: Path, houses: Dataset, houses_url: str
) -> None:
    answers = ask(houses, houses_url, tmp_path)
    assert len(answers) == 8
    for answer in answers:
        assert 5 <= len(answer.result.rows) <= 10
        assert len(answer.result.columns) <= 8
    sizes = answers[0].path.read_text().splitlines()
    assert sizes[0] == "square_feet,homes,low_price,typical_price,high_price"
    assert sizes[3] == '"1,500 to 1,999",508,164400,195000,230000'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (0, "0"),
        (12345678901234567890, "12345678901234567890"),
        (2.0, "2"),
        (2.5, "2.5"),
        (-0.0, "0"),
        (1e22, "10000000000000000000000"),
        (1.5e-7, "0.00000015"),
        (0.1, "0.1"),
        (math.nan, ""),
        (math.inf, ""),
        (datetime.date(2024, 1, 31), "2024-01-31"),
        ("gas", "gas"),
        ("a,b", '"a,b"'),
        ('6"', '"6"""'),
        ("old\rMac", '"old\rMac"'),
        ("two\nlines", '"two\nlines"'),
        ("größer", "größer"),
    ],
)
def test_each_value_has_one_form(value: object, text: str) -> None:
    assert to_csv(Result(("x", "y"), [(1, value)])) == f"x,y\n1,{text}\n"


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@given(st.lists(st.tuples(TEXT, st.floats(allow_nan=False, allow_infinity=False)), max_size=9))
def test_what_is_written_reads_back(rows: list[tuple[str, float]]) -> None:
    read = list(csv.reader(io.StringIO(to_csv(Result(("a", "b"), list(rows)))), strict=True))
    assert [(text, float(number)) for text, number in read[1:]] == [
        (harmless(text), number) for text, number in rows
    ]


@pytest.mark.parametrize(
    "text", ["=1+1", "+x", "-x", "@x", "\tx", "\rx", "\nx", "＝1", "＋", "－", "＠"]
)
def test_no_text_becomes_a_formula(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    result = Result(("a", "b"), [(text, -1.5)])

    def cells() -> list[str]:
        return list(csv.reader(io.StringIO(to_csv(result), newline=""), strict=True))[1]

    assert cells() == ["'" + text, "-1.5"]
    monkeypatch.setenv("TABLECAST_FORMULAS", "keep")
    assert cells() == [text, "-1.5"]
