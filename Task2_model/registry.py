"""Models by name: those of Tablecast, and those of any installed package.

A package registers a subclass of PredictiveModel with an entry point, and that is all:

    [project.entry-points."tablecast.models"]
    ridge = "data_science.ridge:Ridge"
"""

from __future__ import annotations

from importlib.metadata import entry_points

from Task1_database.errors import TrainingError
from Task2_model.model import PredictiveModel

GROUP = "tablecast.models"
DEFAULT = "boosting"


def find_model(name: str) -> type[PredictiveModel]:
    """The class registered as `name`.

    Raises TrainingError where there is none (it lists those there are), where it cannot be
    imported, or where it is not a PredictiveModel that can be built.
    """
    registered = {entry.name: entry for entry in entry_points(group=GROUP)}
    if name not in registered:
        known = ", ".join(sorted(registered))
        raise TrainingError(f"no model is called {name!r}; installed are {known}")
    where = registered[name].value
    try:
        model = registered[name].load()
    except Exception as error:  # whatever a foreign module raises when it is imported
        raise TrainingError(f"the model {name} ({where}) cannot be imported: {error}") from error
    if not (isinstance(model, type) and issubclass(model, PredictiveModel)):
        raise TrainingError(f"the model {name} ({where}) is not a subclass of PredictiveModel")
    if model.__abstractmethods__:
        missing = ", ".join(sorted(model.__abstractmethods__))
        raise TrainingError(f"the model {name} ({where}) does not define {missing}")
    return model
