"""Ridge regression, and logistic regression where there are classes, on features of one's own."""

from typing import Any

from sklearn import linear_model
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import Binarizer, PolynomialFeatures, StandardScaler

from tablecast import PredictiveModel

ABSENT = -1e9  # far below any value


class Ridge(PredictiveModel):
    """A straight line for each set of features given: each weight depends on what else is known."""

    def features(self) -> Any:
        """Each value, whether it is given at all, and the products of any two of these."""
        given = make_pipeline(
            SimpleImputer(strategy="constant", fill_value=ABSENT), Binarizer(threshold=ABSENT / 2)
        )
        values = make_pipeline(SimpleImputer(keep_empty_features=True), StandardScaler())
        products = PolynomialFeatures(2, interaction_only=True, include_bias=False)
        return make_pipeline(make_union(values, given), products, StandardScaler())

    def estimator(self) -> Any:
        """What learns from them."""
        if self.contract.task == "classification":
            return linear_model.LogisticRegression(C=0.01, max_iter=500)
        return linear_model.Ridge(alpha=100.0)
