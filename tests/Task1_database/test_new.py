"""Any table becomes a dataset that loads, answers and can be learned from, or is refused."""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from tablecast.command_line import main
from Task1_database.databases.connect import connect
from Task1_database.dataset import Dataset
from Task1_database.errors import DataError, DatasetError, TablecastError
from Task1_database.load import load
from Task1_database.new import Made, new
from Task1_database.questions import Answer, ask
from Task2_model.study import Study

ROWS = 120
RNG = random.Random(0)


def write(
    folder: Path,
    columns: dict[str, Sequence[object]],
    name: str = "boats.csv",
    separator: str = ",",
) -> Path:
    file = folder / name
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text, delimiter=separator, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    return file


def numbers(low: float = 0, high: float = 100) -> list[float]:
    return [round(RNG.uniform(low, high), 2) for _ in range(ROWS)]


def boats() -> dict[str, Sequence[object]]:
    return {"id": range(1, ROWS + 1), "size": numbers(), "price": numbers()}


def made(folder: Path, columns: dict[str, Sequence[object]], target: str = "price") -> Made:
    return new(write(folder, columns), target, folder / "home")


def loaded(dataset: Dataset, folder: Path) -> str:
    url = f"duckdb://{folder}/loaded.duckdb"
    load(dataset, url)
    return url


def answers(dataset: Dataset, folder: Path) -> list[Answer]:
    return ask(dataset, loaded(dataset, folder), folder / "results")


def left_out(result: Made) -> dict[str, str]:
    return {left.source.label: left.reason for left in result.draft.left_out}


def test_a_table_with_dates_codes_gaps_and_decimal_commas_can_be_learned_from(
    tmp_path: Path,
) -> None:
    size = numbers(5, 20)
    columns: dict[str, Sequence[object]] = {
        "Code": [f"{place % 9:05}" for place in range(ROWS)],
        "Länge (m)": [f"{value:.2f}".replace(".", ",") for value in size],
        "Gebaut": [
            f"{1 + place % 28}.{1 + place % 12}.{1990 + place % 30}" for place in range(ROWS)
        ],
        "Kojen": ["NA" if place % 10 == 0 else str(place % 7) for place in range(ROWS)],
        "Name": [f"Boot {place}" for place in range(ROWS)],
        "Land": ["DE"] * ROWS,
        "Notiz": [""] * ROWS,
        "Preis": [
            "" if place % 40 == 0 else f"{1000 * value + RNG.gauss(0, 900):.2f}".replace(".", ",")
            for place, value in enumerate(size)
        ],
    }
    file = write(tmp_path, columns, separator=";")
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


def test_a_file_that_is_as_it_should_be_is_taken_as_it_is(tmp_path: Path) -> None:
    result = made(tmp_path, {**boats(), "livingArea": numbers()})
    assert (result.folder / "boats.csv").read_bytes() == (tmp_path / "boats.csv").read_bytes()
    assert not (result.folder / "original").exists()
    assert "taken as it is" in "\n".join(result.lines())
    assert "livingArea DOUBLE PRECISION" in (result.folder / "schema.sql").read_text()
    assert list(Dataset.open(str(result.folder)).features) == ["size", "living_area"]
    answers(Dataset.open(str(result.folder)), tmp_path)


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
    file = write(tmp_path, boats())
    assert callable(changed)
    file.write_bytes(changed(file.read_bytes()))
    result = new(file, "price", tmp_path / "home")
    assert result.draft.rows == ROWS
    with connect(loaded(Dataset.open(str(result.folder)), tmp_path), read_only=True) as database:
        assert database.count("feature_store") == ROWS


def test_a_file_without_a_header_has_numbered_columns(tmp_path: Path) -> None:
    file = write(tmp_path, boats())
    file.write_bytes(file.read_bytes().partition(b"\n")[2])
    result = new(file, "column_3", tmp_path / "home")
    assert (result.draft.rows, result.draft.target.name) == (ROWS, "column_3")
    assert "with no header: the columns are called column_1, column_2 …" in "\n".join(
        result.lines()
    )
    answers(Dataset.open(str(result.folder)), tmp_path)


