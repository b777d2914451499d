"""What an app keeps, by the app: nothing, or its answers by a Keeper."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask import Flask, current_app, g

from Task1_database.keep.open_keep import open_keep
from Task3_api.current_model import KEY
from Task3_api.keep.keep_settings import KeepSettings
from Task3_api.keep.keeper import Keeper

KEEPER = "tablecast.keeper"


def register(app: Flask, counted: Callable[[int, int], object]) -> None:
    """Have `app` keep its answers, where its configuration or the environment says so.

    `counted` is told how many were kept, and how many dropped.

    Raises TablecastError where nothing can be written there.
    """
    settings = KeepSettings.of(app.config, os.environ)
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
