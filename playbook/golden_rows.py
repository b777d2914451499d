"""Golden rows: requests with the answers that a model gave offline, from its seal or a service."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import requests

from Task1_database.errors import TablecastError
from Task2_model.artifact import SealedModel

SECONDS = 30
KEY_VARIABLE = "TABLECAST_KEY"


REASONS = {  # the first that an error is
    requests.exceptions.InvalidURL: "expected an address such as http://127.0.0.1:5000",
    requests.exceptions.MissingSchema: "expected an address such as http://127.0.0.1:5000",
    requests.exceptions.InvalidSchema: "expected an address such as http://127.0.0.1:5000",
    requests.exceptions.JSONDecodeError: "what is there is no JSON, so it is not Tablecast",
    requests.Timeout: f"not within {SECONDS} s",
    requests.exceptions.SSLError: "its certificate is not accepted",
    requests.ConnectionError: "nothing can be reached there",
}


class Mismatch(TablecastError):
    """A live service that does not answer as its model did."""


@dataclass(frozen=True)
class GoldenRows:
    """What a live service is compared with."""

    # of the model
    dataset: str
    version: str
    x: str  # the feature that `x` stands for
    decimals: int  # to which a live amount is rounded
    rows: list[dict[str, Any]]  # each with `request` and `answer`

    @classmethod
    def of_seal(cls, sealed: SealedModel) -> Self:
        """Those of a sealed model at hand."""
        contract = sealed.contract
        decimals = contract.target.decimals
        return cls(contract.dataset, sealed.version, contract.x, decimals, sealed.golden)

    @classmethod
    def of_service(cls, base_url: str) -> Self:
        """Those that the service at `base_url` shows, of the model that it says it serves.

        Raises Mismatch where it does not answer, or shows no rows of its data.
        """
        golden = answered(requests.get, f"{base_url.rstrip('/')}/golden.json")
        model = golden.pop("model")
        return cls(model["dataset"], model["version"], **golden)


def key_header() -> dict[str, str]:
    """The header with the key that $TABLECAST_KEY holds; none where it holds none."""
    key = os.environ.get(KEY_VARIABLE)
    return {"Authorization": f"Bearer {key}"} if key else {}


def answered(ask: Callable[..., requests.Response], url: str, **body: Any) -> Any:
    """The JSON that a service answers; Mismatch, saying what to do about it, where it does not."""
    try:
        response = ask(url, headers=key_header(), timeout=SECONDS, **body)
        if response.status_code == 401:
            raise Mismatch(f"{url} asks for a key that it knows; set {KEY_VARIABLE} to one")
        if not response.ok:
            raise Mismatch(f"{url} answers {response.status_code}: {response.text[:300]}")
        return response.json()
    except requests.RequestException as error:
        known = (words for kind, words in REASONS.items() if isinstance(error, kind))
        raise Mismatch(f"{url} does not answer: {next(known, str(error))}") from None
