"""`tablecast watch`: whether the promise is kept in service, and what moved, with the rows it
rests on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from Task1_database.errors import InputError, SealError
from Task1_database.watch_tables import WatchTables
from Task2_model.artifact import SealedModel, current
from Task2_model.contract import Contract, Feature
from Task2_model.formatting import format_among, format_range, lower_first
from Task2_model.monitoring import coverage_test, drift
from Task2_model.monitoring.challenger import challenger_report, mean_interval
from Task2_model.monitoring.expected_error import ExpectedError
from Task2_model.monitoring.watch_frame import given_of, watch_frame
from Task2_model.monitoring.watch_statements import Report, statements

RECENT_DAYS = 7  # what is compared with before, and with training
LAST = 100  # outcomes, as people count
MOST_SLICES = 30  # of each kind
FEWEST = 20  # outcomes of a slice
BINS = 10  # of probabilities
QUARTERS = 4  # into which the values of a number are put
NOT_GIVEN = "not given"
TOLERATED = 1.25  # times the error that was expected


def watch(
    tables: WatchTables, models: Path, *, by: str | None = None, recent_days: int = RECENT_DAYS
) -> Report:
    """What the answers and their outcomes say, ready for JSON.

    Parameters
    ----------
    tables : WatchTables
    models : Path
        models/<dataset>, whose version in service is compared with.
    by : str, optional
        A feature by whose values answers are grouped.
    recent_days : int
        How many of the latest days with answers are compared with those before.

    Raises InputError where there is no such feature, SealError where no version is in service.
    """
    sealed = SealedModel.open(current(models))
    contract = sealed.contract
    if by is not None and by not in contract.by_name:
        raise InputError(f"{by!r} is no feature of {contract.dataset}", field="by")
    frame = watch_frame(contract, tables)
    frame["expected"] = _expected(models, frame)
    known = frame[frame["covered"].notna()].sort_values(["recorded_at", "id"], kind="stable")
    evaluated, past_alarms = _evaluated(known, sealed.version)
    recent = frame["day"].isin(sorted(frame["day"].unique())[-recent_days:])
    report: Report = {
        "dataset": contract.dataset,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "version": sealed.version,
        "answers": len(frame),
        "outcomes": len(known),
        "promised": float(evaluated["confidence"].mean())
        if len(evaluated)
        else contract.confidence,
        "coverage": _coverage(evaluated),
        "alarm": _alarm(evaluated),
        "past_alarms": past_alarms,
        "last": {
            "outcomes": len(evaluated[-LAST:]),
            "covered": int(evaluated["covered"][-LAST:].sum()),
        },
        "days": list(_days(frame)),
        "slices": _slices(contract, known, evaluated, by),
        "error": _error(sealed, evaluated, frame, recent),
        "calibration": _calibration(contract, known),
        "challenger": challenger_report(models, known),
        "drift": {
            "recent_days": recent_days,
            "features": _feature_drift(sealed, frame[recent]),
            "given": _given_drift(contract, frame, recent),
            "answers": _answer_drift(contract, frame, recent),
        },
    }
    report["statements"] = list(statements(contract, report))
    return report


def _coverage(known: pd.DataFrame, *, one_day: bool = False) -> Report:
    """How often the truth was inside; on one day, unlike over several, alike throughout."""
    covered = known["covered"].to_numpy(dtype=np.float64)
    interval = coverage_test.betting_interval if one_day else coverage_test.average_interval
    return {"outcomes": len(covered), **coverage_test.share_inside(covered, interval)}


def _evidence(known: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    days = known["recorded_at"].str[:10].to_numpy()
    starts = [i for i in range(len(days)) if not i or days[i] != days[i - 1]]
    return coverage_test.e_values(
        known["covered"].to_numpy(dtype=np.float64),
        known["confidence"].to_numpy(dtype=np.float64),
        starts,
    )


def _evaluated(known: pd.DataFrame, serving: str) -> tuple[pd.DataFrame, list[Report]]:
    """The outcomes by which the version in service is evaluated, and the alarms that are over.

    An alarm is over once the version that rang it has been replaced. What that version, and those
    before it, answered says nothing of the ones since; versions that rang none count together,
    so that training every night does not hide a promise that is broken a little every day.
    """
    versions = known.sort_values("asked_at", kind="stable")["version"].unique().tolist()
    past = []
    while (alarm := _alarm(known))["broken"] and alarm["version"] != serving:
        past.append(alarm)
        replaced = versions[: versions.index(alarm["version"]) + 1]
        known = known[~known["version"].isin(set(replaced) - {serving})]
    return known, past


def _alarm(known: pd.DataFrame) -> Report:
    """Whether ranges cover less than promised, and since which moment that is evident."""
    evidence = _evidence(known)
    rang = np.flatnonzero(evidence >= 1 / coverage_test.ALPHA)
    return {
        "broken": bool(len(rang)),
        "since": str(known["recorded_at"].iloc[rang[0]]) if len(rang) else None,
        "version": str(known["version"].iloc[rang[0]]) if len(rang) else None,
        "outcomes": int(rang[0]) + 1 if len(rang) else len(known),
        "e_value": float(min(evidence.max(), 1e9)) if len(evidence) else 1.0,
    }


def _days(frame: pd.DataFrame) -> Iterator[Report]:
    for day, own in frame.groupby("day"):
        known = own[own["covered"].notna()]
        yield {
            "day": str(day),
            "answers": len(own),
            **_coverage(known, one_day=True),
            "error": _mean(known["error"]),
            "expected": _mean(own["expected"]),
        }


def _slices(
    contract: Contract, known: pd.DataFrame, evaluated: pd.DataFrame, by: str | None
) -> list[Report]:
    """Coverage by version, subset and group; what is broken is found over all of them together."""
    names = {
        "version": known["version"],
        "features given": evaluated["subset"].map(lambda subset: _subset_name(contract, subset)),
    }
    if by:
        values = pd.Series(
            [each.get(by) for each in given_of(evaluated)], evaluated.index, dtype=object
        )
        names[by] = _group_names(contract.by_name[by], values)
    slices = []
    for kind, column in names.items():
        for name in column.value_counts().index[:MOST_SLICES]:
            own = known.loc[column.index[column == name]]
            if len(own) >= FEWEST:
                evidence = float(min(_evidence(own).max(), 1e9))
                slices.append(
                    {"kind": kind, "name": str(name), **_coverage(own), "e_value": evidence,
                     "error": _mean(own["error"])}
                )  # fmt: skip
    broken = coverage_test.broken([each["e_value"] for each in slices])
    return [{**each, "broken": is_broken} for each, is_broken in zip(slices, broken, strict=True)]


def _subset_name(contract: Contract, subset: Sequence[str]) -> str:
    missing = [name for name in contract.names if name not in subset]
    if not missing:
        return "all"
    some = missing if len(missing) <= len(subset) else subset
    names = ", ".join(lower_first(contract.by_name[name].label) for name in some)
    return f"all but {names}" if some is missing else names


def _group_names(feature: Feature, values: pd.Series[Any]) -> pd.Series[str]:
    """What the group of each value is called: a category by itself, a number by its quarter."""
    if feature.kind == "category":
        return values.fillna(NOT_GIVEN).astype(str)
    numbers = values.astype(np.float64)
    quarters = numbers
    if numbers.nunique() > QUARTERS:
        quarters = pd.qcut(numbers, QUARTERS, labels=False, duplicates="drop")
    ends = numbers.groupby(quarters).agg(["min", "max"]).itertuples()
    names = {at: format_range(low, high, feature.unit) if low < high
             else format_among(low, low, low, feature.unit) for at, low, high in ends}  # fmt: skip
    return quarters.map(names).fillna(NOT_GIVEN).astype(str)


def _expected(models: Path, frame: pd.DataFrame) -> pd.Series[Any]:
    """The error expected of each answer, by the version that gave it; NaN where that is gone."""
    expected = pd.Series(np.nan, index=frame.index, dtype=np.float64)
    for version, own in frame.groupby("version"):
        try:
            sealed = SealedModel.open(models / str(version))
        except SealError:
            continue
        expected.loc[own.index] = ExpectedError(sealed).of(own)
    return expected


def _error(
    sealed: SealedModel, evaluated: pd.DataFrame, frame: pd.DataFrame, recent: pd.Series[bool]
) -> Report:
    reported = None
    name = sealed.manifest.get("provenance", {}).get("model", "").rpartition(".")[2]
    for line in sealed.manifest.get("metrics", ()):
        if line["model"] == name and line["subset"] == "all":
            reported = line["loss"]
    return {
        "outcomes": len(evaluated),
        "seen": _mean(evaluated["error"]),
        "log_loss": _mean(evaluated["log_loss"]) if "log_loss" in evaluated else None,
        "reported": reported,
        "expected": _mean(evaluated["expected"]),
        "worse": _is_worse(evaluated),
        "expected_recent": _mean(frame["expected"][recent]),
        "recent_answers": int(recent.sum()),
    }


def _is_worse(evaluated: pd.DataFrame) -> bool:
    """Whether errors are larger than was to be expected, by more than chance and noticeably."""
    both = evaluated[["error", "expected"]].dropna().to_numpy(dtype=np.float64)
    low, _ = mean_interval(both[:, 0] - both[:, 1])
    return low is not None and low > 0 and bool(both[:, 0].mean() > TOLERATED * both[:, 1].mean())


def _calibration(contract: Contract, known: pd.DataFrame) -> list[Report]:
    """For tenths of the probability how often it came true."""
    if contract.task == "regression" or not len(known):
        return []
    probability = known["probability"].to_numpy(dtype=np.float64)
    came_true = (known["outcome"] == known["probability_of"]).to_numpy()
    tenth = np.minimum((probability * BINS).astype(int), BINS - 1)
    return [
        {
            "low": index / BINS,
            "high": (index + 1) / BINS,
            "outcomes": int((tenth == index).sum()),
            "predicted": float(probability[tenth == index].mean()),
            "seen": float(came_true[tenth == index].mean()),
        }
        for index in np.unique(tenth).tolist()
    ]


def _feature_drift(sealed: SealedModel, recent: pd.DataFrame) -> list[Report]:
    """How far what is asked about lately is from what the model was calibrated on."""
    shifts: dict[str, drift.Shift] = {}
    given = given_of(recent)
    for feature in sealed.contract.features:
        shift = _feature_shift(sealed, feature, given)
        if shift:
            shifts[feature.name] = shift
    return _shifted(sealed.contract, shifts)


def _feature_shift(
    sealed: SealedModel, feature: Feature, recent: Sequence[dict[str, Any]]
) -> drift.Shift | None:
    column = sealed.calibration.rows[:, sealed.contract.indices[feature.name]]
    before = column[~np.isnan(column)].astype(np.float64)
    values = [given[feature.name] for given in recent if feature.name in given]
    if feature.kind == "category":
        names = np.array(feature.categories, dtype=object)[before.astype(int)]
        return drift.category_shift(names, np.array(values, dtype=object))
    now = np.array(values, dtype=np.float32)  # as the model takes them: else ties come apart
    return drift.numeric_shift(before, now.astype(np.float64))


def _shifted(contract: Contract, shifts: dict[str, drift.Shift]) -> list[Report]:
    moved_flags = drift.discoveries([shift.p for shift in shifts.values()])
    lines = [
        {"feature": name, "label": contract.by_name[name].label, **vars(shift), "moved": moved}
        for (name, shift), moved in zip(shifts.items(), moved_flags, strict=True)
    ]
    return sorted(lines, key=lambda line: -float(line["psi"]))


def _given_drift(contract: Contract, frame: pd.DataFrame, recent: pd.Series[bool]) -> list[Report]:
    """How often each feature is given lately, and was before."""
    is_recent = recent.to_numpy()
    if min(is_recent.sum(), (~is_recent).sum()) < drift.FEWEST:
        return []
    shares, shifts = {}, {}
    for name in contract.names:
        given = np.array([name in subset for subset in frame["subset"]])
        counts = [
            np.array([(given & own).sum(), (~given & own).sum()]) for own in (~is_recent, is_recent)
        ]
        shifts[name] = drift.shift(*counts)
        shares[name] = [float(count[0] / count.sum()) for count in counts]
    return [
        {**line, "share_before": shares[line["feature"]][0], "share": shares[line["feature"]][1]}
        for line in _shifted(contract, shifts)
    ]


def _answer_drift(
    contract: Contract, frame: pd.DataFrame, recent: pd.Series[bool]
) -> Report | None:
    own = "prediction" if contract.task == "regression" else "label"
    before, now = frame[own][~recent], frame[own][recent]
    if contract.task == "regression":
        shift = drift.numeric_shift(
            before.to_numpy(dtype=np.float64), now.to_numpy(dtype=np.float64)
        )
    else:
        shift = drift.category_shift(before.to_numpy(object), now.to_numpy(object))
    return {**vars(shift), "moved": shift.p < drift.LEVEL} if shift else None


def _mean(values: Sequence[float] | pd.Series[Any]) -> float | None:
    known = pd.Series(values, dtype=np.float64).dropna()
    return float(known.mean()) if len(known) else None
