"""URLs: their parts, what a message may show of them, and which variable names one first."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Task1_database.databases.url import ServerAddress, from_environment, safe_url
from Task1_database.errors import DatabaseError


@pytest.mark.parametrize(
    ("url", "user", "password", "host", "port", "database", "options"),
    [
        ("mysql://me:pass@host:3307/db", "me", "pass", "host", 3307, "db", {}),
        ("postgres://me@host/db", "me", None, "host", None, "db", {}),
        ("mysql://host/db", None, None, "host", None, "db", {}),
        ("mysql://m%40e:p%40s%2Fs%3A%25@host/d%20b", "m@e", "p@s/s:%", "host", None, "d b", {}),
        ("mysql://me:p@s/s:#?%@host/db", "me", "p@s/s:#?%", "host", None, "db", {}),
        ("mysql://me:@[::1]:33/db?reconnect=true", "me", None, "::1", 33, "db",
         {"reconnect": "true"}),
        ("postgresql:///db?host=/run/pg&password=p%26", None, "p&", None, None, "db",
         {"host": "/run/pg"}),
    ],
)  # fmt: skip
def test_the_parts_of_a_url(
    url: str,
    user: str,
    password: str,
    host: str,
    port: int,
    database: str,
    options: dict[str, Any],
) -> None:
    address = ServerAddress.of(url)
    assert (address.user, address.password, address.host) == (user, password, host)
    assert (address.port, address.database, address.options) == (port, database, options)


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("mysql://me:secret@host", "mysql://me:***@host"),
        ("mysql://me:secret@host/", "mysql://me:***@host/"),
        ("mysql://me:secret@host:x/db", "mysql://me:***@host:x/db"),
        ("mysql://me:secret@host/db/more", "mysql://me:***@host/db/more"),
        ("mysql:/me:secret@host/db", "mysql:/me:***@host/db"),
    ],
)
def test_what_is_no_url_of_a_database_is_refused(url: str, safe: str) -> None:
    with pytest.raises(DatabaseError) as caught:
        ServerAddress.of(url)
    expected = "expected mysql://user:password@host:port/database"
    assert str(caught.value) == f"{safe!r} is not a database; {expected}"


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("duckdb:///a/b.duckdb", "duckdb:///a/b.duckdb"),
        ("duckdb:///C:/a@b/c.duckdb", "duckdb:///C:/a@b/c.duckdb"),
        ("mysql://me:s3@cret@host:3306/db", "mysql://me:***@host:3306/db"),
        ("mysql://me:/#?s3cret@host/db", "mysql://me:***@host/db"),
        ("mysql://me:two\nlines@host/db", "mysql://me:***@host/db"),
        ("mysql://me:@host/db?x=1", "mysql://me:***@host/db?x=1"),
        ("postgresql://me@host/db", "postgresql://me@host/db"),
        ("postgresql://host/db?a=b&PassWord=x&c=d", "postgresql://host/db?a=b&PassWord=***&c=d"),
        ("postgresql://host/db?sslpassword=x", "postgresql://host/db?sslpassword=***"),
        ("me:secret@host/db", "me:***@host/db"),
        (":secret@host", ":***@host"),
    ],
)
def test_a_password_is_hidden(url: str, safe: str) -> None:
    assert safe_url(url) == safe


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=9)


@given(TEXT, TEXT, TEXT)
def test_what_is_written_as_a_url_has_it_reads_back(user: str, password: str, name: str) -> None:
    login = ":".join(quote(part, safe="") for part in (user, password))
    address = ServerAddress.of(f"mysql://{login}@host/{quote(name, safe='')}")
    assert (address.user, address.password, address.database) == (user, password, name)


@given(TEXT.map(lambda text: f"<<{text}>>"), st.sampled_from(["mysql://", "mysql:/", ""]))
def test_no_password_is_shown_however_it_is_written(password: str, scheme: str) -> None:
    assert not {"<", ">"} & set(safe_url(f"{scheme}me:{password}@host:3306/db?x=y"))


def test_a_password_is_hidden_in_a_drivers_words() -> None:
    address = ServerAddress.of("mysql://me:s3%20cret@host/db")
    assert address.cleaned("no\n  login 's3 cret'\n") == "no login '***'"
    assert "s3" not in repr(address)
    assert ServerAddress.of("mysql://me@host/db").cleaned("as it is") == "as it is"


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, None),
        ({"DATABASE_URL": ""}, None),
        ({"DATABASE_URL": "b", "JAWSDB_URL": "c"}, ("b", "DATABASE_URL")),
        ({"TABLECAST_DATABASE": "a", "DATABASE_URL": "b"}, ("a", "TABLECAST_DATABASE")),
        ({"CLEARDB_DATABASE_URL": "d", "JAWSDB_URL": "c"}, ("c", "JAWSDB_URL")),
        ({"CLEARDB_DATABASE_URL": "d"}, ("d", "CLEARDB_DATABASE_URL")),
    ],
)
def test_which_variable_names_the_database(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: tuple[str, str] | None
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert from_environment() == expected
