"""The MySQL image's first start loads, answers and refuses as `tablecast load` and `ask` do."""

from __future__ import annotations

from pathlib import Path

import pytest

from Task1_database.csv_file import CsvFile
from Task1_database.dataset import Dataset
from Task1_database.load import load
from Task1_database.questions import ask
from tests.images.datasets import BAD, HARD
from tests.little_dataset import FILES, boats
from tests.Task1_database.initdb.image import DATABASE, Image

ROW = "1,12.5,1000.50,1999-12-31,sail\n"
HEADER = "id,Size,Price,Built,Kind\n"
GOOD = {  # files that `load` takes, too
    "a stray quote": HEADER + '1,,,,a"b\n2,,,,"a""b"\n3,,,,6"\n',
    "CR at the ends": (HEADER + ROW + "2,,,,x\n").replace("\n", "\r"),
    "the largest double": HEADER + "1,1.7976931348623157e308,,,\n2,-1.7976931348623157E+308,,,\n",
    "columns in another order": 'Kind,id,"PRICE",size,Built\n"a\nb",1,1.00,1,2024-02-29\n',
}
ODD_HEADERS = {
    "two things wrong in an order of its own": 'Kind,Price,id,Size,Built\n"a\nb","\r\n",x,y,\n',
    "after a blank line": "\n" + HEADER + ROW,
    "two columns missing": "Size,id,Kind\n1,1,x\n",
    "a name that is empty": ",Size,Price,Built,Kind\n" + ROW,
    "an apostrophe and a tab": "it's\t,Size,Price,Built,Kind\n" + ROW,
    "a bad cell before a bad quote": HEADER + "x,,,,\n" + '2,,,,"a"b\n',
    "a bad quote before a bad cell": HEADER + ROW + '2,,,,"a"b\n' + "x,,,,\n",
    "a cell that is no number for a terminal": HEADER + "1,\x1b[2J\u202e\\,,,\n",
}


def answers_of_duckdb(dataset: Dataset, folder: Path) -> dict[str, str]:
    url = f"duckdb:///{folder}/compared.duckdb"
    load(dataset, url)
    answers = ask(dataset, url, folder / "results")
    return {answer.path.name: answer.path.read_bytes().decode() for answer in answers}


def refusal(dataset: Dataset) -> str:
    """The words of `tablecast load`."""
    (table,) = dataset.tables
    csv = CsvFile(dataset.csv_path(table), dataset.schema[table])
    return str(csv.first_error() or f"{csv.path.name}: the file has a header and no rows")


@pytest.mark.parametrize("name", ["clients", "births"])
def test_a_shipped_dataset_is_answered_to_the_byte(image: Image, name: str, tmp_path: Path) -> None:
    dataset = Dataset.open(name)
    assert "all is loaded" in image.start(dataset)
    assert image.answers() == answers_of_duckdb(dataset, tmp_path)


def test_a_file_that_is_hard_to_read_is_answered_to_the_byte(image: Image, tmp_path: Path) -> None:
    dataset = boats(tmp_path, HARD)
    image.start(dataset)
    assert image.answers() == answers_of_duckdb(dataset, tmp_path)


@pytest.mark.parametrize("content", GOOD.values(), ids=GOOD.keys())
def test_what_load_takes_is_taken(image: Image, content: str, tmp_path: Path) -> None:
    schema = FILES["schema.sql"].replace("VARCHAR(5)", "TEXT")
    question = "-- All?\nSELECT * FROM boats ORDER BY id\n"
    files = {"boats.csv": content, "schema.sql": schema, "questions/01_how_many.sql": question}
    dataset = boats(tmp_path, files)
    image.start(dataset)
    assert image.answers() == answers_of_duckdb(dataset, tmp_path)


