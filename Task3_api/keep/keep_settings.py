"""Whether and where a service keeps its answers: from the app's configuration, or the environment.

Without TABLECAST_KEEP nothing is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from Task1_database.errors import TablecastError
from Task3_api.keep.answer_file import FILE_SECONDS


@dataclass(frozen=True)
class KeepSettings:
    """What is kept, and where."""

    # KEEP, TABLECAST_KEEP in the environment: a folder, or a URL such as s3://bucket/folder; empty
    # to keep nothing
    url: str = ""
    days: float | None = None  # KEEP_DAYS: after how many days files are deleted; None for never
    # KEEP_SECONDS: after how many a file is closed, if it is not full before
    seconds: float = FILE_SECONDS
    # KEEP_PRIVATE: features whose values are not kept, beside those of the contract
    private: frozenset[str] = frozenset()
    # KEEP_BATCHES: whether files that are sent are kept with their answers, too
    batches: bool = False

    @classmethod
    def of(cls, config: Mapping[str, Any], environment: Mapping[str, str]) -> KeepSettings:
        """The settings; TablecastError, naming the variable, where one cannot be read."""

        def text(name: str) -> str:
            value = config.get(name)
            return str(environment.get(f"TABLECAST_{name}", "") if value is None else value)

        return cls(
            url=text("KEEP"),
            days=_positive("KEEP_DAYS", text("KEEP_DAYS")),
            seconds=_positive("KEEP_SECONDS", text("KEEP_SECONDS")) or FILE_SECONDS,
            private=frozenset(filter(None, map(str.strip, text("KEEP_PRIVATE").split(",")))),
            batches=_switch("KEEP_BATCHES", text("KEEP_BATCHES")),
        )


def _switch(name: str, text: str) -> bool:
    if text not in ("", "0", "1"):
        raise TablecastError(f"TABLECAST_{name}: expected 0 or 1, not {text[:40]!r}")
    return text == "1"


def _positive(name: str, text: str) -> float | None:
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not 0 < number < float("inf"):
        raise TablecastError(f"TABLECAST_{name}: expected a number above 0, not {text[:40]!r}")
    return number
