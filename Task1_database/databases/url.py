"""The URL of a database: its parts, how to write it without its password, and where one is set.

`duckdb:///folder/file.duckdb`, `mysql://user:password@host:port/database` or
`postgresql://user:password@host:port/database`. Where the command line names none, the first of
these environment variables that is set does: TABLECAST_DATABASE, then those in which hosts tell
their applications where the database is: DATABASE_URL, JAWSDB_URL, CLEARDB_DATABASE_URL.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

from Task1_database.errors import DatabaseError

VARIABLES = ("TABLECAST_DATABASE", "DATABASE_URL", "JAWSDB_URL", "CLEARDB_DATABASE_URL")
FORMS = (
    "duckdb:///folder/file.duckdb, mysql://user:password@host:port/database "
    "or postgresql://user:password@host:port/database"
)
HIDDEN = "***"
_LOGIN = re.compile(r"^(?!duckdb:)((?:\w+:/+)?+[^/:@]*):.*@", re.S)
_OPTION = re.compile(r"([?&][^=&]*password=)[^&]*", re.I)
_SERVER = re.compile(
    r"""\w+://
    (?:(?P<user>[^/:@]*) (?: : (?P<password>.*))? @)?
    (?P<host>\[[^\]]*\] | [^\[\]/:@?]*) (?: : (?P<port>\d{1,5}))?
    / (?P<database>[^/?]+) (?:\? (?P<options>.*))?""",
    re.X | re.S,
)


@dataclass(frozen=True)
class ServerAddress:
    """Where a database server is, and as whom to speak to it; what is not given is None.

    `url` has no password in it, so it may stand in any message.
    """

    url: str
    user: str | None
    password: str | None = field(repr=False)
    host: str | None
    port: int | None
    database: str
    options: dict[str, str]

    @classmethod
    def of(cls, url: str) -> ServerAddress:
        """The parts of a URL such as mysql://user:password@host:port/database.

        Characters of a user, password or name that mean something in a URL may be written as
        %40; a password may also hold them as they are.

        Raises DatabaseError if it is not such a URL or names no database.
        """
        match = _SERVER.fullmatch(url)
        if not match:
            form = f"{url.partition(':')[0]}://user:password@host:port/database"
            raise DatabaseError(f"{safe_url(url)!r} is not a database; expected {form}")
        user, password, host, port, database, query = match.groups()
        options = dict(parse_qsl(query or "", keep_blank_values=True))
        return cls(
            url=safe_url(url),
            user=unquote(user) if user else None,
            password=options.pop("password", "") or unquote(password or "") or None,
            host=unquote(host.strip("[]")) or None,
            port=int(port) if port else None,
            database=unquote(database),
            options=options,
        )

    def cleaned(self, text: str) -> str:
        """A driver's message on one line, in which the password, if it is there, is hidden."""
        line = " ".join(text.split())
        return line.replace(self.password, HIDDEN) if self.password else line


def safe_url(url: str) -> str:
    """The URL with its password hidden, fit for a log or a message."""
    return _OPTION.sub(rf"\1{HIDDEN}", _LOGIN.sub(rf"\1:{HIDDEN}@", url))


def from_environment() -> tuple[str, str] | None:
    """The database that the environment names, and the variable that names it."""
    return next(((os.environ[name], name) for name in VARIABLES if os.environ.get(name)), None)
