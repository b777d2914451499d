"""Whether ranges hold the truth as often as they say, looked at every morning.

A usual test may be looked at once; who looks each day finds a false alarm sooner or later. These
stay right however often one looks: an interval for the share by betting (Waudby-Smith and Ramdas,
"Estimating means of bounded random variables by betting", JRSS B 2023), and an e-value against
"the promise is kept", which is 20 or more at any time at all in at most one of 20 services whose
promise is (Ville's inequality).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from Task2_model.contract import Floats

ALPHA = 0.05
GRID = 1001  # shares at which the interval's ends may lie
BLOCK = 2000  # outcomes that are bet on at once
HEDGE = 0.5  # the most that is bet, as a share of what would ruin
LOG2 = math.log(2)
ZETA = 3.105  # Riemann's, of 1.4
ROOT = (2**0.25 + 2**-0.25) / math.sqrt(2)
PRIOR = 20  # outcomes that the first guess of the share counts for


def betting_interval(covered: Floats, alpha: float = ALPHA) -> tuple[float, float]:
    """Where the share of 1 in `covered` (n,) lies, at any n, with probability 1 - alpha.

    The hedged capital process with predictable plug-in bets, theorem 3 there.
    """
    count = len(covered)
    if not count:
        return 0.0, 1.0
    times = np.arange(1, count + 1)
    sums = np.concatenate([[0.0], np.cumsum(covered)[:-1]])
    means = (0.5 + sums) / times  # of what came before
    deviations = np.concatenate([[0.25], 0.25 + np.cumsum((covered - means) ** 2)[:-1]])
    variances = deviations / times
    bets = np.sqrt(2 * math.log(2 / alpha) / (variances * times * np.log(times + 1)))
    shares = np.linspace(0, 1, GRID)[1:-1]
    up, down = np.zeros(len(shares)), np.zeros(len(shares))
    for begin in range(0, count, BLOCK):
        some = slice(begin, begin + BLOCK)
        gains = covered[some, None] - shares
        up += np.log1p(np.minimum(bets[some, None], HEDGE / shares) * gains).sum(axis=0)
        down += np.log1p(-np.minimum(bets[some, None], HEDGE / (1 - shares)) * gains).sum(axis=0)
    capital = np.maximum(up, down) + math.log(0.5)
    inside = shares[capital < math.log(1 / alpha)]
    if not len(inside):  # between two points of the grid
        mean = float(covered.mean())
        return mean, mean
    step = 1 / (GRID - 1)
    return max(0.0, float(inside[0]) - step), min(1.0, float(inside[-1]) + step)


def average_interval(covered: Floats, alpha: float = ALPHA) -> tuple[float, float]:
    """Where the average chance of a 1 in `covered` (n,) lies, at any n, though it may change.

    Wider than by betting, which takes it for one and the same throughout: the empirical Bernstein
    bound of Howard, Ramdas, McAuliffe and Sekhon, "Time-uniform, nonparametric, nonasymptotic
    confidence sequences", Annals of Statistics 2021, theorem 4, with the stitched boundary of
    equation 10 (eta = 2, s = 1.4).
    """
    count = len(covered)
    if not count:
        return 0.0, 1.0
    before = (PRIOR * 0.9 + np.concatenate([[0.0], np.cumsum(covered)[:-1]])) / (
        PRIOR + np.arange(count)
    )
    variance = max(1.0, float(((covered - before) ** 2).sum()))
    length = 1.4 * math.log(math.log(2 * variance)) + math.log(ZETA / (alpha / 2 * LOG2**1.4))
    width = (ROOT * math.sqrt(variance * length) + (math.sqrt(2) + 1) / 2 * length) / count
    mean = float(covered.mean())
    return max(0.0, mean - width), min(1.0, mean + width)


def share_inside(
    covered: Floats, interval: Callable[[Floats], tuple[float, float]] = average_interval
) -> dict[str, float | None]:
    """The share of 1 in `covered` (n,) as it was `seen`, if any was, and where it lies."""
    low, high = interval(covered)
    return {"seen": float(covered.mean()) if len(covered) else None, "low": low, "high": high}


def e_values(
    covered: Floats, promised: Floats, starts: Sequence[int] = (0,)
) -> npt.NDArray[np.float64]:
    """After each outcome (n,), the evidence that ranges cover less often than promised.

    Parameters
    ----------
    covered : float64 array, shape (n,)
        1 where the range held the truth, in the order in which outcomes came.
    promised : float64 array, shape (n,)
        The confidence of each answer.
    starts : sequence of int
        Outcomes from which on the promise may be broken: the beginning of each day, say. A part
        of the stake is put on each, so that good days before do not hide a bad one.

    The mean of the capitals is an e-process again: they begin with shares of one stake.
    """
    total = np.zeros(len(covered))
    weights = np.array([1 / ((k + 1) * (k + 2)) for k in range(len(starts))])
    for start, weight in zip(starts, weights, strict=True):
        own = slice(start, None)
        capital = np.exp(np.minimum(_log_capital(covered[own], promised[own]), 600))
        total[own] += weight * capital
        total[:start] += weight  # not yet at stake
    return np.asarray(total + (1 - weights.sum()))


def _log_capital(covered: Floats, promised: Floats) -> Floats:
    """The logarithm of what betting against the promise makes of 1."""
    before = np.arange(len(covered))
    short = np.concatenate([[0.0], np.cumsum(promised - covered)[:-1]])
    shortfall = short / (PRIOR + before)  # of what came before; 0 to begin with
    bets = np.clip(shortfall / (promised * (1 - promised)), 0, HEDGE / (1 - promised))
    return np.cumsum(np.log1p(bets * (promised - covered)))


def broken(evidence: Sequence[float], alpha: float = ALPHA) -> list[bool]:
    """Of several e-values those that are evidence, at most alpha of them falsely (e-BH).

    Wang and Ramdas, "False discovery rate control with e-values", JRSS B 2022.
    """
    order = sorted(range(len(evidence)), key=lambda index: -evidence[index])
    most = 0
    for rank, index in enumerate(order, start=1):
        if evidence[index] >= len(evidence) / (alpha * rank):
            most = rank
    rejected = set(order[:most])
    return [index in rejected for index in range(len(evidence))]
