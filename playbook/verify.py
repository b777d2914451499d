"""Whether a live service answers as its model did offline.

The sealed model carries golden rows: requests with the answers that the scikit-learn model gave
in memory when it was trained. The service answers them from an exported form, over HTTP.
"""

from __future__ import annotations

from typing import Any

import requests

from Task1_database.errors import TablecastError
from Task2_model.artifact import SealedModel

RELATIVE = 1e-5  # what export allows between the forms of a model
SECONDS = 30


class Mismatch(TablecastError):
    """A live service that does not answer as its model did."""


def verify(base_url: str, sealed: SealedModel) -> int:
    """Ask the service at `base_url` for every golden row; return how many there are.

    Raises Mismatch where the service cannot be reached, runs another version, or differs: the
    error names the request, the part of the answer and both values.
    """
    answers = _ask(base_url, [row["request"] for row in sealed.golden])
    for row, live in zip(sealed.golden, answers, strict=True):
        if live["model"]["version"] != sealed.version:
            raise Mismatch(
                f"{base_url} serves version {live['model']['version']}, not {sealed.version}"
            )
        for part, value in row["answer"].items():
            if not _same(value, live[part], _decimals(sealed, part)):
                raise Mismatch(
                    f"{row['request']}: {part} is {live[part]!r} live and {value!r} offline"
                )
    return len(sealed.golden)


def _ask(base_url: str, records: list[Any]) -> list[Any]:
    url = base_url.rstrip("/") + "/predict"
    try:
        response = requests.post(url, json=records, timeout=SECONDS)
        response.raise_for_status()
    except requests.RequestException as error:
        raise Mismatch(f"{url} does not answer: {error}") from None
    answers: list[Any] = response.json()
    return answers


def _decimals(sealed: SealedModel, part: str) -> int:
    probabilities = ("probability", "probabilities")
    return 4 if part in probabilities else sealed.contract.target.decimals


def _same(offline: Any, live: Any, decimals: int) -> bool:
    """Equal, but for the decimals to which a live number is rounded."""
    if isinstance(offline, dict) and isinstance(live, dict):
        same_keys = offline.keys() == live.keys()
        return same_keys and all(_same(offline[key], live[key], decimals) for key in offline)
    if not isinstance(offline, float):
        return bool(offline == live)
    return bool(abs(offline - live) <= 0.5 * 10.0**-decimals + RELATIVE * abs(offline))
