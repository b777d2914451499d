"""Shapley values, against their axioms and against games whose values are known."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from Task3_api import shapley as module
from Task3_api.shapley import EXACT, Coalitions, Worth, shapley

RAISES = np.random.default_rng(7).normal(size=64)


def additive(coalitions: Coalitions) -> Worth:
    """Each player brings the same to every coalition; and, secondly, its square."""
    raises = RAISES[: coalitions.shape[1]]
    return 5 + np.column_stack([coalitions @ raises, coalitions @ raises**2])


def majority(coalitions: Coalitions) -> Worth:
    """A vote in which the first player has three votes, and the last none."""
    votes = np.ones(coalitions.shape[1])
    votes[0], votes[-1] = 3, 0
    return (coalitions @ votes > votes.sum() / 2).astype(float)[:, None]


def by_definition(game: module.Game, players: int) -> Worth:
    """The average over all orders, one after the other."""
    brought = np.zeros((players, game(np.zeros((1, players), dtype=bool)).shape[1]))
    orders = list(permutations(range(players)))
    for order in orders:
        steps = np.zeros((players + 1, players), dtype=bool)
        for step, player in enumerate(order):
            steps[step + 1 :, player] = True
        brought[list(order)] += np.diff(game(steps), axis=0)
    return brought / len(orders)


@pytest.mark.parametrize("players", [1, 2, 5, EXACT, EXACT + 1, 30, 64])
def test_what_each_brings_to_an_additive_game_is_its_own(players: int) -> None:
    raises = RAISES[:players]
    assert shapley(additive, players) == pytest.approx(np.column_stack([raises, raises**2]))


@pytest.mark.parametrize("players", [2, 3, 6])
def test_few_players_are_counted_by_the_definition(players: int) -> None:
    assert shapley(majority, players) == pytest.approx(by_definition(majority, players))


@pytest.mark.parametrize("players", [7, EXACT + 3, 40])
def test_values_add_up_and_a_bystander_brings_nothing(players: int) -> None:
    brought = shapley(majority, players)
    assert brought.sum() == pytest.approx(1)
    assert brought[-1] == pytest.approx(0)


def test_random_orders_come_close_to_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = shapley(majority, EXACT)
    monkeypatch.setattr(module, "EXACT", 0)
    sampled = shapley(majority, EXACT)
    assert (sampled != counted).any()
    assert sampled == pytest.approx(counted, abs=0.05)
    assert (shapley(majority, EXACT) == sampled).all()
