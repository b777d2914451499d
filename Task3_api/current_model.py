"""The model in service, with what is derived from it once rather than at every request.

A request takes it with `current_model()` a single time, so that it is answered by one version from
start to end; putting another version in service is one assignment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from flask import Flask, current_app

from Task1_database.errors import SealError
from Task2_model.artifact import SealedModel, current
from Task2_model.contract import Contract, Floats
from Task2_model.manifest import SHA256
from Task3_api.explain import Explainer
from Task3_api.openapi import document
from Task3_api.parsing import Parser
from Task3_api.predictor import Predictor
from Task3_api.process_memory import give_back_memory
from Task3_api.similar_cases import SimilarCases
from Task3_api.threshold_costs import ThresholdCosts

KEY = "tablecast"
SAMPLE = 4096  # values, about, of which a page draws a histogram


@dataclass(frozen=True)
class CurrentModel:
    """A predictor, and the parser and API description that fit its contract."""

    predictor: Predictor
    parser: Parser

    @classmethod
    def open(cls, folder: Path, pin: str = "", *, small: bool = False) -> CurrentModel:
        """Check and read the sealed model in `folder`; SealError where it is not whole.

        `pin` is the SHA-256 of the manifest that alone will do: see `pinned`; `small` says whether
        it is one of several.
        """
        predictor = Predictor(SealedModel.open(folder, pin, small=small))
        model = cls(predictor, Parser(predictor.contract))
        give_back_memory()
        return model

    @property
    def contract(self) -> Contract:
        """The features and the target."""
        return self.predictor.contract

    @property
    def folder(self) -> Path:
        """Where the sealed model lies, with its report, card and answers."""
        return self.predictor.sealed.folder

    @cached_property
    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document."""
        return document(self.contract, self.predictor.version)

    @cached_property
    def explainer(self) -> Explainer:
        """Explains why the predictor answers as it does."""
        return Explainer(self.predictor)

    @cached_property
    def similar_cases(self) -> SimilarCases:
        """Finds the rows of the data that are most like a record."""
        return SimilarCases(self.contract, self.predictor.sealed.calibration)

    @cached_property
    def threshold_costs(self) -> ThresholdCosts:
        """Counts the errors of every threshold, for two classes."""
        calibration = self.predictor.sealed.calibration
        return ThresholdCosts(self.contract, calibration, self.predictor.raw_predict)

    @cached_property
    def outcomes(self) -> Floats:
        """The outcomes of the calibration rows, or a sample of them, in the target's unit."""
        sample = _sample(self.predictor.sealed.calibration.outcomes)
        return np.exp(sample) if self.contract.target.logarithmic else sample

    @cached_property
    def x_values(self) -> Floats:
        """The main feature of the calibration rows that have it, or of a sample of them."""
        column = self.contract.indices[self.contract.x]
        sample = _sample(self.predictor.sealed.calibration.rows[:, column])
        return sample[~np.isnan(sample)]


def model_folder(*sources: Mapping[str, Any]) -> Path:
    """The sealed model that the first of `sources` (configuration, environment) names.

    `MODEL_DIR` is one sealed model's folder; `MODELS` a folder whose CURRENT names the version.
    """
    models = models_folder(*sources)
    if models:
        return current(models)
    for source in sources:
        if source.get("MODEL_DIR"):
            return Path(source["MODEL_DIR"])
    raise SealError("no model to serve: set MODEL_DIR to a sealed model, or MODELS to its parent")


def models_folder(*sources: Mapping[str, Any]) -> Path | None:
    """The folder whose CURRENT names the version to serve; None where `MODEL_DIR` settles it."""
    for source in sources:
        if source.get("MODEL_DIR"):
            return None
        if source.get("MODELS"):
            return Path(source["MODELS"])
    return None


def pinned(*sources: Mapping[str, Any]) -> str:
    """The SHA-256 of the only manifest to serve, from the first of `sources` that gives one.

    `MODEL_SHA256` is what `sha256sum manifest.json` says; empty where any model will do.
    """
    for source in sources:
        if pin := str(source.get("MODEL_SHA256") or "").lower():
            if not SHA256.fullmatch(pin):
                raise SealError("MODEL_SHA256 is not a SHA-256: expected 64 hexadecimal digits")
            return pin
    return ""


def activate(app: Flask, model: CurrentModel) -> None:
    """Answer from `model`, from the next request on."""
    app.extensions[KEY] = model


def current_model() -> CurrentModel:
    """The model in service."""
    model: CurrentModel = current_app.extensions[KEY]
    return model


def _sample(values: npt.NDArray[Any]) -> Floats:
    """A few thousand values at most, taken evenly."""
    return values[:: len(values) // SAMPLE + 1].astype(np.float64)
