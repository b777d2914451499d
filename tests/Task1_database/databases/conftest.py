"""What the tests of database servers share."""

from __future__ import annotations

import pytest

from Task1_database.databases import mysql_session, postgres_session
from tests.private_server import Server


@pytest.fixture
def name(server: Server) -> str:
    """An empty database."""
    return server.new_database()


@pytest.fixture
def url(server: Server, name: str) -> str:
    return server.url(name)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for a table no longer than a second."""
    monkeypatch.setattr(postgres_session, "LOCK_SECONDS", 0.2)
    monkeypatch.setitem(mysql_session.LOCK_TIMEOUTS, "lock_wait_timeout", 1)
