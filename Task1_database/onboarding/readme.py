"""The README of a new dataset: where it is from, what was found in it, and what was decided."""

from __future__ import annotations

from collections.abc import Iterable

from Task1_database.onboarding import summary
from Task1_database.onboarding.dataset_plan import DatasetPlan


def readme(draft: DatasetPlan) -> str:
    """The whole text, in Markdown."""
    parts = (
        f"# {_plain(draft.name)}",
        f"{draft.rows:,} rows of {_plain(draft.source.file.name)}.",
        _list(summary.source(draft)),
        "## Target",
        _list(summary.target(draft)),
        "## Columns",
        _table(draft),
        "Where it is from, under which licence, and what its columns mean, the file does not say.",
    )
    return "\n\n".join(parts) + "\n"


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {_plain(line)}" for line in lines)


def _table(draft: DatasetPlan) -> str:
    rows = (" | ".join(map(_plain, line)) for line in summary.columns(draft))
    return "\n".join(
        ["| in the file | here | kind | remark |", "|---|---|---|---|", *(f"| {r} |" for r in rows)]
    )


def _plain(text: str) -> str:
    """A text whose signs Markdown and HTML take for nothing else."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]<>|#~" else sign for sign in text)
