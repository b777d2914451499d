"""A sealed model's folder is what its manifest says, or is refused by name, in one line."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from Task1_database.errors import SealError
from Task2_model.artifact import SealedModel
from Task2_model.manifest import FORMAT, MANIFEST, read_manifest
from Task3_api.predictor import Predictor

FORMATS = Path(__file__).with_name("formats")
KEPT = sorted(path.parent for path in FORMATS.glob(f"*/*/*/{MANIFEST}"))
BOATS = next(folder for folder in KEPT if "boats" in folder.parts)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A sealed model to be altered."""
    return Path(shutil.copytree(BOATS, tmp_path / BOATS.name))


def rewrite(folder: Path, **changed: Any) -> None:
    """Change parts of the manifest; None takes one out."""
    path = folder / MANIFEST
    manifest = {**json.loads(path.read_text()), **changed}
    path.write_text(json.dumps({key: part for key, part in manifest.items() if part is not None}))


def replace(folder: Path, name: str, data: bytes) -> None:
    """Put other bytes into a file, and into the manifest what they are."""
    (folder / name).write_bytes(data)
    entry = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    files = json.loads((folder / MANIFEST).read_text())["files"]
    rewrite(folder, files={**files, name: entry})


def refusal(folder: Path, pin: str = "") -> str:
    with pytest.raises(SealError) as caught:
        SealedModel.open(folder, pin)
    text = str(caught.value)
    assert "\n" not in text
    assert text.isprintable()
    return text


def test_a_model_is_kept_of_each_format() -> None:
    formats = {path.relative_to(FORMATS).parts[0] for path in KEPT}
    assert formats == {str(number) for number in range(1, FORMAT + 1)}
    assert sum(file.stat().st_size for file in FORMATS.rglob("*") if file.is_file()) < 100_000


@pytest.mark.parametrize("folder", KEPT, ids=lambda path: "/".join(path.parts[-3:-1]))
def test_a_model_of_each_format_that_was_released_answers_as_it_did(folder: Path) -> None:
    predictor = Predictor(SealedModel.open(folder))
    rows = predictor.sealed.golden
    assert len(rows) == 3
    block = predictor.block(predictor.contract.encode(row["request"] for row in rows))
    for part, values in block.items():
        expected = [row["answer"][part] for row in rows]
        np.testing.assert_allclose(values, expected, rtol=1e-5, atol=5.1e-5, err_msg=part)


def link(folder: Path) -> None:
    (folder / "golden.json").rename(folder.parent / "golden.json")
    (folder / "golden.json").symlink_to(folder.parent / "golden.json")


def linked_folder(folder: Path) -> None:
    (folder / "answers").symlink_to("/etc", target_is_directory=True)


def pipe(folder: Path) -> None:
    (folder / "golden.json").unlink()
    os.mkfifo(folder / "golden.json")


def piped_manifest(folder: Path) -> None:
    (folder / MANIFEST).unlink()
    os.mkfifo(folder / MANIFEST)


def linked_manifest(folder: Path) -> None:
    (folder / MANIFEST).rename(folder.parent / MANIFEST)
    (folder / MANIFEST).symlink_to(folder.parent / MANIFEST)


def folder_for_manifest(folder: Path) -> None:
    (folder / MANIFEST).unlink()
    (folder / MANIFEST).mkdir()


def huge_file(folder: Path) -> None:
    with (folder / "golden.json").open("r+b") as file:
        file.truncate(1 << 40)


@pytest.mark.parametrize(
    ("alter", "message"),
    [
        (link, "golden.json is a link; the sealed model has been altered"),
        (linked_folder, "answers is a link; the sealed model has been altered"),
        (pipe, "golden.json is not an ordinary file"),
        (piped_manifest, "manifest.json is not an ordinary file"),
        (linked_manifest, "manifest.json is a link"),
        (folder_for_manifest, "manifest.json is not an ordinary file"),
        (huge_file, "golden.json differs from its manifest (1,099,511,627,776 bytes, expected "),
        (lambda folder: (folder / "a\nb").write_text(""), "'a\\nb' is not in the manifest"),
        (lambda folder: (folder / "empty").mkdir(), "empty is not in the manifest"),
        (lambda folder: (folder / "a/b").mkdir(parents=True), "a is not in the manifest"),
        (lambda folder: os.mkfifo(folder / "pipe"), "pipe is not in the manifest"),
        (lambda folder: (folder / "forest.npz").unlink(), "forest.npz is missing"),
        (lambda folder: (folder / MANIFEST).unlink(), "manifest.json is missing; train the model"),
    ],
)
def test_a_folder_that_is_not_as_its_manifest_says(
    copy: Path, alter: Callable[[Path], None], message: str
) -> None:
    alter(copy)
    assert message in refusal(copy)


