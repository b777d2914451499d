"""Tablecast for Python: a table of one's own to a sealed model, and that to predictions.

    import tablecast

    model = tablecast.open("models/houses")
    homes["estimate"] = model.predict(homes)["prediction"]

`new`, `load`, `ask`, `train`, `serve`, `score` and `verify` are the steps of the command line, with
the same defaults. Importing this package loads none of it: each name does, when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tablecast.after_launch import (
        end_shadow,
        promote,
        recalibrate,
        rollback,
        shadow,
        versions,
        watch,
    )
    from tablecast.opened_model import OpenedModel
    from tablecast.steps import ask, load, new, score, serve, train, verify
    from Task1_database.dataset import Dataset
    from Task1_database.errors import TablecastError
    from Task2_model.model import PredictiveModel

    open = OpenedModel
    __version__: str

_STEPS = ("new", "load", "ask", "train", "serve", "score", "verify")
_AFTER_LAUNCH = ("versions", "promote", "rollback", "shadow", "end_shadow", "watch", "recalibrate")
_HOMES = {
    "Dataset": "Task1_database.dataset:Dataset",
    "OpenedModel": "tablecast.opened_model:OpenedModel",
    "PredictiveModel": "Task2_model.model:PredictiveModel",
    "TablecastError": "Task1_database.errors:TablecastError",
    "open": "tablecast.opened_model:OpenedModel",
    **{step: f"tablecast.steps:{step}" for step in _STEPS},
    **{step: f"tablecast.after_launch:{step}" for step in _AFTER_LAUNCH},
}

__all__ = [
    "Dataset",
    "OpenedModel",
    "PredictiveModel",
    "TablecastError",
    "__version__",
    "ask",
    "end_shadow",
    "load",
    "new",
    "open",
    "promote",
    "recalibrate",
    "rollback",
    "score",
    "serve",
    "shadow",
    "train",
    "verify",
    "versions",
    "watch",
]


if not TYPE_CHECKING:  # to whom any name would seem to be there

    def __getattr__(name: str) -> Any:
        """What a name stands for, from the module that has it (PEP 562)."""
        if name == "__version__":
            return import_module("importlib.metadata").version(__name__)
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        module, _, attribute = _HOMES[name].partition(":")
        return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return __all__
