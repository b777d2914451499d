"""What a version must pass before it takes the place of the one in service.

It answers its golden rows as it did offline; on rows that neither version learned from it is not
worse by more than chance; and of the questions that were really asked lately, few have an answer
beyond what the version in service called likely.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from Task1_database.errors import TablecastError
from Task2_model.artifact import SealedModel, replace_file
from Task2_model.conformal import conformal
from Task2_model.contract import Contract, Rows
from Task2_model.formatting import format_percent, format_rounded
from Task2_model.held_out import HELD_OUT, HeldOut
from Task2_model.mask_conditional import Block, Conformal
from Task2_model.versions import GATE

RELATIVE = 1e-5  # what export allows between the forms of a model
Z = 1.645  # of normal theory: a difference that chance makes one time in twenty
FEWEST_ROWS = 30  # of both versions, to compare them
REPLAYED = 1000  # of the latest kept answers
MOST_MOVED = 0.05  # of them may move beyond their range
NAMED = 10  # of those that moved


class GateClosed(TablecastError):
    """A version that is not fit to take the place of the one in service."""


@dataclass(frozen=True)
class GateCheck:
    """One of the gate's questions, with what was found."""

    name: str
    passed: bool
    finding: str


@dataclass(frozen=True)
class MovedAnswer:
    """A kept answer that the new version gives beyond the old one's range or set."""

    id: str
    given: dict[str, Any]
    before: dict[str, Any]
    after: float | str | int


@dataclass
class GateReport:
    """All that the gate found; `moved` names a few of the answers that moved."""

    version: str
    in_service: str
    checks: list[GateCheck] = field(default_factory=list)
    moved: list[MovedAnswer] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether the version may be put in service."""
        return all(check.passed for check in self.checks)

    def lines(self) -> list[str]:
        """Each check in one line."""
        return [f"{'passed' if c.passed else 'FAILED'}  {c.name}: {c.finding}" for c in self.checks]

    def require(self) -> None:
        """Raise GateClosed, saying why, where a check has failed."""
        failed = [f"{check.name}: {check.finding}" for check in self.checks if not check.passed]
        if failed:
            raise GateClosed(
                f"version {self.version} is not put in service, {self.in_service} stays; "
                + "; ".join(failed)
                + "; promote --force puts it in service all the same"
            )

    def write(self, models: Path) -> None:
        """Leave it beside the versions, for the service's page."""
        text = json.dumps({**asdict(self), "passed": self.passed}, indent=1, ensure_ascii=False)
        replace_file(models / GATE, text + "\n")


class Candidate:
    """A sealed version and what it answers."""

    def __init__(self, sealed: SealedModel) -> None:
        self.sealed = sealed
        self.contract: Contract = sealed.contract

    @cached_property
    def conformal(self) -> Conformal:
        """The calibrated form of the version."""
        return conformal(self.contract, self.sealed.calibration, self.sealed.ensemble())

    @property
    def held_out(self) -> HeldOut | None:
        """Its losses on rows held out; None where it was sealed without."""
        if HELD_OUT not in self.sealed.manifest["files"]:
            return None
        return HeldOut.from_bytes((self.sealed.folder / HELD_OUT).read_bytes())

    def rows(self, records: Iterable[Mapping[str, Any]]) -> Rows:
        """Records as rows; what this version does not know of is left out."""
        known = self.contract.by_name
        return self.contract.encode(
            {name: value for name, value in record.items() if name in known} for record in records
        )


def gate(
    sealed: SealedModel, in_service: SealedModel, kept: Sequence[dict[str, Any]] = ()
) -> GateReport:
    """Whether `sealed` may take the place of the version in service.

    Parameters
    ----------
    kept : sequence of dict
        The latest lines of kept answers.
    """
    new, old = Candidate(sealed), Candidate(in_service)
    report = GateReport(sealed.version, in_service.version)
    report.checks.append(_golden(new))
    report.checks.append(_held_out(new, old))
    _replay(report, new, kept)
    return report


def _golden(new: Candidate) -> GateCheck:
    golden = new.sealed.golden
    differing = 0
    if golden:
        block = new.conformal.block(new.rows(row["request"] for row in golden))
        parts = _parts(new.contract, block)
        differing = sum(
            not _same(row["answer"], {part: values[i] for part, values in parts.items()})
            for i, row in enumerate(golden)
        )
    finding = f"{len(golden) - differing} of {len(golden)} answered as offline"
    return GateCheck("golden rows", not differing, finding)


def _parts(contract: Contract, block: Block) -> dict[str, Any]:
    if contract.task == "regression":
        return dict(block)
    values = contract.target.values
    return {"label": [values[i] for i in block["label"]], "probability": block["probability"]}


def _same(offline: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    return all(
        abs(value - now[part]) <= RELATIVE * abs(value) + 1e-9
        if isinstance(value, float)
        else value == now[part]
        for part, value in offline.items()
        if part in now
    )


def _held_out(new: Candidate, old: Candidate) -> GateCheck:
    name = "error on rows that neither learned from"
    here, there = new.held_out, old.held_out
    if here is None or there is None or new.contract.task != old.contract.task:
        return GateCheck(name, True, "cannot be compared: one of the versions has no such rows")
    after, before = here.beside(there)
    if len(after) < FEWEST_ROWS:
        return GateCheck(name, True, f"cannot be compared: {len(after)} rows in common")
    worse = after - before
    error = Z * float(worse.std(ddof=1)) / np.sqrt(len(worse))
    passed = bool(worse.mean() - error <= 0)
    finding = (
        f"{format_rounded(float(after.mean()))} beside {format_rounded(float(before.mean()))} "
        f"on the same {len(after):,} rows, which is "
        + ("not significantly worse" if passed else "significantly worse")
    )
    return GateCheck(name, passed, finding)


def _replay(report: GateReport, new: Candidate, kept: Sequence[dict[str, Any]]) -> None:
    """Ask the latest questions again; those with private values cannot be."""
    lines = [line for line in kept if not line["answer"].get("private")][-REPLAYED:]
    rows = new.rows(line["answer"]["given"] for line in lines)
    asked = np.flatnonzero(~np.isnan(rows).all(axis=1))
    if not len(asked):
        return
    block = new.conformal.point(rows[asked])
    moved = []
    for position, index in enumerate(asked.tolist()):
        before = lines[index]["answer"]
        after = _point(new.contract, block, position)
        if _moved(before, after):
            given = before["given"]
            moved.append(MovedAnswer(lines[index]["id"], given, _range(before), after))
    report.moved = moved[:NAMED]
    share = len(moved) / len(asked)
    finding = (
        f"{len(moved):,} of the last {len(asked):,} kept answers ({format_percent(share, 1)}) move "
        f"beyond what was called likely; up to {format_percent(MOST_MOVED)} may"
    )
    report.checks.append(GateCheck("questions that were asked", share <= MOST_MOVED, finding))


def _point(contract: Contract, block: Block, index: int) -> float | str | int:
    if contract.task == "regression":
        return round(float(block["prediction"][index]), contract.target.decimals)
    return contract.target.values[int(block["label"][index])]


def _moved(before: Mapping[str, Any], after: float | str | int) -> bool:
    if "prediction" in before:
        return not before["lower"] <= float(after) <= before["upper"]
    return after not in before["set"]


def _range(answer: Mapping[str, Any]) -> dict[str, Any]:
    parts = ("prediction", "lower", "upper", "label", "set")
    return {part: answer[part] for part in parts if part in answer}