@pytest.mark.parametrize("what", [*BAD, *ODD_HEADERS])
def test_what_load_refuses_is_refused_in_its_words(image: Image, what: str, tmp_path: Path) -> None:
    dataset = boats(tmp_path, {"boats.csv": {**BAD, **ODD_HEADERS}[what]})
    said = image.start(dataset)
    assert said.endswith(f"tablecast: {refusal(dataset)}\n")
    assert not image.is_complete
    assert not image.answers()


FEATURES = "SELECT id AS row_id, Size AS size, Kind AS kind, Price AS price FROM boats"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Kind AS kind, ", "", "gives the columns row_id, size, price; expected row_id, size,"),
        ("id AS row_id", "Size AS row_id", "row_id is not a whole number"),
        ("id AS row_id", "1 AS row_id", "row_id is not different in each row"),
        ("FROM boats", "FROM boats WHERE id > 9", "gives no rows"),
        ("Size AS size", "NOW() AS size", "feature_store.size is a DATETIME; expected a number"),
        ("FROM boats", "FROM boats; DROP TABLE boats", "see the error above"),
        ("FROM boats", "FROM ships", "see the error above"),
    ],
)  # fmt: skip
def test_features_that_are_not_as_promised(
    image: Image, old: str, new: str, message: str, tmp_path: Path
) -> None:
    select = FEATURES.replace(old, new)
    dataset = boats(tmp_path, {"features.sql": f"CREATE TABLE feature_store AS\n{select};\n"})
    assert f"\ntablecast: features.sql: {message}" in image.start(dataset)
    assert not image.is_complete
    assert ("boats",) in image.server.sql("SHOW TABLES", database=DATABASE)


@pytest.mark.parametrize(
    "question",
    [
        "SELECT 1 AS one; DROP TABLE boats",
        "SELECT * FROM boats INTO OUTFILE '{files}/mine.csv'",
        "SELECT user FROM mysql.user",
        "SELECT * FROM ships",
    ],
)
def test_a_question_reads_and_nothing_else(image: Image, question: str, tmp_path: Path) -> None:
    sql = f"-- Evil?\n{question.format(files=image.files)};\n"
    said = image.start(boats(tmp_path, {"questions/01_how_many.sql": sql}))
    assert said.endswith("tablecast: questions/01_how_many.sql: see the error above\n")
    assert image.server.sql("SELECT COUNT(*) FROM boats", database=DATABASE) == [(3,)]
    assert not (image.files / "mine.csv").exists()
    assert not image.answers()


def test_a_column_of_an_answer_may_have_any_name(image: Image, tmp_path: Path) -> None:
    names = 'id AS _n, id AS _n0, id AS "a,""b", id AS "select"'
    sql = f"-- Which?\nSELECT {names} FROM boats ORDER BY id DESC;\n"
    image.start(boats(tmp_path, {"questions/01_how_many.sql": sql}))
    assert image.answers() == {
        "01_how_many.csv": '_n,_n0,"a,""b",select\n3,3,3,3\n2,2,2,2\n1,1,1,1\n'
    }


def test_the_reader_is_there_at_the_end_and_the_author_is_not(image: Image, tmp_path: Path) -> None:
    image.start(boats(tmp_path))
    users = image.server.sql("SELECT user FROM mysql.user")
    assert ("ds_user",) in users
    assert ("_author",) not in users
    assert image.server.sql("SELECT features_rows FROM _ready", database=DATABASE) == [(3,)]
    assert not [path for path in image.files.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize(
    "tables",
    [
        '[ "tables" ]\n\'boats\' = """boats.csv""" # the file',
        '[tables]\nboats = "bo\\u0061ts.csv"',
        "[tables]\r\n\tboats='boats.csv'\r",
    ],
)
def test_any_form_of_toml_is_read(image: Image, tables: str, tmp_path: Path) -> None:
    toml = FILES["dataset.toml"].replace('[tables]\nboats = "boats.csv"', tables)
    assert "all is loaded" in image.start(boats(tmp_path, {"dataset.toml": toml}))
