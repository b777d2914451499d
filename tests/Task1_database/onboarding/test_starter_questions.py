"""The questions to begin with suit the features that there are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from Task1_database.dataset import Dataset
from tests.Task1_database.onboarding.tables import ROWS, answers, new_from, numbers


@pytest.mark.parametrize(
    ("target", "parts", "last"),
    [(range(ROWS), 10, (10, 108, 119, 12)), (["a", "b", "b"] * (ROWS // 3), 2, ("a", 40))],
)
def test_with_one_feature_it_is_asked_how_the_target_is_spread(
    tmp_path: Path, target: Sequence[object], parts: int, last: tuple[object, ...]
) -> None:
    result = new_from(tmp_path, {"size": numbers(), "price": target})
    asked = answers(Dataset.open(str(result.folder)), tmp_path)
    assert [answer.path.name for answer in asked] == [
        "01_price_by_size.csv",
        "02_spread_of_price.csv",
        "03_what_is_missing.csv",
    ]
    assert len(asked[1].result.rows) == parts
    assert asked[1].result.rows[-1] == last
