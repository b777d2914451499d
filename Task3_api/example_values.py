"""Values that a feature had in training, for examples: nobody has 2.38 bathrooms."""

from __future__ import annotations

import numpy as np

from Task2_model.contract import Feature, Rows

QUANTILES = (0.5, 0.2, 0.7, 0.35, 0.85)  # of a number, by turns
CATEGORIES = 4  # the most frequent, by turns


def example_value(feature: Feature, column: Rows, turn: int) -> str:
    """A value of the feature as an address or a CSV has it, another one at each turn.

    `column` (n,) holds the feature in calibration rows. Empty where there is no value, or none
    that a spreadsheet leaves as it is.
    """
    if feature.kind == "category":
        unaltered = [text for text in feature.categories[:40] if text[:1].isalnum()][:CATEGORIES]
        return unaltered[turn % len(unaltered)] if unaltered else ""
    known = column[~np.isnan(column)]
    if not len(known):
        return ""
    value = np.quantile(known, QUANTILES[turn % len(QUANTILES)], method="inverted_cdf")
    return np.format_float_positional(value, trim="-")
