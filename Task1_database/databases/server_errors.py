"""What can go wrong with a database server, said in the same words whichever server it is.

A session tells of which kind its driver's error is; no message ever holds the password.
"""

from __future__ import annotations

from typing import Literal

from Task1_database.databases.server_session import STAGING
from Task1_database.databases.url import ServerAddress
from Task1_database.errors import DatabaseAway, DatabaseError, DatabaseInUse, QueryTimeout

ServerErrorKind = Literal["away", "denied", "locked", "timeout", "replaced"]
MESSAGES: dict[ServerErrorKind, tuple[type[DatabaseError], str]] = {
    "away": (DatabaseAway, "{url}: the server went away; start it and try again ({text})"),
    "denied": (DatabaseError, "{user} may not do this in {url}: {text}"),
    "locked": (DatabaseInUse, "{url}: others are using a table; try again later ({text})"),
    "timeout": (QueryTimeout, "took longer than {limit}"),
    "replaced": (DatabaseInUse, "{url}: was loaded anew while it was being read; try again"),
}


def not_opened(address: ServerAddress, text: str, kind: ServerErrorKind | None) -> DatabaseError:
    """The error of a connection that was not made."""
    error = DatabaseAway if kind == "away" else DatabaseError
    return error(f"{address.url} cannot be opened: {address.cleaned(text)}")


def failed(
    address: ServerAddress, text: str, kind: ServerErrorKind | None, seconds: float | None = None
) -> DatabaseError:
    """The error of a statement that failed; `seconds` is its time limit."""
    text = address.cleaned(text).replace(STAGING, "")
    if kind is None:
        return DatabaseError(text)
    error, message = MESSAGES[kind]
    user = address.user or "this user"
    limit = "the server allows" if seconds is None else f"{seconds:g} seconds"
    return error(message.format(url=address.url, text=text, user=user, limit=limit))
