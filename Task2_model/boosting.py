"""The default model: gradient-boosted trees, which take gaps in a row as they come."""

from __future__ import annotations

from typing import Any

from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

from Task2_model.model import PredictiveModel


class Boosting(PredictiveModel):
    """Gradient-boosted decision trees.

    For regression they aim at the median of what is likely. That is what "about how much?" asks
    for, and unlike the mean it is the same whether the target or its logarithm is learned.
    """

    def estimator(self) -> Any:
        """Up to 150 trees of at most 16 leaves, each tree a little different from the others.

        Of a few dozen settings tried over random splits, these had the least error on `houses`
        (regression) and on `clients` (classification) among those that stay within 3 % of
        knowing nothing where there is nothing to know.
        """
        settings: dict[str, Any] = {
            "max_leaf_nodes": 16,
            "max_features": 0.3,
            "early_stopping": False,
            "random_state": self.seed,
        }
        if self.contract.task == "classification":
            return HistGradientBoostingClassifier(
                max_iter=100,
                learning_rate=0.05,
                min_samples_leaf=self._leaf(30),
                l2_regularization=50.0,
                **settings,
            )
        return HistGradientBoostingRegressor(
            loss="absolute_error",
            max_iter=150,
            learning_rate=0.07,
            min_samples_leaf=self._leaf(5),
            **settings,
        )

    def _leaf(self, rows: int) -> int:
        """The size of a leaf that holds about as many different rows."""
        return max(20, int(rows * self.augmentation_factor_))
