"""Shapley values: what each player of a game contributes, on average over all orders of joining.

Shapley, "A Value for n-Person Games" (1953). Few players are counted out over all of their
coalitions; of many players random orders are drawn, half of them the reverse of the other half
(Mitchell, Cooper, Frank and Holmes, "Sampling Permutations for Shapley Value Estimation", JMLR
2022). Either way the values add up to the value of all players less that of none.
"""

from __future__ import annotations

from collections.abc import Callable
from math import comb

import numpy as np
import numpy.typing as npt

Coalitions = npt.NDArray[np.bool_]  # shape (coalitions, players): who is in
Values = npt.NDArray[np.float64]  # shape (coalitions or players, outputs)
ValueFunction = Callable[[Coalitions], Values]

MAX_EXACT = 10  # players, of whom all 1,024 coalitions are evaluated
SAMPLED = 2048  # coalitions, about, that are evaluated of more players
SEED = 20060101


def shapley_values(value_function: ValueFunction, players: int) -> Values:
    """Each player's contributions, shape (players, outputs), to a game of one or more outputs."""
    method = _exact if players <= MAX_EXACT else _sampled
    return method(value_function, players)


def _exact(value_function: ValueFunction, players: int) -> Values:
    coalitions = (np.arange(2**players)[:, None] >> np.arange(players) & 1).astype(bool)
    size = coalitions.sum(axis=1, keepdims=True)
    weight = np.array([1 / (players * comb(players - 1, others)) for others in range(players)])
    inside, outside = weight[size - 1], weight[np.minimum(size, players - 1)]
    weights = np.where(coalitions, inside, -outside)
    contributions: Values = weights.T @ value_function(coalitions)
    return contributions


def _sampled(value_function: ValueFunction, players: int) -> Values:
    rng = np.random.default_rng(SEED)  # the same question has the same explanation
    orders = np.tile(np.arange(players), (SAMPLED // players // 2 + 1, 1))
    shuffled = rng.permuted(orders, axis=1)
    positions = np.concatenate([shuffled, players - 1 - shuffled])  # of each player in each order
    joined = positions[:, None, :] < np.arange(players + 1)[:, None]
    values = value_function(joined.reshape(-1, players))
    contributions = np.diff(values.reshape(len(positions), players + 1, -1), axis=1)
    of_player = np.take_along_axis(contributions, positions[:, :, None], axis=1)
    mean: Values = of_player.mean(axis=0)
    return mean
