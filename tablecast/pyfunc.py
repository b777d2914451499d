"""What MLflow opens a sealed model by: its MLmodel names this module as the loader.

So `mlflow models serve`, `mlflow.pyfunc.load_model` and what stands on them, Spark for one, answer
by the same code as `tablecast.open`. MLflow brings pandas; Tablecast needs neither to be installed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tablecast.opened_model import OpenedModel

if TYPE_CHECKING:
    import pandas as pd


class PyfuncModel:
    """A sealed model with the one method that MLflow asks for."""

    def __init__(self, model: OpenedModel) -> None:
        self._model = model
        self._confidence_name = model.contract.answer_name("confidence")

    def predict(
        self, model_input: pd.DataFrame, params: Mapping[str, Any] | None = None
    ) -> pd.DataFrame:
        """The answers to a DataFrame, as `OpenedModel.predict` gives them.

        `params` may hold the confidence.
        """
        confidence = (params or {}).get(self._confidence_name)
        return self._model.predict(model_input, confidence=confidence)


def _load_pyfunc(path: str) -> PyfuncModel:
    """The model in a sealed folder: what MLflow calls."""
    return PyfuncModel(OpenedModel(path))
