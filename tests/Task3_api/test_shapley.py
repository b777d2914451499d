"""Shapley values, against their axioms and against games whose values are known."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from Task3_api import shapley as module
from Task3_api.shapley import MAX_EXACT, Coalitions, ValueFunction, Values, shapley_values

RAISES = np.random.default_rng(7).normal(size=64)


def additive(coalitions: Coalitions) -> Values:
    """Each player contributes the same to every coalition; and, secondly, its square."""
    raises = RAISES[: coalitions.shape[1]]
    return 5 + np.column_stack([coalitions @ raises, coalitions @ raises**2])


def majority(coalitions: Coalitions) -> Values:
    """A vote in which the first player has three votes, and the last none."""
    votes = np.ones(coalitions.shape[1])
    votes[0], votes[-1] = 3, 0
    return np.array(coalitions @ votes > votes.sum() / 2, dtype=float)[:, None]


def by_definition(value_function: ValueFunction, players: int) -> Values:
    """The average over all orders, one after the other."""
    contributions = np.zeros((players, value_function(np.zeros((1, players), dtype=bool)).shape[1]))
    orders = list(permutations(range(players)))
    for order in orders:
        steps = np.zeros((players + 1, players), dtype=bool)
        for step, player in enumerate(order):
            steps[step + 1 :, player] = True
        contributions[list(order)] += np.diff(value_function(steps), axis=0)
    return contributions / len(orders)


@pytest.mark.parametrize("players", [1, 2, 5, MAX_EXACT, MAX_EXACT + 1, 30, 64])
def test_what_each_contributes_to_an_additive_game_is_its_own(players: int) -> None:
    raises = RAISES[:players]
    assert shapley_values(additive, players) == pytest.approx(np.column_stack([raises, raises**2]))


@pytest.mark.parametrize("players", [2, 3, 6])
def test_few_players_follow_the_definition(players: int) -> None:
    assert shapley_values(majority, players) == pytest.approx(by_definition(majority, players))


@pytest.mark.parametrize("players", [7, MAX_EXACT + 3, 40])
def test_values_add_up_and_a_bystander_contributes_nothing(players: int) -> None:
    contributions = shapley_values(majority, players)
    assert contributions.sum() == pytest.approx(1)
    assert contributions[-1] == pytest.approx(0)


def test_random_orders_come_close_to_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = shapley_values(majority, MAX_EXACT)
    monkeypatch.setattr(module, "MAX_EXACT", 0)
    sampled = shapley_values(majority, MAX_EXACT)
    assert (sampled != exact).any()
    assert sampled == pytest.approx(exact, abs=0.05)
    assert (shapley_values(majority, MAX_EXACT) == sampled).all()
