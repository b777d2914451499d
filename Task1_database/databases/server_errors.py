"""What can go wrong with a database server, said in the same words whichever server it is.

A backend tells which trouble its driver's error means; no message ever holds the password.
"""

from __future__ import annotations

from typing import Literal

from Task1_database.databases.staged_transaction import NEW
from Task1_database.databases.url import ServerAddress
from Task1_database.errors import DatabaseAway, DatabaseError, DatabaseInUse, QueryTimeout

CONNECT_SECONDS = 10
LOCK_SECONDS = 10  # for how long to wait until others let go of a table

Trouble = Literal["away", "denied", "locked", "late", "moved"]
WORDS: dict[Trouble, tuple[type[DatabaseError], str]] = {
    "away": (DatabaseAway, "{url}: the server went away; start it and try again ({text})"),
    "denied": (DatabaseError, "{who} may not do this in {url}: {text}"),
    "locked": (DatabaseInUse, "{url}: others are using a table; try again later ({text})"),
    "late": (QueryTimeout, "took longer than {limit}"),
    "moved": (DatabaseInUse, "{url}: was loaded anew while it was being read; try again"),
}


def not_opened(address: ServerAddress, text: str, trouble: Trouble | None) -> DatabaseError:
    """The error of a connection that was not made."""
    kind = DatabaseAway if trouble == "away" else DatabaseError
    return kind(f"{address.url} cannot be opened: {address.cleaned(text)}")


def in_use(address: ServerAddress) -> DatabaseInUse:
    """The error of a second process that would write."""
    advice = "wait until it ends, or stop it, and try again"
    return DatabaseInUse(f"{address.url} is in use by another process; {advice}")


def failed(
    address: ServerAddress, text: str, trouble: Trouble | None, seconds: float | None = None
) -> DatabaseError:
    """The error of a statement that failed; `seconds` is its time limit."""
    text = address.cleaned(text).replace(NEW, "")
    if trouble is None:
        return DatabaseError(text)
    kind, words = WORDS[trouble]
    who, limit = address.user or "this user", "the server allows"
    if seconds is not None:
        limit = f"{seconds:g} seconds"
    return kind(words.format(url=address.url, text=text, who=who, limit=limit))
