"""Whether a live service answers as its model did offline.

The sealed model carries golden rows: requests with the answers that the scikit-learn model gave
in memory when it was trained. The service answers them from an exported form, over HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import requests

from playbook.golden_rows import GoldenRows, Mismatch, answered

RELATIVE = 1e-5  # what export allows between the forms of a model


def verify(base_url: str, golden: GoldenRows) -> int:
    """Ask the service at `base_url` for every golden row; return how many there are.

    Raises Mismatch where the service cannot be reached, runs another model or version, or differs:
    the error names the request, the part of the answer and both values.
    """
    _refuse_another_model(base_url, golden)
    asked = [row["request"] for row in golden.rows]
    answers = answered(requests.post, f"{base_url.rstrip('/')}/predict", json=asked)
    return compare(golden, answers)


def compare(golden: GoldenRows, answers: Sequence[Mapping[str, Any]]) -> int:
    """Compare live answers with the golden ones, row by row; return how many there are.

    Raises Mismatch for the first that differs, naming the request, the part and both values.
    """
    for row, live in zip(golden.rows, answers, strict=True):
        for part, value in row["answer"].items():
            decimals = 4 if part in ("probability", "probabilities") else golden.decimals
            if not _same(value, live[part], decimals):
                raise Mismatch(
                    f"{row['request']}: {part} is {live[part]!r} live and {value!r} offline"
                )
    return len(golden.rows)


def _refuse_another_model(base_url: str, golden: GoldenRows) -> None:
    """Before it is asked about features that another dataset has not."""
    live = answered(requests.get, f"{base_url.rstrip('/')}/readyz")["model"]
    if live["dataset"] != golden.dataset:
        raise Mismatch(f"{base_url} serves the dataset {live['dataset']}, not {golden.dataset}")
    if live["version"] != golden.version:
        raise Mismatch(f"{base_url} serves version {live['version']}, not {golden.version}")


def _same(offline: Any, live: Any, decimals: int) -> bool:
    """Equal, but for the decimals to which a live number is rounded."""
    if isinstance(offline, dict) and isinstance(live, dict):
        same_keys = offline.keys() == live.keys()
        return same_keys and all(_same(offline[key], live[key], decimals) for key in offline)
    if not isinstance(offline, float):
        return bool(offline == live)
    return bool(abs(offline - live) <= 0.5 * 10.0**-decimals + RELATIVE * abs(offline))
