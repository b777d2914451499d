from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from Task1_database.errors import SealError
from Task2_model.artifact import CURRENT, FOREST, GRAPH, SERVED, SealedModel, current, seal
from Task2_model.versions import put_in_service


@pytest.fixture
def copy(sealed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sealed, tmp_path / sealed.name))


def test_opens_what_was_sealed(sealed: Path) -> None:
    model = SealedModel.open(sealed)
    assert model.version == sealed.name
    assert model.contract.dataset == "houses"
    assert len(model.golden) > 20


def test_current_names_the_sealed_version(models: Path, sealed: Path) -> None:
    assert current(models) == sealed


@pytest.mark.parametrize(
    "name", [*SERVED, FOREST, GRAPH, "model.joblib", "report.pdf", "MODEL_CARD.md"]
)
def test_one_altered_byte_is_refused_by_name(copy: Path, name: str) -> None:
    data = bytearray((copy / name).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / name).write_bytes(data)
    with pytest.raises(SealError, match=f"{name} differs from its manifest"):
        SealedModel.open(copy)


def test_a_missing_file_is_refused_by_name(copy: Path) -> None:
    (copy / "model.joblib").unlink()
    with pytest.raises(SealError, match="model.joblib is missing"):
        SealedModel.open(copy)


def test_a_file_too_many_is_refused_by_name(copy: Path) -> None:
    (copy / "extra.py").write_text("")
    with pytest.raises(SealError, match="extra.py is not in the manifest"):
        SealedModel.open(copy)


def test_no_path_is_taken_from_the_manifest(copy: Path) -> None:
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["files"]["../../etc/passwd"] = manifest["files"]["MODEL_CARD.md"]
    (copy / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(SealError, match=r"\.\./\.\./etc/passwd is missing"):
        SealedModel.open(copy)


@pytest.mark.parametrize(
    "name", [b"../elsewhere", b"", b"20260101T000000Z-XYZ", b"/etc", b"\xff\n\n\x1b", b"\0" * 200]
)
def test_current_is_a_version_and_nothing_else(tmp_path: Path, name: bytes) -> None:
    (tmp_path / CURRENT).write_bytes(name)
    with pytest.raises(SealError, match="is not a version's name") as caught:
        current(tmp_path)
    assert str(caught.value).isprintable()


def test_a_current_that_is_a_pipe_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / CURRENT)
    with pytest.raises(SealError, match="CURRENT is not an ordinary file"):
        current(tmp_path)


def test_nothing_trained_yet_is_said(tmp_path: Path) -> None:
    with pytest.raises(SealError, match="no model has been trained"):
        current(tmp_path / "houses")


SEAL_FOREVER = """
import shutil, sys
from pathlib import Path
from Task2_model.artifact import seal
from Task2_model.versions import put_in_service
source, models = map(Path, sys.argv[1:])
print("ready", flush=True)
for number in range(100_000):
    staging = models / ".staging"
    shutil.copytree(source, staging, ignore=lambda *_: ["manifest.json"])
    put_in_service(models, seal(staging, models, f"20260101T000000Z-{number:08x}", {}).name)
"""


def test_a_kill_at_any_moment_leaves_a_whole_model_in_service(sealed: Path, tmp_path: Path) -> None:
    for delay in (0.05, 0.11, 0.23, 0.31):
        models = tmp_path / str(delay)
        staging = models / ".first"
        shutil.copytree(sealed, staging, ignore=lambda *_: ["manifest.json"])
        put_in_service(models, seal(staging, models, "20250101T000000Z-00000000", {}).name)
        process = subprocess.Popen(
            [sys.executable, "-c", SEAL_FOREVER, str(sealed), str(models)], stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(delay)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert SealedModel.open(current(models)).contract.dataset == "houses"
