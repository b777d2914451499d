"""Answers written as a worker writes them, without a service."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from Task1_database.keep.answer_lines import answer_line, kept_part
from Task1_database.keep.kept_folder import KeptFolder
from Task1_database.keep.kept_store import ANSWERS, file_name, new_id

NOON = 1_800_000_000.0  # 2027-01-15T08:00:00Z


def line(answer_id: str, at: float = NOON, **more: Any) -> bytes:
    return answer_line(answer_id, at, kept_part(answer(**more)))


def answer(*, prediction: float = 100.0, **more: Any) -> dict[str, Any]:
    return {
        "prediction": prediction,
        "lower": prediction - 10,
        "upper": prediction + 10,
        "confidence": 0.9,
        "given": {"size": 12.5, "kind": "sail"},
        "missing": ["age"],
        "warnings": [],
        "model": {"dataset": "boats", "version": "v1"},
        **more,
    }


def write(folder: KeptFolder, writer: str, first: int, count: int) -> list[str]:
    """A file of answers; their ids."""
    ids = [new_id(writer, number) for number in range(first, first + count)]
    lines = b"".join(line(i, NOON + n) for n, i in enumerate(ids))
    path: Path = folder.root / ANSWERS / file_name(writer, first)
    path.write_bytes(lines)
    return ids
