from __future__ import annotations

from pathlib import Path

import pytest

from Task1_database.errors import TrainingError
from Task2_model.boosting import Boosting
from Task2_model.registry import find_model

BROKEN = {
    "absent": ("no_such_module:Model", "the model absent .* cannot be imported: No module named"),
    "function": ("os:getcwd", r"the model function \(os:getcwd\) is not a subclass of Predictive"),
    "abstract": ("Task2_model.model:PredictiveModel", "the model abstract .* does not define est"),
}


def test_finds_the_default() -> None:
    assert find_model("boosting") is Boosting


def test_an_unknown_name_is_refused_with_those_there_are() -> None:
    with pytest.raises(TrainingError, match="no model is called 'forest'; installed are "):
        find_model("forest")


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_model_is_refused_with_the_reason(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    value, reason = BROKEN[name]
    info = tmp_path / "broken-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[tablecast.models]\n{name} = {value}\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(TrainingError, match=reason):
        find_model(name)
