"""What goes wrong with a server is said in one line, in the same words whichever server it is."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from Task1_database.databases.base import Result
from Task1_database.databases.connect import connect
from Task1_database.errors import (
    DatabaseAway,
    DatabaseError,
    DatabaseInUse,
)
from Task1_database.load import load
from Task1_database.questions import ask
from tests.little_dataset import FILES, boats
from tests.private_server import Server
from tests.servers import MariaDB, fill, state

CSV, FEATURES = FILES["boats.csv"], FILES["features.sql"]


def test_who_may_only_read_cannot_load_but_can_ask(
    tmp_path: Path, server: Server, name: str, url: str
) -> None:
    load(boats(tmp_path), url)
    if not isinstance(server, MariaDB):
        server.sql("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader", database=name)
    longer = boats(tmp_path, {"boats.csv": CSV + "9,,,,\n"})
    with pytest.raises(DatabaseError) as caught:
        load(longer, server.reader_url(name))
    address = server.safe_url(name, "reader")
    assert str(caught.value).startswith(f"reader may not do this in {address}: ")
    load(longer, url)
    (answer,) = ask(longer, server.reader_url(name), tmp_path / "results")
    assert answer.result.rows == [(4,)]


@pytest.mark.parametrize(
    ("old", "new", "error", "reasons"),
    [
        ("owner:", "owner:not", DatabaseError, {"Access denied", "password authentication failed"}),
        ("/db", "/no_db", DatabaseError, {"Unknown database", "Access denied", "does not exist"}),
        ("127.0.0.1", "nowhere.invalid", DatabaseAway, {"nowhere.invalid"}),
        ("127.0.0.1:{port}", "127.0.0.1:1", DatabaseAway, {"Connection refused"}),
    ],
)
def test_a_database_that_cannot_be_opened_is_named(
    server: Server, url: str, old: str, new: str, error: type[DatabaseError], reasons: set[str]
) -> None:
    wrong = url.replace(old.format(port=server.port), new)
    assert wrong != url
    with pytest.raises(DatabaseError) as caught:
        connect(wrong)
    message = str(caught.value)
    assert type(caught.value) is error
    assert any(reason in message for reason in reasons)
    assert message.startswith(f"{server.scheme}://owner:***@")
    assert " cannot be opened: " in message
    assert "\n" not in message
    assert "s3:c" not in message


def test_a_table_that_another_session_locks_is_waited_for_and_given_up(
    server: Server, name: str, url: str, impatient: None
) -> None:
    fill(url, "SELECT 1 AS a")
    lock = "LOCK TABLES t WRITE" if isinstance(server, MariaDB) else "BEGIN; LOCK TABLE t"
    with closing(server.connection(name)) as other:
        other.cursor().execute(lock)
        for attempt in (lambda: fill(url, "SELECT 2 AS a"), lambda: state(url)):
            with pytest.raises(DatabaseInUse) as caught:
                attempt()
            words = f"{server.safe_url(name)}: others are using a table; try again later ("
            assert str(caught.value).startswith(words)
    assert state(url) == (["t"], [Result(("a",), [(1,)])])
