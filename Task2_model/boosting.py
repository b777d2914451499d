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
        """As many trees as rows kept aside ask for: one where there is nothing to know."""
        settings: dict[str, Any] = {
            "max_iter": 400,
            "early_stopping": True,
            "n_iter_no_change": 25,
            "tol": 0.0,
            "random_state": self.seed,
        }
        if self.contract.task == "classification":
            return HistGradientBoostingClassifier(
                learning_rate=0.08,
                max_leaf_nodes=12,
                max_features=0.4,
                min_samples_leaf=self._leaf(8),
                l2_regularization=5.0,
                **settings,
            )
        return HistGradientBoostingRegressor(
            loss="absolute_error",
            learning_rate=0.2,
            max_leaf_nodes=16,
            max_features=0.5,
            min_samples_leaf=self._leaf(5),
            **settings,
        )

    def _leaf(self, rows: int) -> int:
        """The size of a leaf that holds about as many different rows."""
        return max(20, int(rows * self.augmentation_factor_))
