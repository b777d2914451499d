"""What only PostgreSQL does: grants that outlive a table, views in the way, options of a URL."""

from __future__ import annotations

import pytest

from Task1_database.databases.connect import connect
from Task1_database.errors import DatabaseError
from tests.private_server import Server
from tests.servers import PostgreSQL, fill, running


@pytest.fixture
def server() -> Server:
    return running(PostgreSQL)


def test_who_might_read_a_table_may_read_the_one_in_its_place(
    server: Server, name: str, url: str
) -> None:
    fill(url, "SELECT 1 AS a")
    with (
        connect(server.reader_url(name), read_only=True) as database,
        pytest.raises(DatabaseError, match="^reader may not do this in .*: permission denied"),
    ):
        database.query("SELECT a FROM t")
    server.sql("GRANT SELECT ON t TO reader", database=name)
    fill(url, "SELECT 2 AS a")
    with connect(server.reader_url(name), read_only=True) as database:
        assert database.query("SELECT a FROM t").rows == [(2,)]
    server.sql("REVOKE SELECT ON t FROM reader", "GRANT SELECT ON t TO public", database=name)
    fill(url, "SELECT 3 AS a")
    with connect(server.reader_url(name), read_only=True) as database:
        assert database.query("SELECT a FROM t").rows == [(3,)]


def test_a_view_in_the_way_is_named(server: Server, name: str, url: str) -> None:
    fill(url, "SELECT 1 AS a")
    server.sql("CREATE VIEW v AS SELECT a FROM t", database=name)
    with pytest.raises(DatabaseError) as caught:
        fill(url, "SELECT 2 AS a")
    assert str(caught.value).startswith("cannot drop table t because other objects depend on it")
    assert "view v depends on table t" in str(caught.value)
    with connect(url, read_only=True) as database:
        assert database.query("SELECT a FROM t").rows == [(1,)]


def test_numbers_without_a_scale_are_numbers(url: str) -> None:
    fill(url, "SELECT CAST(1 AS NUMERIC) AS a, CAST(1 AS NUMERIC(5)) AS b, SUM(1) AS c")
    with connect(url, read_only=True) as database:
        assert database.columns("t") == {"a": "number", "b": "integer", "c": "integer"}


def test_the_options_of_a_url_are_those_of_libpq(server: Server, name: str, url: str) -> None:
    _, _, login = server.url(name).partition("://")
    with connect(f"postgres://{login}?application_name=mine", read_only=True) as database:
        rows = database.query("SELECT current_setting('application_name')").rows
    assert rows == [("mine",)]
    for option, reason in (
        ("foo=1", 'invalid connection option "foo"'),
        ("sslmode=require", "SSL"),
    ):
        with pytest.raises(DatabaseError) as caught:
            connect(f"{url}?{option}", read_only=True)
        assert reason in str(caught.value)
        assert "\n" not in str(caught.value)
