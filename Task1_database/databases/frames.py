"""Rows that a database server sends, as a DataFrame: block by block, so that few are held twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from Task1_database.databases.base import Kind

if TYPE_CHECKING:
    import pandas as pd

BLOCK = 20_000  # rows


def frame_of(
    names: Sequence[str], kinds: Sequence[Kind], blocks: Iterable[Sequence[Sequence[Any]]]
) -> pd.DataFrame:
    """A DataFrame: numbers as numbers (whole ones without gaps as integers), text as str or None.

    Parameters
    ----------
    kinds : sequence of Kind
        What each column holds.
    blocks : iterable of lists of rows
    """
    import pandas as pd  # noqa: PLC0415 (loading does without)

    pieces: list[list[Any]] = [[_typed((), kind)] for kind in kinds]
    for rows in blocks:
        for piece, kind, values in zip(pieces, kinds, zip(*rows, strict=True), strict=True):
            piece.append(_typed(values, kind))
    columns = (np.concatenate(piece[1:] or piece) for piece in pieces)
    frame = pd.DataFrame({i: pd.Series(c, dtype=c.dtype) for i, c in enumerate(columns)})
    frame.columns = pd.Index(names)
    return frame


def _typed(values: Sequence[Any], kind: Kind) -> np.ndarray[Any, Any]:
    if kind == "integer" and None not in values:
        return np.array(values, dtype=np.int64)
    if kind in {"integer", "number"}:
        return np.array(values, dtype=np.float64)
    if kind == "date":
        return np.array(values, dtype="datetime64[us]")
    cells = np.empty(len(values), dtype=object)
    cells[:] = values
    return cells
