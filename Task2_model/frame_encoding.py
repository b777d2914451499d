"""A pandas DataFrame as the model's rows.

The one place that says what a column may hold. It imports no pandas: whoever has a DataFrame has
that already.
"""

from __future__ import annotations

from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias, TypeGuard

import numpy as np
import numpy.typing as npt

from Task1_database.errors import InputError
from Task2_model.contract import Contract, Feature, Rows, Value

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
Column: TypeAlias = "pd.Series[Any]"
Unseen = dict[int, Value]  # values that training never held, by the position of their row
LARGEST = float(np.finfo(np.float32).max)
NUMERIC = "iuf"  # kinds of NumPy's dtypes


def encode_frame(contract: Contract, frame: pd.DataFrame) -> Rows:
    """The model's rows (n, features) for the rows of a frame; it may hold other columns, too.

    Missing values, features without a column, and categories never seen in training become NaN.

    Raises InputError, naming the column and the row, where a value is none of the feature's kind,
    and where no column is a feature.
    """
    return encode_with_unseen(contract, frame)[0]


def encode_with_unseen(contract: Contract, frame: pd.DataFrame) -> tuple[Rows, dict[str, Unseen]]:
    """The rows, and for each feature the values that training never held."""
    features = [feature for feature in contract.features if feature.name in frame.columns]
    if not features:
        known = ", ".join(contract.names[:20])
        raise InputError(f"no column is a feature of {contract.dataset}; known are {known}")
    rows = np.full((len(frame), len(contract.names)), np.nan, dtype=np.float32)
    unseen = {}
    for feature in features:
        column = frame[feature.name]
        if column.ndim != 1:
            raise InputError(f"{feature.name} is the name of several columns", field=feature.name)
        encode = _categories if feature.kind == "category" else _numbers
        position = contract.names.index(feature.name)
        rows[:, position], unseen[feature.name] = encode(feature, column)
    return rows, unseen


def _numbers(feature: Feature, column: Column) -> tuple[Floats, Unseen]:
    if column.dtype.kind in NUMERIC:
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    else:
        codes, distinct = column.factorize()
        numbers = [float(value) if _is_number(value) else np.inf for value in distinct]
        values = np.array([*numbers, np.nan])[codes]  # the code of a missing value is -1
    bad = np.abs(values) > LARGEST
    if bad.any():
        _refuse(feature, column, bad, "a number")
    unusual = np.zeros(len(values), dtype=bool)
    if feature.minimum is not None and feature.maximum is not None:
        unusual = (values < feature.minimum) | (values > feature.maximum)
    if feature.kind == "integer":
        unusual |= np.floor(values) < values
    unseen = np.flatnonzero(unusual).tolist()
    return values, {index: float(values[index]) for index in unseen}


def _categories(feature: Feature, column: Column) -> tuple[Floats, Unseen]:
    codes, distinct = column.factorize()
    names = [_category(value) for value in distinct]
    bad = np.array([*(name is None for name in names), False])[codes]
    if bad.any():
        _refuse(feature, column, bad, "a text")
    values = np.array([*map(feature.encode, names), np.nan])[codes]
    unseen = np.flatnonzero(np.isnan(values) & (codes >= 0)).tolist()
    return values, {index: names[codes[index]] for index in unseen}


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, Real | Decimal) and not isinstance(value, bool)


def _category(value: object) -> str | None:
    """The category's name; a CSV reader takes one that is written in digits for a number."""
    if _is_number(value):
        return str(int(value) if float(value).is_integer() else value)
    return value if isinstance(value, str) else None


def _refuse(feature: Feature, column: Column, bad: npt.NDArray[np.bool_], wanted: str) -> NoReturn:
    position = int(np.flatnonzero(bad)[0])
    value, label = column.iloc[position], column.index[position]
    raise InputError(
        f"{feature.name} must be {wanted}, not {str(value)[:40]!r} (row {label!r})",
        field=feature.name,
        row=position,
    )