def test_what_the_registry_of_mlflow_adds_is_no_alteration(copy: Path) -> None:
    (copy / "registered_model_meta").write_text("model_name: boats\n")
    assert SealedModel.open(copy).version == copy.name
    (copy / "registered_model_meta").unlink()
    (copy / "registered_model_meta").mkdir()
    assert "registered_model_meta is not in the manifest" in refusal(copy)


def test_an_ordinary_folder_in_the_place_of_a_file_and_the_other_way_round(copy: Path) -> None:
    (copy / "golden.json").unlink()
    (copy / "golden.json").mkdir()
    assert "golden.json is not in the manifest" in refusal(copy)
    (copy / "golden.json").rmdir()
    replace(copy, "golden.json", b"[]")
    files = json.loads((copy / MANIFEST).read_text())["files"]
    rewrite(copy, files={**files, "answers/one.csv": files["golden.json"]})
    (copy / "answers").write_text("")
    assert "answers is not in the manifest" in refusal(copy)


ENTRY = {"sha256": "0" * 64, "bytes": 1}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"format": 2},
            "was made by a newer Tablecast: upgrade (its format is 2, and this",
        ),
        ({"format": None}, "manifest.json is not a manifest; train the model again"),
        ({"format": "1"}, "manifest.json is not a manifest; train"),
        ({"format": True}, "manifest.json is not a manifest; train"),
        ({"version": None}, "is not a manifest: None is not a version's name"),
        ({"version": "../elsewhere"}, "is not a manifest: ../elsewhere is not a version's name"),
        ({"version": "2\n1"}, "is not a manifest: '2\\n1' is not a version's name"),
        ({"version": "20250101T000000Z-00000000"}, "its version is 20250101T000000Z-00000000, its"),
        ({"files": None}, "is not a manifest: it does not name the files"),
        ({"files": []}, "is not a manifest: it does not name the files"),
        ({"files": {}}, "manifest.json does not name contract.json; train the model again"),
        ({"files": {"a": 1}}, "is not a manifest: of a it does not give size and hash"),
        ({"files": {"a": {"bytes": 1}}}, "of a it does not give size and hash"),
        ({"files": {"a": ENTRY | {"bytes": True}}}, "of a it does not give size and hash"),
        ({"files": {"\ud800": 1}}, "of '\\ud800' it does not give size and hash"),
    ],
)
def test_a_manifest_that_is_none_of_ours(copy: Path, changed: Any, message: str) -> None:
    rewrite(copy, **changed)
    assert message in refusal(copy)


@pytest.mark.parametrize(
    "text", [b"", b"[]", b"null", b"{", b"\xff", b"[" * 100_000, b'{"format": 1}', b"NaN"]
)
def test_a_manifest_that_is_no_json_or_says_nothing(copy: Path, text: bytes) -> None:
    (copy / MANIFEST).write_bytes(text)
    assert "manifest.json is not a manifest" in refusal(copy)


@pytest.mark.parametrize("name", ["contract.json", "calibration.npz", "golden.json", "forest.npz"])
@pytest.mark.parametrize("data", [b"", b"null", b"PK\x03\x04", b"[" * 100_000])
def test_a_file_that_is_sealed_but_malformed(copy: Path, name: str, data: bytes) -> None:
    replace(copy, name, data)
    assert f"{name} is malformed: " in refusal(copy)


def test_one_manifest_can_be_pinned(copy: Path) -> None:
    pin = hashlib.sha256((copy / MANIFEST).read_bytes()).hexdigest()
    assert SealedModel.open(copy, pin).version == copy.name
    replace(copy, "golden.json", b"[]")
    assert SealedModel.open(copy).golden == []
    assert "manifest.json is not the manifest that MODEL_SHA256 names" in refusal(copy, pin)


def test_a_manifest_keeps_what_it_does_not_need(copy: Path) -> None:
    rewrite(copy, provenance={"rows": 3})
    assert read_manifest(copy)["provenance"] == {"rows": 3}
