"""A file of Tablecast's own scores, to go on with later or to compare a later Tablecast with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.accuracy.scores import Score

DIGITS = 5
Scores = dict[str, dict[int, Score]]  # by table and seed


def read_scores(file: Path | None) -> Scores:
    """The scores in a file; none where there is no file."""
    if file is None or not file.exists():
        return {}
    tables = json.loads(file.read_text(encoding="utf-8"))
    return {table: {int(seed): s for seed, s in seeds.items()} for table, seeds in tables.items()}


def write_scores(file: Path | None, scores: Scores) -> None:
    """Write all scores, a line for each split."""
    if file is None:
        return
    tables = (
        f"{json.dumps(table)}: {{\n"
        + ",\n".join(f'"{seed}": {json.dumps(rounded(seeds[seed]))}' for seed in sorted(seeds))
        + "\n}"
        for table, seeds in scores.items()
    )
    file.write_text("{\n" + ",\n".join(tables) + "\n}\n", encoding="utf-8")


def rounded(value: Any) -> Any:
    """Numbers with five digits that count, in lists and dictionaries too."""
    if isinstance(value, dict):
        return {name: rounded(each) for name, each in value.items()}
    if isinstance(value, list):
        return [rounded(each) for each in value]
    return float(f"{value:.{DIGITS}g}")
