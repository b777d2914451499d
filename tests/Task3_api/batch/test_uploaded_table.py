"""The file that one trained on can be sent back, however it is written, and is read as it was."""

from __future__ import annotations

import csv
import datetime
import io
import random
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import Workbook

from Task1_database.databases.connect import connect
from Task1_database.dataset import Dataset
from Task1_database.files.workbook import MEDIA_TYPE
from Task1_database.load import load
from Task1_database.new import new
from Task2_model.train import train
from Task3_api.server.serve import free_port
from tests.live import Live, start
from tests.Task3_api.batch.csv_posts import send, table

ROWS = 240
Rows = list[list[str]]


def boats() -> Rows:
    """A table as a shop abroad keeps it: its numbers, days and gaps as people there write them."""
    rng = random.Random(0)
    rows = [["Code", "Länge (m)", "Gebaut am", "Kojen", "Wert €", "Preis"]]
    for index in range(ROWS):
        length, worth = rng.uniform(5, 20), rng.uniform(500, 9000)
        year, kind = 1990 + rng.randrange(30), "WD BX"[rng.choice((0, 3)) :][:2]
        price = 1000 * length + worth + 300 * (year - 1990) + rng.gauss(0, 500)
        rows.append(
            [
                kind + " " * (index % 3 == 0),
                f"{length:.2f}".replace(".", ","),
                f"{1 + index % 28}.{1 + rng.randrange(12)}.{year}",
                "k.A." if index % 9 == 0 else "NA" if index % 10 == 0 else str(index % 7),
                f"{worth:,.2f} €".translate(str.maketrans(",.", ".,")),
                f"{price:.2f}".replace(".", ","),
            ]
        )
    for row in rows[1:]:
        row[3] = "NA" if row[3] == "k.A." else row[3]
    return rows


def as_text(rows: Rows, separator: str, codec: str, end: str = "\r\n") -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=separator, lineterminator=end).writerows(rows)
    return buffer.getvalue().encode(codec)


def as_workbook(rows: Rows) -> bytes:
    """Numbers and days as a workbook has them, below a title."""
    book = Workbook()
    sheet = book.active
    sheet.append(["Boote 2024"])
    sheet.append(rows[0])
    for code, length, day, berths, worth, price in rows[1:]:
        number = float(worth.removesuffix(" €").replace(".", "").replace(",", "."))
        built = datetime.datetime.strptime(day, "%d.%m.%Y")
        berth = berths if berths == "NA" else int(berths)
        numbers = [float(text.replace(",", ".")) for text in (length, price)]
        sheet.append([code, numbers[0], built, berth, number, numbers[1]])
    book.save(buffer := io.BytesIO())
    return buffer.getvalue()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Live, Rows]]:
    """The service of a model of those boats, and the rows of its feature_store."""
    home = tmp_path_factory.mktemp("shop")
    (home / "boote.csv").write_bytes(as_text(boats(), ";", "cp1252"))
    folder = new(home / "boote.csv", "Preis", home).folder
    dataset = Dataset.open(str(folder))
    url = f"duckdb:///{home}/boote.duckdb"
    list(load(dataset, url))
    (home / "models").mkdir()
    train(dataset, url, home / "models" / "boote")
    with connect(url, read_only=True) as database:
        names = ", ".join(dataset.features)
        result = database.query(f"SELECT {names} FROM feature_store ORDER BY row_id")
    rows = [["" if value is None else str(value) for value in row] for row in result.rows]
    port = free_port(18_600)
    command = ["-m", "tablecast", "serve", str(folder), "--port", str(port)]
    live = start(command, port, home)
    yield live, [list(dataset.features), *rows]
    live.stop()


def answers(live: Live, body: bytes, media_type: str = "text/csv", query: str = "") -> Rows:
    """What comes behind the columns that were sent."""
    headers = {"Content-Type": media_type}
    status, data = live.ask("POST", f"/batch_prediction{query}", body=body, headers=headers)
    assert status == 200, data
    header, *rows = csv.reader(io.StringIO(data.decode(), newline=""))
    first = header.index("prediction")
    return [row[first:] for row in rows]


