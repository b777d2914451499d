"""What is known only once the target is: left out where the rows show it, else asked about."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from tests.Task1_database.onboarding.tables import RNG, ROWS, Columns, left_out, new_from, numbers

START = [RNG.randrange(300, 1_200) for _ in range(ROWS)]
DELAY = [round(RNG.gauss(5, 25)) for _ in range(ROWS)]
DAYS = [datetime.datetime(2024, 1, 1) + datetime.timedelta(minutes=977 * i) for i in range(ROWS)]
TRIP = [RNG.randrange(3, 90) for _ in range(ROWS)]


def clock(minutes: int) -> int:
    """Minutes after midnight as clocks show them: 1805 for five past six in the afternoon."""
    return minutes // 60 * 100 + minutes % 60


def test_the_later_of_two_whose_difference_is_the_target_is_left_out(tmp_path: Path) -> None:
    arrived = [clock(start + delay) for start, delay in zip(START, DELAY, strict=True)]
    table: Columns = {
        "planned": [clock(start) for start in START],
        "landed": arrived,
        "price": DELAY,
    }
    reasons = left_out(new_from(tmp_path, table))
    assert list(reasons) == ["landed"]
    assert reasons["landed"].startswith("landed less planned is price in ")
    assert reasons["landed"].endswith(" % of the rows: is it known before price is?")


def test_moments_subtract_in_minutes(tmp_path: Path) -> None:
    ends = [day + datetime.timedelta(minutes=trip) for day, trip in zip(DAYS, TRIP, strict=True)]
    reasons = left_out(new_from(tmp_path, {"begin": DAYS, "end": ends, "price": TRIP}))
    assert reasons == {"end": "end less begin is price: is it known before price is?"}


def test_both_parts_of_a_sum_are_left_out(tmp_path: Path) -> None:
    one, two = numbers(5), numbers(5)
    total = [round(a + b, 2) for a, b in zip(one, two, strict=True)]
    table: Columns = {"casual": one, "size": numbers(), "registered": two, "price": total}
    reason = "casual plus registered is price: is it known before price is?"
    assert left_out(new_from(tmp_path, table)) == {"casual": reason, "registered": reason}


def test_small_whole_numbers_that_sometimes_add_up_stay(tmp_path: Path) -> None:
    one, two = ([RNG.randrange(3) for _ in range(ROWS)] for _ in range(2))
    extra = [int(i % 3 == 0) + 3 * int(i % 20 == 0) for i in range(ROWS)]
    total = [sum(parts) for parts in zip(one, two, extra, strict=True)]
    assert left_out(new_from(tmp_path, {"one": one, "two": two, "price": total})) == {}


@pytest.mark.parametrize(
    ("label", "asked"),
    [("arr_time", True), ("PaidInterest", True), ("sched_arr_time", False), ("party", False)],
)
def test_what_sounds_late_is_asked_about_and_is_not_x(
    tmp_path: Path, label: str, asked: bool
) -> None:
    price = numbers()
    late = [value + RNG.gauss(0, 20) for value in price]
    result = new_from(tmp_path, {"size": numbers(), label: late, "price": price})
    name = result.plan.features[1].name
    line = (
        f"  {label}: it is called like something that comes after price; is it known before price "
        f"is? If not, delete [features.{name}] in dataset.toml and its line in features.sql"
    )
    assert (line in result.lines()) == asked
    assert (result.plan.x.name == "size") == asked
    toml = (result.folder / "dataset.toml").read_text("utf-8")
    assert ("If it is not known when one asks, delete this section" in toml) == asked


def test_what_explains_almost_all_is_asked_about(tmp_path: Path) -> None:
    price = numbers()
    near = [value + RNG.gauss(0, 6) for value in price]
    result = new_from(tmp_path, {"size": numbers(), "near": near, "price": price})
    (doubt,) = result.plan.doubts.values()
    assert doubt.startswith("it alone explains 9")
