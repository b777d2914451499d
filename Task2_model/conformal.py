"""The calibrated form of a model, by its task.

The server imports this module, so it needs nothing but NumPy.
"""

from __future__ import annotations

from Task2_model.calibration import Calibration
from Task2_model.conformal_interval import ConformalRegressor
from Task2_model.conformal_set import ConformalClassifier
from Task2_model.contract import Contract
from Task2_model.ensemble import Ensemble
from Task2_model.mask_conditional import Conformal


def conformal(contract: Contract, calibration: Calibration, ensemble: Ensemble) -> Conformal:
    """The calibrated form of a model, by the contract's task."""
    kind = ConformalRegressor if contract.task == "regression" else ConformalClassifier
    return kind(contract, calibration, ensemble)
