"""Golden rows: requests with the answers that a model gave offline, from its seal or a service."""

from __future__ import annotations

import os
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
    """What a live service is compared with.

    Attributes
    ----------
    dataset, version : str
        Of the model.
    x : str
        The feature that `x` stands for.
    decimals : int
        To which a live amount is rounded.
    rows : list of dict
        Each with `request` and `answer`.
    """

    dataset: str
    version: str
    x: str
    decimals: int
    rows: list[dict[str, Any]]

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
        url = base_url.rstrip("/") + "/golden.json"
        try:
            response = requests.get(url, headers=key_header(), timeout=SECONDS)
        except requests.RequestException as error:
            raise Mismatch(f"{url} does not answer: {reason(error)}") from None
        if response.status_code == 401:
            raise Mismatch(no_key(url))
        if not response.ok:
            raise Mismatch(f"{url} answers {response.status_code}: {response.text[:300]}")
        golden = response.json()
        model = golden.pop("model")
        return cls(model["dataset"], model["version"], **golden)


def key_header() -> dict[str, str]:
    """The header with the key that $TABLECAST_KEY holds; none where it holds none."""
    key = os.environ.get(KEY_VARIABLE)
    return {"Authorization": f"Bearer {key}"} if key else {}


def no_key(url: str) -> str:
    """What to do about a 401."""
    return f"{url} asks for a key that it knows; set {KEY_VARIABLE} to one"


def reason(error: requests.RequestException) -> str:
    """Why there was no answer, in words."""
    known = (words for kind, words in REASONS.items() if isinstance(error, kind))
    return next(known, str(error))
