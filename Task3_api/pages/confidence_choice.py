"""How sure an answer shall be, as the forms let people choose it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from Task3_api.current_model import CurrentModel

LEVELS = (0.5, 0.8, 0.9, 0.95, 0.99)


@dataclass(frozen=True)
class ConfidenceChoice:
    """A choice among confidences."""

    name: str  # what the entry is called
    # what is answered with where nothing is chosen, and what is chosen now
    usual: float
    chosen: float
    # those to choose from: round ones that the calibration rows allow, and the two above
    levels: tuple[float, ...]

    @classmethod
    def of(cls, model: CurrentModel, chosen: float | None = None) -> Self:
        """The choice that a model leaves; None chooses the usual confidence."""
        usual = model.contract.confidence
        chosen = usual if chosen is None else chosen
        round_levels = (level for level in LEVELS if level <= model.predictor.highest_confidence)
        levels = tuple(sorted({usual, chosen, *round_levels}))
        return cls(model.parser.confidence_name, usual, chosen, levels)

    def value(self, level: float) -> str:
        """A level as an address has it: nothing for the usual one, which keeps addresses short."""
        return "" if level == self.usual else f"{level:.15g}"
