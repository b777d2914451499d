"""The rows of `predictions` and `outcomes` as one table to be counted: an answer a row."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import orjson
import pandas as pd

from Task1_database.watch_tables import PREDICTIONS, RECORDED, WatchTables
from Task2_model.contract import Contract

LOWEST = 1e-6  # of a probability, where its logarithm is taken


def watch_frame(contract: Contract, tables: WatchTables) -> pd.DataFrame:
    """Every answer, in the order of time, with its outcome where there is one.

    Columns, beside those of `predictions`: `day` (YYYY-MM-DD), `subset` (tuple of the features that
    were given, private ones among them), `outcome` and `recorded_at` (or missing), `covered` (1.0,
    0.0 or NaN) and `error` (NaN without an outcome): absolute, or 1 for a wrong label. Regression:
    `width`. Of two classes `log_loss`.
    """
    frame = pd.DataFrame(tables.predictions, columns=[c.name for c in PREDICTIONS.columns])
    outcomes = pd.DataFrame(tables.outcomes, columns=[c.name for c in RECORDED.columns])
    frame = frame.merge(outcomes[["id", "recorded_at", "outcome"]], on="id", how="left")
    frame["day"] = frame["asked_at"].str[:10]

    @cache
    def subset(given: tuple[str, ...], private: str) -> tuple[str, ...]:
        names = {*given, *orjson.loads(private)}
        return tuple(name for name in contract.names if name in names)

    pairs = zip(frame["given_values"], frame["private_names"], strict=True)
    frame["subset"] = [subset(tuple(orjson.loads(given)), private) for given, private in pairs]
    known = frame["outcome"].notna().to_numpy()
    if contract.task == "regression":
        _add_amounts(frame, known)
    else:
        _add_classes(contract, frame, known)
    return frame


def given_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """What was asked, in rows of `watch_frame`; by far the largest part of it, so made at need."""
    return [orjson.loads(text) for text in frame["given_values"]]


def _add_amounts(frame: pd.DataFrame, known: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> None:
    low, high = (frame[end].astype(np.float64) for end in ("lower_end", "upper_end"))
    truth = pd.to_numeric(frame["outcome"], errors="coerce").astype(np.float64)
    frame["width"] = high - low
    frame["covered"] = np.where(known, ((low <= truth) & (truth <= high)).astype(float), np.nan)
    frame["error"] = np.where(known, (frame["prediction"].astype(float) - truth).abs(), np.nan)


def _add_classes(
    contract: Contract, frame: pd.DataFrame, known: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> None:
    sets = [set(map(str, orjson.loads(text))) for text in frame["label_set"].fillna("[]")]
    inside = [outcome in labels for outcome, labels in zip(frame["outcome"], sets, strict=True)]
    frame["covered"] = np.where(known, np.array(inside, dtype=float), np.nan)
    frame["error"] = np.where(known, (frame["outcome"] != frame["label"]).astype(float), np.nan)
    if len(contract.target.classes) == 2:
        probability = frame["probability"].astype(np.float64)
        own = (frame["outcome"] == frame["probability_of"]).to_numpy()
        chance = np.clip(np.where(own, probability, 1 - probability), LOWEST, 1)
        frame["log_loss"] = np.where(known, -np.log(chance), np.nan)