RENAMED = ["CODE", "lange_m", "gebaut_am", " kojen", "wert_€", "Preis"]
FILES: dict[str, Callable[[], tuple[bytes, str]]] = {
    "as it was": lambda: (as_text(boats(), ";", "cp1252"), "text/csv"),
    "UTF-8": lambda: (as_text(boats(), ";", "utf-8", "\n"), "text/csv"),
    "UTF-8 with a mark": lambda: (as_text(boats(), ";", "utf-8-sig"), "text/csv"),
    "UTF-16": lambda: (as_text(boats(), ";", "utf-16"), "text/csv; charset=utf-16"),
    "tabs": lambda: (as_text(boats(), "\t", "utf-16-le"), "text/csv"),
    "commas": lambda: (as_text(boats(), ",", "utf-8"), "text/csv"),
    "sep=": lambda: (b"sep=;\r\n" + as_text(boats(), ";", "cp1252"), "text/csv"),
    "other names": lambda: (as_text([RENAMED, *boats()[1:]], ";", "utf-8"), "text/csv"),
    "a workbook": lambda: (as_workbook(boats()), MEDIA_TYPE),
}


@pytest.mark.parametrize("name", FILES)
def test_it_is_answered_as_the_rows_of_training(shop: tuple[Live, Rows], name: str) -> None:
    live, feature_store = shop
    expected = answers(live, as_text(feature_store, ",", "utf-8"))
    body, media_type = FILES[name]()
    assert [row[:3] for row in answers(live, body, media_type)] == [row[:3] for row in expected]
    assert [row[-1] for row in expected] == [""] * ROWS


def test_the_answer_says_what_was_read_as_what(shop: tuple[Live, Rows]) -> None:
    live, _ = shop
    with live.connect() as client:
        body = as_text(boats()[:3], ";", "cp1252")
        head = (
            b"POST /batch_prediction HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            b"Content-Type: text/csv\r\nContent-Length: %d\r\n\r\n" % len(body)
        )
        client.sendall(head + body)
        answer = b"".join(iter(lambda: client.recv(65536), b"")).decode()
    assert "read-as: Windows-1252 text, separated by semicolons\r\n" in answer
    assert "gebaut_am_year=Gebaut+am" in answer
    assert "lange_m=L%C3%A4nge+%28m%29" in answer


def test_a_column_of_another_name_is_chosen(shop: tuple[Live, Rows]) -> None:
    live, feature_store = shop
    expected = answers(live, as_text(feature_store, ",", "utf-8"))
    header, *rows = boats()
    body = as_text([["Code", "Meter", *header[2:]], *rows], ";", "utf-8")
    assert answers(live, body, query="?use.lange_m=Meter") == [
        row[:3] + row[3:] for row in answers(live, as_text(boats(), ";", "utf-8"))
    ]
    without = answers(live, body, query="?use.lange_m=")
    assert [row[:3] for row in without] != [row[:3] for row in expected]


@pytest.mark.parametrize("codec", ["utf-8", "cp1252", "utf-16"])
def test_semicolons_and_decimal_commas_need_no_training(client: FlaskClient, codec: str) -> None:
    plain = table(send(client, b"living_area,lot_size\n1800,0.5\n900,\n"))
    text = "Wohnfläche;Living Area;lotSize\r\nä;1800;0,5\r\nö;900;\r\n"
    other = table(send(client, text.encode(codec)))
    assert [row[2:] for row in plain[1:]] == [row[3:] for row in other[1:]]
    assert other[1][:3] == ["ä", "1800", "0,5"]


def test_a_file_without_a_header_is_read_as_one_was(tmp_path: Path, client: FlaskClient) -> None:
    """Where training's file had one, it is needed."""
    response = send(client, b"1800,3\n900,2\n")
    assert response.status_code == 400


def zipped(**parts: Any) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"PK\x03\x04 and no more", "the file: cannot be read as a workbook: its end is missing"),
        (zipped(bomb=bytes(200 * 2**20)), "the file: unpacked, it has 200 MB; at most 32 are read"),
        (zipped(text=b"a,b\n1,2\n"), "the file: cannot be read as a workbook: "),
    ],
)
def test_what_is_no_sound_workbook_is_refused_at_once(
    client: FlaskClient, body: bytes, problem: str
) -> None:
    for options in ({"content_type": MEDIA_TYPE}, {"content_type": "text/csv"}):
        response = client.post("/batch_prediction", data=body, **options)
        assert response.status_code == 400
        assert response.get_json()["detail"].startswith(problem)
