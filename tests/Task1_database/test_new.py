"""Any table becomes a dataset that loads, answers and can be learned from, or is refused."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tablecast.command_line import main
from Task1_database.databases.connect import connect
from Task1_database.dataset import Dataset
from Task1_database.errors import DataError, DatasetError
from Task1_database.new import new
from Task1_database.questions import ask
from Task2_model.study import Study
from tests.Task1_database.onboarding.tables import (
    RNG,
    ROWS,
    Columns,
    answers,
    assert_refused,
    boats,
    loaded,
    new_from,
    numbers,
    write_table,
)


def test_a_table_with_dates_codes_gaps_and_decimal_commas_can_be_learned_from(
    tmp_path: Path,
) -> None:
    size = numbers(5, 20)
    columns: Columns = {
        "Code": [f"{i % 9:05}" for i in range(ROWS)],
        "Länge (m)": [f"{value:.2f}".replace(".", ",") for value in size],
        "Gebaut": [f"{1 + i % 28}.{1 + i % 12}.{1990 + i % 30}" for i in range(ROWS)],
        "Kojen": ["NA" if i % 10 == 0 else str(i % 7) for i in range(ROWS)],
        "Name": [f"Boot {i}" for i in range(ROWS)],
        "Land": ["DE"] * ROWS,
        "Notiz": [""] * ROWS,
        "Preis": [
            "" if i % 40 == 0 else f"{1000 * value + RNG.gauss(0, 900):.2f}".replace(".", ",")
            for i, value in enumerate(size)
        ],
    }
    file = write_table(tmp_path, columns, separator=";")
    file.write_bytes(file.read_text("utf-8").encode("cp1252"))
    original = file.read_bytes()
    result = new(file, "preis", tmp_path / "home")

    assert file.read_bytes() == original
    assert (result.folder / "original" / "boats.csv").read_bytes() == original
    dataset = Dataset.open(str(result.folder))
    assert (dataset.name, dataset.task, dataset.x) == ("boats", "regression", "lange_m")
    assert list(dataset.features) == [
        "code",
        "lange_m",
        "gebaut_year",
        "gebaut_month",
        "gebaut_weekday",
        "gebaut_days",
        "kojen",
    ]
    assert dataset.features["lange_m"].label == "Länge (m)"
    assert dataset.excluded == {
        "name": "120 of its 120 texts differ: they name rows, as an id does",
        "land": "it is always 'DE'",
        "notiz": "it is empty in every row",
    }
    url = loaded(dataset, tmp_path)
    with connect(url, read_only=True) as database:
        assert database.columns("boats") == {
            "row_no": "integer",
            "code": "text",
            "lange_m": "number",
            "gebaut": "date",
            "kojen": "integer",
            "name": "text",
            "land": "text",
            "notiz": "text",
            "preis": "number",
        }
        first = database.query("SELECT * FROM feature_store WHERE row_id = 1")
        assert first.rows == [(1, "00000", size[0], 1990, 1, 1, 0, None, None)]
        study = Study.read(database, dataset)
    assert study.rows.shape == (ROWS - 3, 7)
    asked = ask(dataset, url, tmp_path / "results")
    assert [str(answer) for answer in asked] == [
        "01_preis_by_lange_m.csv: How does Preis go with Länge (m)? (10 rows)",
        "02_preis_by_code.csv: How does Preis go with Code? (9 rows)",
        "03_what_is_missing.csv: What is missing, and in how many rows? (8 rows)",
    ]
    typical = asked[0].result.columns.index("typical_preis")
    levels = [row[typical] for row in asked[0].result.rows]
    assert levels == sorted(levels)
    assert asked[2].result.rows[:2] == [("kojen", 12, 10), ("preis", 3, 3)]


def test_a_dataset_of_the_workspace_is_opened_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TABLECAST_HOME", str(tmp_path / "home"))
    result = new_from(tmp_path, boats())
    assert result.argument == "boats"
    assert Dataset.open("boats").folder == result.folder


def test_the_command_line_makes_it_says_so_and_refuses_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TABLECAST_HOME", str(tmp_path / "home"))
    command = ["new", str(write_table(tmp_path, boats())), "--target", "price", "--name", "ships"]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 0, done.output
    assert done.stdout.endswith("next: tablecast run ships\n")
    assert Dataset.open("ships").x == "size"
    again = CliRunner().invoke(main, command)
    assert again.exit_code == 1
    assert again.stderr == (
        f"tablecast: {tmp_path}/home/ships is there already; `tablecast run ships` uses it; "
        "remove it, or choose another --name\n"
    )


@pytest.mark.parametrize(
    ("columns", "arguments", "message"),
    [
        (boats(), {"sheet": "One"}, "boats.csv: is no XLSX workbook; a CSV has no sheets"),
        (
            boats(),
            {"name": "My boats"},
            "'My boats' cannot name a dataset; expected --name with small letters, digits and _, "
            "such as houses",
        ),
        (
            boats(),
            {"name": "houses"},
            "houses is a name of Tablecast's own; choose another with --name",
        ),
        (
            boats(),
            {"name": "models"},
            "models is a name of Tablecast's own; choose another with --name",
        ),
        (
            boats(),
            {"name": "taken"},
            "{home}/taken is there already; remove it, or choose another --name",
        ),
    ],
)
def test_a_name_or_a_sheet_that_cannot_be_is_refused(
    tmp_path: Path, columns: Columns, arguments: dict[str, str], message: str
) -> None:
    assert_refused(tmp_path, columns, arguments, message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "there is no file "),
        ("", "boats.csv: the file is empty; expected a header and rows"),
        ("size,price\n", "boats.csv: there is a header and no rows"),
        ("size,price\n1,2\n3\n", "boats.csv, line 3: has 1 values; expected 2"),
        ('size,price\n1,"2\n', "boats.csv, line 2: a quote is not closed"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, text: str | None, message: str) -> None:
    file = tmp_path / "boats.csv"
    if text is not None:
        file.write_text(text)
    with pytest.raises(DataError) as caught:
        new(file, "price", tmp_path / "home")
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("boats.cvs", "there is no file '{home}/boats.cvs'; did you mean boats.csv?"),
        ("nowhere/boats.csv", "there is no file '{home}/nowhere/boats.csv'"),
        (".", "'{home}' is a folder; expected a CSV or XLSX"),
    ],
)
def test_what_is_no_file_is_said_before_whether_its_name_is_taken(
    tmp_path: Path, name: str, message: str
) -> None:
    write_table(tmp_path, boats())
    (tmp_path / "boats").mkdir()
    with pytest.raises(DataError) as caught:
        new(tmp_path / name, "price", tmp_path)
    assert str(caught.value) == message.format(home=tmp_path)


def test_a_name_that_cannot_be_made_of_the_file_s_is_asked_for(tmp_path: Path) -> None:
    file = write_table(tmp_path, boats(), "数据.csv")
    with pytest.raises(DatasetError, match="^'数据.csv' cannot name a dataset; expected --name"):
        new(file, "price", tmp_path / "home")
    assert new(file, "price", tmp_path / "home", name="order").plan.raw.name == "order_"


LABELS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
VALUES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12),
    st.sampled_from(["", "NA", "-", "1", "2.5", "007", "1,5", "2024-01-31", "31.12.2024", "true"]),
    st.integers().map(str),
    st.floats().map(str),
)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=8)
@given(st.data(), st.sampled_from(",;\t|"))
def test_any_table_that_is_written_can_be_loaded(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, separator: str
) -> None:
    folder = tmp_path_factory.mktemp("any")
    labels = data.draw(
        st.lists(LABELS.filter(lambda label: label.strip() != "y"), min_size=1, max_size=5)
    )
    few = data.draw(
        st.lists(
            st.lists(VALUES, min_size=1, max_size=6), min_size=len(labels), max_size=len(labels)
        )
    )
    rows = [[column[i % len(column)] for column in few] for i in range(ROWS)]
    with (folder / "any.csv").open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text, delimiter=separator, quoting=csv.QUOTE_ALL)
        writer.writerow([*labels, "size", "y"])
        writer.writerows([*row, i % 13, i % 17] for i, row in enumerate(rows))
    result = new(folder / "any.csv", "y", folder, name="any_table")
    dataset = Dataset.open(str(result.folder))
    answers(dataset, folder)
    with connect(f"duckdb://{folder}/loaded.duckdb", read_only=True) as database:
        assert database.count("feature_store") == ROWS
        assert len(Study.read(database, dataset).rows) == ROWS
