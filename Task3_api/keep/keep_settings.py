"""Whether and where a service keeps its answers: from the app's configuration, or the environment.

Without TABLECAST_KEEP nothing is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from Task1_database.errors import TablecastError


@dataclass(frozen=True)
class KeepSettings:
    """What is kept, and where.

    Attributes
    ----------
    url : str
        KEEP, TABLECAST_KEEP in the environment: a folder; empty to keep nothing.
    days : float or None
        KEEP_DAYS: after how many days files are deleted; None for never.
    batches : bool
        KEEP_BATCHES: whether uploaded CSVs are kept with their answers.
    private : frozenset of str
        KEEP_PRIVATE: features whose values are not kept, beside those of the contract.
    """

    url: str = ""
    days: float | None = None
    batches: bool = False
    private: frozenset[str] = frozenset()

    @classmethod
    def of(cls, config: Mapping[str, Any], environment: Mapping[str, str]) -> KeepSettings:
        """The settings; TablecastError, naming the variable, where one cannot be read."""

        def text(name: str) -> str:
            value = config.get(name)
            return str(environment.get(f"TABLECAST_{name}", "") if value is None else value)

        return cls(
            url=text("KEEP"),
            days=_days(text("KEEP_DAYS")),
            batches=_switch(text("KEEP_BATCHES")),
            private=frozenset(filter(None, map(str.strip, text("KEEP_PRIVATE").split(",")))),
        )


def _days(text: str) -> float | None:
    if not text:
        return None
    try:
        days = float(text)
    except ValueError:
        days = 0
    if not days > 0:
        raise TablecastError(f"TABLECAST_KEEP_DAYS: expected a number of days, not {text[:40]!r}")
    return days


def _switch(text: str) -> bool:
    if text.lower() in ("1", "true"):
        return True
    if text.lower() in ("", "0", "false"):
        return False
    raise TablecastError(f"TABLECAST_KEEP_BATCHES: expected 1 or 0, not {text[:40]!r}")
