"""What does not answer as offline, errs more, or moves many answers, does not pass the gate."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from Task2_model.artifact import SealedModel, current
from Task2_model.gate import GateClosed, gate
from Task2_model.held_out import HELD_OUT, HeldOut
from Task2_model.manifest import file_entries
from Task2_model.promote import promote, rollback
from Task2_model.versions import GATE, put_in_service

Change = Callable[[Path], None]
OTHER = "20990101T000000Z-00000001"


def resealed(sealed: Path, models: Path, change: Change = lambda folder: None) -> Path:
    """A copy of the sealed model, changed, as another version."""
    folder = shutil.copytree(sealed, models / OTHER)
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").unlink()
    change(folder)
    manifest |= {"version": OTHER, "files": file_entries(folder)}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


@pytest.fixture
def serving(sealed: Path, tmp_path: Path) -> Path:
    """One version, in service."""
    shutil.copytree(sealed, tmp_path / "houses" / sealed.name)
    put_in_service(tmp_path / "houses", sealed.name)
    return tmp_path / "houses"


def scale_losses(factor: float) -> Change:
    def change(folder: Path) -> None:
        held = HeldOut.from_bytes((folder / HELD_OUT).read_bytes())
        data = replace(held, losses=held.losses * factor).to_bytes()
        (folder / HELD_OUT).write_bytes(data)

    return change


def spoil_golden(folder: Path) -> None:
    golden = json.loads((folder / "golden.json").read_text())
    golden[0]["answer"]["prediction"] += 100
    (folder / "golden.json").write_text(json.dumps(golden))


def kept(golden: list[dict[str, Any]], shift: float = 0.0) -> list[dict[str, Any]]:
    parts = ("prediction", "lower", "upper")
    return [
        {
            "id": str(n),
            "answer": {
                "given": row["request"],
                **{part: row["answer"][part] + shift for part in parts},
            },
        }
        for n, row in enumerate(golden)
    ]


def test_the_same_model_passes_and_takes_its_place(serving: Path, sealed: Path) -> None:
    lines: list[str] = []
    folder = resealed(sealed, serving)
    golden = SealedModel.open(sealed).golden
    report = promote(serving, folder, kept=kept(golden), log=lines.append)
    assert report
    assert current(serving) == folder
    assert [line[:6] for line in lines] == ["passed"] * 3
    assert f"0 of the last {len(golden)} kept answers" in lines[2]
    assert json.loads((serving / GATE).read_text())["passed"] is True
    assert rollback(serving) == sealed.name
    assert current(serving).name == sealed.name


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (spoil_golden, "golden rows: 23 of 24 answered as offline"),
        (scale_losses(1.2), "which is significantly worse"),
    ],
)
def test_a_worse_one_is_refused_and_may_be_forced(
    serving: Path, sealed: Path, change: Change, finding: str
) -> None:
    folder = resealed(sealed, serving, change)
    with pytest.raises(GateClosed, match=finding):
        promote(serving, folder)
    assert current(serving).name == sealed.name
    assert json.loads((serving / GATE).read_text())["passed"] is False
    promote(serving, folder, force=True)
    assert current(serving) == folder


def test_a_difference_that_chance_makes_is_let_pass(serving: Path, sealed: Path) -> None:
    def shuffle(folder: Path) -> None:
        held = HeldOut.from_bytes((folder / HELD_OUT).read_bytes())
        noise = np.random.default_rng(0).normal(1, 0.5, len(held.losses))
        data = replace(held, losses=held.losses * noise * 1.001).to_bytes()
        (folder / HELD_OUT).write_bytes(data)

    promote(serving, folder := resealed(sealed, serving, shuffle))
    assert current(serving) == folder


def test_answers_that_move_beyond_their_range_are_counted_and_named(sealed: Path) -> None:
    model = SealedModel.open(sealed)
    report = gate(model, model, kept(model.golden, shift=1e6))
    assert not report.passed
    assert report.checks[-1].finding.startswith(f"{len(model.golden)} of the last")
    assert len(report.moved) == 10
    assert report.moved[0].before["lower"] > float(report.moved[0].after)


def test_what_was_private_is_not_asked_again(sealed: Path) -> None:
    model = SealedModel.open(sealed)
    lines = kept(model.golden, shift=1e6)
    for line in lines:
        line["answer"]["private"] = ["age"]
    assert len(gate(model, model, lines).checks) == 2


def test_a_version_without_rows_held_out_is_compared_by_the_rest(
    serving: Path, sealed: Path
) -> None:
    folder = resealed(sealed, serving, lambda folder: (folder / HELD_OUT).unlink())
    report = promote(serving, folder)
    assert report
    assert "cannot be compared" in report.checks[1].finding
