"""The conformal quantiles that were asked for, kept in a bounded amount of memory.

Anyone may ask with any subset of the features and at any confidence. So the quantiles at the usual
confidence have a store of their own, and those at all others share a small one: a client who goes
through a million levels pushes out nobody else's.

The server imports this module, so it needs nothing but NumPy.
"""

from __future__ import annotations

from Task2_model.contract import Floats

USUAL_BYTES = 2**25  # the 65,536 subsets of a form of 16 features, or fewer where sets are long
OTHER_BYTES = 2**22
ENTRY_BYTES = 496  # that an entry takes beside its quantiles

Key = tuple[bytes, float]  # the subset, packed (and the group), and the confidence


class QuantileCache:
    """Quantiles by subset and confidence; safe to share between threads.

    A store that is full is begun anew, so that each lookup is a dictionary's.
    """

    def __init__(self, usual_confidence: float) -> None:
        self._usual_confidence = usual_confidence
        self._usual, self._other = _Store(USUAL_BYTES), _Store(OTHER_BYTES)

    def get(self, key: Key) -> Floats | None:
        """What was put there, if it is still kept."""
        return self._store(key).entries.get(key)

    def put(self, key: Key, quantiles: Floats) -> None:
        """Keep quantiles for a while."""
        self._store(key).put(key, quantiles)

    def _store(self, key: Key) -> _Store:
        return self._usual if key[1] == self._usual_confidence else self._other


class _Store:
    def __init__(self, max_bytes: int) -> None:
        self.entries: dict[Key, Floats] = {}
        self._max_bytes = max_bytes
        self._bytes = 0

    def put(self, key: Key, quantiles: Floats) -> None:
        size = ENTRY_BYTES + quantiles.nbytes
        if self._bytes + size > self._max_bytes:
            self.entries, self._bytes = {}, 0  # another thread may still read the old one
        if size <= self._max_bytes:
            self.entries[key] = quantiles
            self._bytes += size
