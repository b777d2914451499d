"""One set of sums answers for every subset, as a regression on that subset alone would."""

from __future__ import annotations

import io

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from Task2_model.contract import Contract, Feature, Floats, Rows, Target
from Task2_model.subset_ridge import ALPHA, MOST_COLUMNS, Design, Moments, SubsetRidge

COLOURS = ("red", "green", "blue", "rare")


def contract(*more: Feature) -> Contract:
    colour = Feature("colour", "category", "Colour", categories=COLOURS)
    numbers = (Feature(name, "number", name) for name in "abc")
    features = (*numbers, colour, *more)
    return Contract("d", "D", "regression", "a", Target("t", "T"), features, 300)


def sample() -> tuple[Rows, Floats]:
    """Numbers of very different sizes, one of them constant, and a category; two targets."""
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(300, 4)) * [1, 1_000, 0, 1]
    rows[:, 3] = rng.integers(0, 3, 300)
    rows[:4, 3] = 3  # too rare for a weight of its own
    target = rows[:, 0] - rows[:, 1] / 500 + np.array([0, 2, 5, 9])[rows[:, 3].astype(int)]
    return rows.astype(np.float32), np.column_stack([target, -target + rng.normal(size=300)])


def ridge(rows: Rows, target: Floats, parts: list[slice]) -> SubsetRidge:
    design = Design.of(contract(), rows)
    return SubsetRidge.of(design, [Moments.of(design, rows[p], target[p]) for p in parts])


@pytest.mark.parametrize("given", [[0, 1, 2, 3], [0], [3], [1, 3], [0, 1]])
def test_equals_a_ridge_regression_on_the_subset_alone(given: list[int]) -> None:
    rows, target = sample()
    parts = [slice(0, 150), slice(100, 300)]
    model = ridge(rows, target, parts)
    design = model.design
    masked = np.where(np.isin(np.arange(4), given), rows, np.float32(np.nan))
    columns = design.matrix(rows)[:, np.isin(design.owners, given)]
    for member, part in enumerate(parts):
        alone = Ridge(alpha=ALPHA).fit(columns[part], target[part])
        np.testing.assert_allclose(model(masked)[:, member], alone.predict(columns), atol=1e-9)


def test_rows_that_give_different_things_are_answered_as_one_by_one() -> None:
    rows, target = sample()
    rows[np.random.default_rng(1).random(rows.shape) < 0.4] = np.nan
    model = ridge(rows, target, [slice(None)] * 3)
    one_by_one = np.concatenate([model(rows[i : i + 1]) for i in range(len(rows))])
    np.testing.assert_allclose(model(rows), one_by_one, atol=1e-12)


def test_a_row_that_gives_nothing_gets_the_mean() -> None:
    rows, target = sample()
    nothing = np.full((1, 4), np.nan, dtype=np.float32)
    said = ridge(rows, target, [slice(None)])(nothing)
    np.testing.assert_allclose(said[0, 0], target.mean(axis=0))


def test_sums_of_parts_are_those_of_the_whole() -> None:
    rows, target = sample()
    design = Design.of(contract(), rows)
    parts = [Moments.of(design, rows[part], target[part]) for part in (slice(90), slice(90, 300))]
    whole, together = Moments.of(design, rows, target), Moments.total(parts)
    np.testing.assert_allclose(together.gram, whole.gram)
    np.testing.assert_allclose(together.cross, whole.cross)
    assert together.count == whole.count


def test_far_beyond_what_was_seen_the_line_goes_no_further() -> None:
    rows, target = sample()
    model = ridge(rows, target, [slice(None)])
    far = np.array([[1e30, np.nan, np.nan, np.nan], [1e3, np.nan, np.nan, np.nan]], np.float32)
    assert model(far)[0] == pytest.approx(model(far)[1])


def test_a_category_of_thousands_does_not_make_the_design_wide() -> None:
    town = Feature("town", "category", "Town", categories=tuple(map(str, range(2_000))))
    rows, target = sample()
    rows = np.column_stack([rows, np.arange(300) % 2_000]).astype(np.float32)
    many = np.repeat(rows, 5, axis=0)
    design = Design.of(contract(town), many)
    assert len(design.owners) == MOST_COLUMNS
    model = SubsetRidge.of(design, [Moments.of(design, many, np.repeat(target, 5, axis=0))])
    assert np.isfinite(model(many)).all()


def test_survives_the_disk() -> None:
    rows, target = sample()
    before, buffer = ridge(rows, target, [slice(None)] * 2), io.BytesIO()
    np.savez(buffer, **before.to_arrays())  # type: ignore[arg-type]
    with np.load(io.BytesIO(buffer.getvalue()), allow_pickle=False) as arrays:
        after = SubsetRidge.from_arrays(arrays)
    np.testing.assert_array_equal(before(rows), after(rows))


def test_a_category_that_no_row_has_adds_nothing() -> None:
    rows, target = sample()
    more = np.column_stack([rows, np.full(len(rows), np.nan, dtype=np.float32)])
    design = Design.of(contract(Feature("never", "category", "Never")), more)
    wider = SubsetRidge.of(design, [Moments.of(design, more, target)])
    np.testing.assert_allclose(wider(more), ridge(rows, target, [slice(None)])(rows))