def test_a_sheet_of_a_workbook(tmp_path: Path) -> None:
    book = Workbook()
    page = book.create_sheet("Boats")
    for row in [list(boats()), *zip(*boats().values(), strict=True)]:
        page.append(row)
    book.save(tmp_path / "boats.xlsx")
    result = new(tmp_path / "boats.xlsx", "price", tmp_path / "home", sheet="Boats")
    assert (result.folder / "original" / "boats.xlsx").is_file()
    assert "the sheet 'Boats' of a workbook, with its header in line 1" in "\n".join(result.lines())
    answers(Dataset.open(str(result.folder)), tmp_path)


@pytest.mark.parametrize(
    ("label", "column", "reason"),
    [
        ("nothing", [""] * ROWS, "it is empty in every row"),
        ("same", ["a"] * ROWS, "it is always 'a'"),
        ("same", [7, *[""] * (ROWS - 1)], "it is always 7 wherever it is told"),
        ("id", range(1, ROWS + 1), "it numbers the rows, and is their row_id"),
        ("", range(ROWS), "it numbers the rows, and is their row_id"),
        ("PID", RNG.sample(range(10**6), ROWS), "it numbers the rows, and is their row_id"),
        ("week", range(1, ROWS + 1), None),
        ("people", RNG.sample(range(10**6), ROWS), None),
        (
            "patient_id",
            [place // 2 for place in range(ROWS)],
            "it is called an id, and has 60 different ones",
        ),
        (
            "name",
            [f"n{place}" for place in range(ROWS)],
            "120 of its 120 texts differ: they name rows, as an id does",
        ),
        (
            "prose",
            [["a" * 201, "b"][place % 2] for place in range(ROWS)],
            "it holds texts of up to 201 characters, which are no categories",
        ),
        ("code", [f"{place // 3:05}" for place in range(ROWS)], None),
    ],
)
def test_what_says_nothing_is_left_out(
    tmp_path: Path, label: str, column: Sequence[object], reason: str | None
) -> None:
    result = made(tmp_path, {"size": numbers(), label: column, "price": numbers()})
    assert left_out(result).get(label) == reason
    answers(Dataset.open(str(result.folder)), tmp_path)


def test_a_category_has_at_most_200_texts(tmp_path: Path) -> None:
    rows = 1_005
    table: dict[str, Sequence[object]] = {
        "many": [f"t{place % 201}" for place in range(rows)],
        "some": [f"t{place % 200}" for place in range(rows)],
        "price": [RNG.random() for _ in range(rows)],
    }
    result = made(tmp_path, table)
    assert left_out(result) == {"many": "it has 201 different texts; at most 200 are categories"}


def test_a_leak_is_left_out_and_can_be_put_back_as_its_comment_says(tmp_path: Path) -> None:
    price = numbers()
    table = {**boats(), "euros": [round(value * 1.1, 2) for value in price], "price": price}
    result = made(tmp_path, table)
    assert left_out(result)["euros"] == (
        "it alone tells 100 % of price: is it known before price is?"
    )
    toml, sql = result.folder / "dataset.toml", result.folder / "features.sql"
    text = re.sub(r"(?m)^euros = .*\n", "", toml.read_text("utf-8"))
    toml.write_text(f'{text}\n[features.euros]\nlabel = "euros"\n', "utf-8")
    sql.write_text(sql.read_text("utf-8").replace("-- euros AS", "euros AS"), "utf-8")
    dataset = Dataset.open(str(result.folder))
    assert list(dataset.features) == ["size", "euros"]
    answers(dataset, tmp_path)


def test_a_leak_stays_if_it_is_all_that_there_is_or_is_asked_for(tmp_path: Path) -> None:
    price = numbers()
    alone = made(tmp_path, {"euros": price, "price": price})
    assert alone.draft.remark == (
        "euros: it alone tells 100 % of price: is it known before price is?; "
        "but nothing else is there to predict from"
    )
    file = write(tmp_path, {**boats(), "euros": price, "price": price})
    asked = new(file, "price", tmp_path / "other", x="euros")
    assert asked.draft.x.name == "euros"


@pytest.mark.parametrize(
    ("target", "task", "positive"),
    [
        ([0, 1], "classification", "1"),
        (["0.0", "1.0"], "classification", "1"),
        (["no", "yes"], "classification", "yes"),
        (["a", "a", "b"], "classification", "b"),
        ([3, 4, 5], "classification", ""),
        (["x", "y", "z"], "classification", ""),
        (range(10), "classification", ""),
        (range(11), "regression", ""),
        ([0.5, 1.5], "regression", ""),
    ],
)
def test_the_task_is_guessed(
    tmp_path: Path, target: Sequence[object], task: str, positive: str
) -> None:
    values = [target[place % len(target)] for place in range(ROWS)]
    result = made(tmp_path, {"size": numbers(), "kind": RNG.choices("ab", k=ROWS), "price": values})
    dataset = Dataset.open(str(result.folder))
    assert (dataset.task, dataset.target.positive or "") == (task, positive)
    asked = answers(dataset, tmp_path)
    assert len(asked) == 3


@pytest.mark.parametrize(
    ("target", "parts", "last"),
    [(range(ROWS), 10, (10, 108, 119, 12)), (["a", "b", "b"] * (ROWS // 3), 2, ("a", 40))],
)
def test_with_one_feature_it_is_asked_how_the_target_is_spread(
    tmp_path: Path, target: Sequence[object], parts: int, last: tuple[object, ...]
) -> None:
    result = made(tmp_path, {"size": numbers(), "price": target})
    asked = answers(Dataset.open(str(result.folder)), tmp_path)
    assert [answer.path.name for answer in asked] == [
        "01_price_by_size.csv",
        "02_spread_of_price.csv",
        "03_what_is_missing.csv",
    ]
    assert len(asked[1].result.rows) == parts
    assert asked[1].result.rows[-1] == last


def test_a_class_of_a_few_rows_is_not_learned_from(tmp_path: Path) -> None:
    kinds = [*["rare"] * 9, *["sail", "row"] * 55, ""]
    result = made(tmp_path, {**boats(), "price": kinds})
    text = "\n".join(result.lines())
    assert "not learned from, being in fewer than 10 rows: 'rare'" in text
    assert "1 row does not tell it: kept, but not learned from" in text
    dataset = Dataset.open(str(result.folder))
    with connect(loaded(dataset, tmp_path), read_only=True) as database:
        study = Study.read(database, dataset)
    assert (study.contract.target.classes, len(study.rows)) == (("row", "sail"), 110)


def test_it_says_what_it_decided_and_where_to_change_it(tmp_path: Path) -> None:
    result = made(tmp_path, {**boats(), "kind": ["a", "NA", "b"] * (ROWS // 3)})
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
        f"next: tablecast run {result.folder}",
    ]
    toml = (result.folder / "dataset.toml").read_text("utf-8").splitlines()
    assert toml[2:4] == ['task = "regression"', 'x = "size"']
    assert (toml[12], toml[19]) == ("[excluded]", "[features.size]")


def test_a_dataset_of_the_workspace_is_opened_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TABLECAST_HOME", str(tmp_path / "home"))
    result = made(tmp_path, boats())
    assert list(result.lines())[-1] == "next: tablecast run boats"
    assert Dataset.open("boats").folder == result.folder


def test_the_command_line_makes_it_says_so_and_refuses_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TABLECAST_HOME", str(tmp_path / "home"))
    command = ["new", str(write(tmp_path, boats())), "--target", "price", "--name", "ships"]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 0, done.output
    assert done.stdout.endswith("next: tablecast run ships\n")
    assert Dataset.open("ships").x == "size"
    again = CliRunner().invoke(main, command)
    assert again.exit_code == 1
    assert again.stderr == (
        f"tablecast: {tmp_path}/home/ships is there already; remove it, or choose another --name\n"
    )


def many(**changed: Sequence[object]) -> dict[str, Sequence[object]]:
    return {**boats(), **changed}


@pytest.mark.parametrize(
    ("columns", "asked", "message"),
    [
        (
            boats(),
            {"target": "pric"},
            "boats.csv: there is no column 'pric'; did you mean 'price'?",
        ),
        (
            boats(),
            {"target": "zzz"},
            "boats.csv: there is no column 'zzz'; there are 'id', 'size', 'price'",
        ),
        (
            {"5.1": numbers(), "a": numbers()},
            {"target": "y"},
            "boats.csv: there is no column 'y'; there are '5.1', 'a' "
            "(a file without a header has column_1, column_2 …)",
        ),
        (
            {"price": numbers(), "price ": numbers()},
            {"target": "price"},
            "boats.csv: there are 2 columns called 'price'; rename all but one",
        ),
        (
            many(price=[""] * ROWS),
            {},
            "boats.csv: 'price' is told in 0 rows; at least 100 are needed",
        ),
        (many(price=[5] * ROWS), {}, "boats.csv: 'price' is always 5; there is nothing to learn"),
        (
            many(price=["2024-01-31"] * ROWS),
            {},
            "boats.csv: 'price' holds days; a target is a number or a class",
        ),
        (
            many(price=[f"p{place}" for place in range(ROWS)]),
            {},
            "boats.csv: 'price': fewer than two of its values are in 10 rows or more; "
            "there is nothing to learn",
        ),
        (
            {"id": range(1, ROWS + 1), "price": numbers()},
            {},
            "boats.csv: no column is left to predict from "
            "('id': it numbers the rows, and is their row_id)",
        ),
        ({"price": numbers()}, {}, "boats.csv: no column is left to predict from ()"),
        (boats(), {"x": "price"}, "boats.csv: x cannot be 'price', which is to be predicted"),
        (
            boats(),
            {"x": "id"},
            "boats.csv: 'id' cannot be x: it numbers the rows, and is their row_id",
        ),
        (boats(), {"x": "siz"}, "boats.csv: there is no column 'siz'; did you mean 'size'?"),
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
def test_what_cannot_be_done_is_refused_and_nothing_is_left_behind(
    tmp_path: Path, columns: dict[str, Sequence[object]], asked: dict[str, str], message: str
) -> None:
    home = tmp_path / "home"
    (home / "taken").mkdir(parents=True)
    file = write(tmp_path, columns)
    with pytest.raises(TablecastError) as caught:
        new(file, **{"target": "price", "home": home, **asked})  # type: ignore[arg-type]
    assert str(caught.value) == message.format(home=home)
    assert [path.name for path in home.iterdir()] == ["taken"]


def test_two_rows_are_too_few(tmp_path: Path) -> None:
    file = tmp_path / "boats.csv"
    file.write_text("size,price\n1,2\n3,4\n")
    with pytest.raises(DataError) as caught:
        new(file, "price", tmp_path / "home")
    assert str(caught.value) == "boats.csv: 'price' is told in 2 rows; at least 100 are needed"


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


def test_a_name_that_cannot_be_made_of_the_file_s_is_asked_for(tmp_path: Path) -> None:
    file = write(tmp_path, boats(), "数据.csv")
    with pytest.raises(DatasetError, match="^'数据.csv' cannot name a dataset; expected --name"):
        new(file, "price", tmp_path / "home")
    assert new(file, "price", tmp_path / "home", name="order").draft.raw.name == "order_"


LABELS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
VALUES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12),
    st.sampled_from(["", "NA", "-", "1", "2.5", "007", "1,5", "2024-01-31", "31.12.2024", "true"]),
    st.integers().map(str),
    st.floats().map(str),
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=40)
@given(st.data(), st.sampled_from(",;\t|"))
def test_any_table_that_is_written_can_be_loaded(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, separator: str
) -> None:
    folder = tmp_path_factory.mktemp("any")
    labels = data.draw(st.lists(LABELS.filter(lambda label: label != "y"), min_size=1, max_size=5))
    few = data.draw(st.lists(st.lists(VALUES, min_size=1, max_size=6), min_size=len(labels),
                             max_size=len(labels)))  # fmt: skip
    rows = [[column[place % len(column)] for column in few] for place in range(ROWS)]
    with (folder / "any.csv").open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text, delimiter=separator, quoting=csv.QUOTE_ALL)
        writer.writerow([*labels, "size", "y"])
        writer.writerows([*row, place % 13, place % 17] for place, row in enumerate(rows))
    result = new(folder / "any.csv", "y", folder, name="any_table")
    dataset = Dataset.open(str(result.folder))
    answers(dataset, folder)
    with connect(f"duckdb://{folder}/loaded.duckdb", read_only=True) as database:
        assert database.count("feature_store") == ROWS
        assert len(Study.read(database, dataset).rows) == ROWS
