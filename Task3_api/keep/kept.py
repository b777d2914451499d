"""What an app keeps: nothing, or its answers by a Keeper, as its settings say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g

from Task1_database.errors import TablecastError
from Task1_database.keep.open_keep import open_keep
from Task3_api.current_model import KEY
from Task3_api.keep.answer_file import FILE_SECONDS
from Task3_api.keep.keeper import Keeper

KEEPER = "tablecast.keeper"


@dataclass(frozen=True)
class KeepSettings:
    """What is kept, and where: see `settings`; nothing where `url` is empty."""

    url: str = ""
    days: float | None = None
    seconds: float = FILE_SECONDS
    private: frozenset[str] = frozenset()
    batches: bool = False

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> KeepSettings:
        """Those of an app; TablecastError, naming the variable, where one cannot be read."""
        return cls(
            url=str(config["KEEP"]),
            days=_positive("KEEP_DAYS", str(config["KEEP_DAYS"])),
            seconds=_positive("KEEP_SECONDS", str(config["KEEP_SECONDS"])) or FILE_SECONDS,
            private=frozenset(filter(None, map(str.strip, config["KEEP_PRIVATE"].split(",")))),
            batches=_switch("KEEP_BATCHES", str(config["KEEP_BATCHES"])),
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


def register(app: Flask, counted: Callable[[int, int], object]) -> None:
    """Have `app` keep its answers, where its settings say so.

    `counted` is told how many were kept, and how many dropped.

    Raises TablecastError where nothing can be written there.
    """
    settings = KeepSettings.of(app.config)
    app.extensions[KEEPER] = _keeper(app, settings, counted) if settings.url else None


def keeper_of(app: Flask) -> Keeper | None:
    """What keeps the answers of an app; None where they are not kept."""
    keeper: Keeper | None = app.extensions[KEEPER]
    return keeper


def current_keeper() -> Keeper | None:
    """What keeps the answers of the app that is asked."""
    return keeper_of(current_app)


def keep_answers(
    answers: Iterable[dict[str, Any]], own_ids: Sequence[str | None]
) -> list[dict[str, Any]]:
    """The answers with their ids, kept where this service does so."""
    keeper = current_keeper()
    kept = list(answers)
    for answer, own_id in zip(kept, own_ids, strict=True):
        if keeper:
            keeper.keep(answer, own_id, g.get("key_name") or "")
        elif own_id:
            answer["id"] = own_id
    return kept


def _keeper(app: Flask, settings: KeepSettings, counted: Callable[[int, int], object]) -> Keeper:
    dataset = app.extensions[KEY].contract.dataset
    store = open_keep(settings.url, dataset)
    keeper = Keeper(
        store,
        private=lambda: settings.private | app.extensions[KEY].contract.private,
        days=settings.days,
        seconds=settings.seconds,
        batches=settings.batches,
        counted=counted,
    )
    keeper.begin_sending()
    return keeper
