"""[target] of dataset.toml says what is predicted, in words, or is refused by file and key."""

from __future__ import annotations

import pytest

from Task1_database.errors import DatasetError
from Task1_database.target import CostsText, TargetText, Task, read_costs, read_target
from Task1_database.toml_section import TomlSection

NAMED = 'name = "sunk"\nlabel = "Sunk"\n'
THRESHOLD = 'threshold = 0.2\nthreshold_reason = "Boats are dear"\n'
CLASSES = '[target.classes]\n0 = "afloat"\n1 = "sunk"\n'
THREE = CLASSES + '2 = "not known"\n'


def read(text: str, task: Task = "classification") -> TargetText:
    section = TomlSection.parse(f"[target]\n{text}", "dataset.toml").section("target")
    return read_target(section, task, {"row_id", "size"})


def test_a_number_is_told_to_so_many_decimals() -> None:
    text = NAMED + 'unit = "$"\nhelp = "In dollars"\ndecimals = -2\n'
    expected = TargetText("sunk", "Sunk", "$", "In dollars", decimals=-2)
    assert read(text, "regression") == expected


def test_a_class_needs_no_more_than_a_name_and_a_label() -> None:
    assert read(NAMED) == TargetText("sunk", "Sunk")


def test_classes_have_words_and_a_threshold_has_a_reason() -> None:
    assert read(NAMED + 'positive = "1"\n' + THRESHOLD + CLASSES) == TargetText(
        "sunk",
        "Sunk",
        positive="1",
        threshold=0.2,
        threshold_reason="Boats are dear",
        classes={"0": "afloat", "1": "sunk"},
    )


@pytest.mark.parametrize(
    ("text", "task", "message"),
    [
        (
            NAMED + "decimals = 1\n",
            "classification",
            "decimals: expected no such key; known are name, label, unit, help, positive, "
            "threshold, threshold_reason, classes",
        ),
        (
            NAMED + THRESHOLD,
            "regression",
            "threshold: expected no such key; known are name, label, unit, help, decimals",
        ),
        (
            NAMED.replace("sunk", "size"),
            "classification",
            "name: expected a column that is not among the features",
        ),
        (
            NAMED + 'positive = "2"\n' + CLASSES,
            "classification",
            "positive: expected 0 or 1",
        ),
        (
            NAMED + "positive = 1\n" + CLASSES,
            "classification",
            "positive: expected a text in quotes",
        ),
        (
            NAMED + 'positive = "1"\n' + THREE,
            "classification",
            "positive: expected no such key: it is for two classes, and [target.classes] has 3",
        ),
        (
            NAMED + THRESHOLD + THREE,
            "classification",
            "threshold: expected no such key: it is for two classes, and [target.classes] has 3",
        ),
        (
            NAMED + THRESHOLD.replace("0.2", "1.2"),
            "classification",
            "threshold: expected a number between 0 and 1, not 1.2",
        ),
        (
            NAMED + THRESHOLD.replace("0.2", "0"),
            "classification",
            "threshold: expected a number between 0 and 1, not 0",
        ),
        (
            NAMED + THRESHOLD.replace("0.2", "nan"),
            "classification",
            "threshold: expected a number between 0 and 1, not nan",
        ),
        (
            NAMED + THRESHOLD.replace("0.2", "true"),
            "classification",
            "threshold: expected a number",
        ),
        (
            NAMED + THRESHOLD.replace("Boats are dear", " "),
            "classification",
            "threshold_reason: expected why the threshold is what it is, in quotes",
        ),
        (
            NAMED + "threshold = 0.2\n",
            "classification",
            "threshold_reason: expected why the threshold is what it is, in quotes",
        ),
        (
            NAMED + 'threshold_reason = "Boats are dear"\n',
            "classification",
            "threshold: expected the number that threshold_reason is about",
        ),
        (
            NAMED + "[target.classes]\n0 = 1\n",
            "classification",
            "classes.0: expected a text in quotes",
        ),
        (
            NAMED + "classes = 2\n",
            "classification",
            "classes: expected a section [target.classes] that is not empty",
        ),
    ],
)
def test_a_faulty_target_is_refused(text: str, task: Task, message: str) -> None:
    with pytest.raises(DatasetError) as caught:
        read(text, task)
    assert str(caught.value) == f"dataset.toml: target.{message}"


def costs(text: str, threshold: float | None = None) -> CostsText:
    section = TomlSection.parse(f"[costs]\n{text}", "dataset.toml").section("costs")
    return read_costs(section, TargetText("sunk", "Sunk", threshold=threshold))


def test_what_the_two_errors_cost() -> None:
    assert costs("false_positive = 1\nfalse_negative = 2\n", 0.33) == CostsText(1.0, 2.0)
    text = 'false_positive = 0.5\nfalse_negative = 9\nunit = "$"\n'
    assert costs(text) == CostsText(0.5, 9.0, "$")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("false_positive = 1\n", "false_negative: expected a number above 0"),
        ("false_positive = 0\nfalse_negative = 1\n", "false_positive: expected a number above 0"),
        ("false_positive = 1\nfalse_negative = inf\n", "false_negative: expected a number above 0"),
        ("false_positive = 1\nfalse_negative = nan\n", "false_negative: expected a number above 0"),
        (
            "false_positive = 1\nfalse_negative = 5\n",
            "false_positive: expected costs that go with target.threshold; these give 0.167: leave "
            "one out",
        ),
        (
            "miss = 1\n",
            "miss: expected no such key; known are false_positive, false_negative, unit",
        ),
    ],
)
def test_faulty_costs_are_refused(text: str, message: str) -> None:
    with pytest.raises(DatasetError) as caught:
        costs(text, 0.33)
    assert str(caught.value) == f"dataset.toml: costs.{message}"
