"""Shapley values: what each player of a game brings, on average over all orders of joining.

Shapley, "A Value for n-Person Games" (1953). Few players are counted out over all of their
coalitions; of many players random orders are drawn, half of them the other half backwards
(Mitchell, Cooper, Frank and Holmes, "Sampling Permutations for Shapley Value Estimation", JMLR
2022). Either way the values add up to what all are worth together less what nobody is worth.
"""

from __future__ import annotations

from collections.abc import Callable
from math import comb

import numpy as np
import numpy.typing as npt

Coalitions = npt.NDArray[np.bool_]  # shape (coalitions, players): who is in
Worth = npt.NDArray[np.float64]  # shape (coalitions, outputs)
Game = Callable[[Coalitions], Worth]

EXACT = 10  # players, of whom all 1,024 coalitions are looked at
SAMPLED = 2048  # coalitions, about, that are looked at of more players
SEED = 20060101


def shapley(game: Game, players: int) -> Worth:
    """What each player brings, shape (players, outputs), to a game of one or more outputs."""
    return _counted(game, players) if players <= EXACT else _sampled(game, players)


def _counted(game: Game, players: int) -> Worth:
    coalitions = (np.arange(2**players)[:, None] >> np.arange(players) & 1).astype(bool)
    size = coalitions.sum(axis=1, keepdims=True)
    weight = np.array([1 / (players * comb(players - 1, others)) for others in range(players)])
    joined, apart = weight[size - 1], weight[np.minimum(size, players - 1)]
    brought: Worth = np.where(coalitions, joined, -apart).T @ game(coalitions)
    return brought


def _sampled(game: Game, players: int) -> Worth:
    draw = np.random.default_rng(SEED)  # the same question has the same explanation
    forth = draw.permuted(np.tile(np.arange(players), (SAMPLED // players // 2 + 1, 1)), axis=1)
    place = np.concatenate([forth, players - 1 - forth])  # of each player in each order
    steps = place[:, None, :] < np.arange(players + 1)[:, None]
    worth = game(steps.reshape(-1, players)).reshape(len(place), players + 1, -1)
    brought = np.diff(worth, axis=1)
    mean: Worth = np.take_along_axis(brought, place[:, :, None], axis=1).mean(axis=0)
    return mean
