from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from Task2_model.quantile_cache import OTHER_BYTES, QuantileCache

QUANTILES = np.array([-1.0, 1.0])


def test_what_was_put_is_got() -> None:
    cache = QuantileCache(0.9)
    others = QUANTILES + 1
    for confidence, quantiles in ((0.9, QUANTILES), (0.8, others)):
        assert cache.get((b"a", confidence)) is None
        cache.put((b"a", confidence), quantiles)
    assert cache.get((b"a", 0.9)) is QUANTILES
    assert cache.get((b"a", 0.8)) is others
    assert cache.get((b"b", 0.9)) is None


def test_a_million_levels_take_little_memory_and_push_out_none_of_the_usual() -> None:
    cache = QuantileCache(0.9)
    cache.put((b"a", 0.9), QUANTILES)
    tracemalloc.start()
    for level in range(1, 100_000):  # as good as a million: the store is begun anew ten times
        cache.put((level.to_bytes(4), level / 1e6), np.full(2, float(level)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < OTHER_BYTES
    assert cache.get((b"a", 0.9)) is QUANTILES


@pytest.mark.parametrize("confidence", [0.9, 0.8])
def test_long_quantiles_leave_room_for_fewer(
    monkeypatch: pytest.MonkeyPatch, confidence: float
) -> None:
    for name in ("USUAL_BYTES", "OTHER_BYTES"):
        monkeypatch.setattr(f"Task2_model.quantile_cache.{name}", 10_000)
    cache = QuantileCache(confidence if confidence == 0.9 else 0.5)
    for subset in (b"a", b"b", b"c"):
        cache.put((subset, confidence), np.zeros(500))  # 4,000 bytes each, and what they cost
    kept = [cache.get((subset, confidence)) is not None for subset in (b"a", b"b", b"c")]
    assert kept == [False, False, True]
    cache.put((b"d", confidence), np.zeros(5_000))  # more than the whole store
    assert cache.get((b"d", confidence)) is None
