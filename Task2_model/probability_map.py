"""Probabilities put right: what models call likely, as often as it has come true.

Each class has a slope a and an intercept b, and the probabilities p become the softmax of
a log p + b. For two classes that is beta calibration (Kull, Silva Filho and Flach, AISTATS 2017),
for more its diagonal form for many (Kull and others, "Beyond temperature scaling", NeurIPS 2019).
One map serves every subset of the features; the order of two answers to the same features hardly
changes, and prediction sets, which compare a member with itself, do without it.

The server imports this module, so it needs nothing but NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from Task2_model.contract import Floats, Indices

LEAST = 1e-6  # a probability of nothing at all has no logarithm
PRIOR_ROWS = 5.0
STEPS = 50
TOLERANCE = 1e-9  # of a step


@dataclass(frozen=True)
class ProbabilityMap:
    """`slopes` and `intercepts`, float64 arrays of shape (classes,)."""

    slopes: Floats
    intercepts: Floats

    def __call__(self, probabilities: Floats) -> Floats:
        """Probabilities (n, classes), put right."""
        logits = np.log(np.maximum(probabilities, LEAST)) * self.slopes + self.intercepts
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))

    @classmethod
    def fit(
        cls, probabilities: Floats, outcomes: Indices, prior: float = PRIOR_ROWS
    ) -> ProbabilityMap:
        """The map of the least logarithmic loss on rows that the models never saw.

        Newton's method, from probabilities (n, classes) and the indices (n,) of what was true.
        `prior` rows say that the probabilities are right as they are; and so they stay where a
        slope would not be above 0.
        """
        rows, classes = probabilities.shape
        logs = np.log(np.maximum(probabilities, LEAST))
        true = np.zeros_like(logs)
        true[np.arange(rows), outcomes] = 1.0
        start = np.concatenate([np.ones(classes), np.zeros(classes)])

        def evaluated(theta: Floats) -> tuple[float, Floats]:
            """The loss with that of the prior, and the probabilities."""
            p = cls(theta[:classes], theta[classes:])(probabilities)
            loss = -np.log(np.maximum(p[true == 1], LEAST)).sum()
            return loss + prior / 2 * ((theta - start) ** 2).sum(), p

        theta, (loss, p) = start, evaluated(start)
        for _ in range(STEPS):
            gradient = _both(logs, p - true).sum(axis=0) + prior * (theta - start)
            step = np.linalg.solve(_curvature(logs, p) + prior * np.eye(2 * classes), gradient)
            better = loss
            while np.abs(step).max() > TOLERANCE and (better := evaluated(theta - step)[0]) >= loss:
                step /= 2
            if better >= loss:
                break
            theta = theta - step
            loss, p = evaluated(theta)
        return cls(*np.split(theta if theta[:classes].min() > 0 else start, 2))


def _both(logs: Floats, values: Floats) -> Floats:
    """What values (n, classes) are to the slopes and to the intercepts: (n, 2 x classes)."""
    return np.concatenate([logs * values, values], axis=1)


def _curvature(logs: Floats, p: Floats) -> Floats:
    """The second derivatives of the loss: of softmax, diag(p) - p p', summed over the rows."""
    weighted, squares = _both(logs, p), np.diag((logs**2 * p).sum(axis=0))
    cross, own = np.diag((logs * p).sum(axis=0)), np.diag(p.sum(axis=0))
    return np.asarray(np.block([[squares, cross], [cross, own]]) - weighted.T @ weighted)
