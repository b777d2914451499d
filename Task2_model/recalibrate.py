"""`tablecast recalibrate`: the same trees, calibrated on what came true lately; takes seconds.

Where the world has moved, ranges made from training rows hold the truth too seldom. Rows that no
member of the model has seen set them right: the latest answers that have an outcome. Each is
given to one of the members by turns, as the calibration rows of training are.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import joblib
import numpy as np

from Task1_database.errors import TrainingError
from Task1_database.scratch_folder import scratch_folder
from Task1_database.watch_tables import WatchTables
from Task2_model.artifact import STAGING, SealedModel, seal, version_name
from Task2_model.calibration import Calibration
from Task2_model.conformal import conformal
from Task2_model.contract import Contract, Floats
from Task2_model.gate import Candidate
from Task2_model.golden import golden_answer
from Task2_model.manifest import MANIFEST
from Task2_model.mask_conditional import Block, Conformal
from Task2_model.mlmodel import write_mlmodel
from Task2_model.monitoring.watch_frame import given_of, watch_frame

FEWEST = 100  # outcomes
MOST = 2_000  # as training keeps
RATE = 0.01  # of adaptive conformal inference
AT_ONCE = 100  # outcomes, each at every confidence


class Outcomes(NamedTuple):
    """What came true, in the order of time."""

    given: list[dict[str, Any]]  # what was asked
    outcomes: list[Any]
    until: str  # when the last of them was asked

    @classmethod
    def of(cls, contract: Contract, tables: WatchTables) -> Outcomes:
        """The outcomes in the tables of `watch`."""
        frame = watch_frame(contract, tables)
        known = frame[frame["outcome"].notna()].sort_values("asked_at", kind="stable")
        until = str(known["asked_at"].iloc[-1]) if len(known) else ""
        return cls(given_of(known), known["outcome"].tolist(), until)


def recalibrate(models: Path, folder: Path, latest: Outcomes) -> Path:
    """Seal a version with the trees of the one in `folder`; it is not put in service.

    Parameters
    ----------
    models : Path
        models/<dataset>.
    latest : Outcomes
        Of many the last 2,000 are used.

    Raises TrainingError where there are fewer than 100, or too few for the confidence.
    """
    sealed = SealedModel.open(folder)
    calibration = _calibration(sealed, latest)
    calibrated = conformal(sealed.contract, calibration, sealed.ensemble())
    if not calibrated.allows(sealed.contract.confidence):
        raise TrainingError(
            f"{len(calibration.rows):,} outcomes are too few to be sure in "
            f"{sealed.contract.confidence:g} of cases; wait for more"
        )
    with scratch_folder(models, STAGING, 0o777) as staging:
        shutil.copytree(
            folder, staging, ignore=shutil.ignore_patterns(MANIFEST), dirs_exist_ok=True
        )
        _write(staging, sealed, calibrated)
        write_mlmodel(staging)
        provenance = {
            **sealed.manifest.get("provenance", {}),
            "recalibrated": sealed.version,
            "outcomes": len(calibration.rows),
            "outcomes_until": latest.until,
            "sealed_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        facts = {"metrics": sealed.manifest.get("metrics", []), "provenance": provenance}
        return seal(staging, models, version_name(staging), facts)


def _calibration(sealed: SealedModel, latest: Outcomes) -> Calibration:
    rows = Candidate(sealed).rows(latest.given)
    known = np.flatnonzero(~np.isnan(rows).all(axis=1))[-MOST:]
    if len(known) < FEWEST:
        raise TrainingError(
            f"{len(known):,} answers have an outcome; {FEWEST} are needed to calibrate on"
        )
    learned = _learned(sealed.contract, [latest.outcomes[index] for index in known.tolist()])
    members = len(sealed.ensemble().weights)
    return Calibration(rows[known], learned, np.arange(len(known)) % members)


def _learned(contract: Contract, outcomes: Sequence[Any]) -> Floats:
    """Outcomes as the model learns them."""
    if contract.task == "classification":
        return np.array([contract.target.classes.index(str(o)) for o in outcomes], np.float64)
    values = np.array(outcomes, dtype=np.float64)
    if not contract.target.logarithmic:
        return values
    if (values <= 0).any():
        raise TrainingError(f"{contract.target.name} has an outcome that is not above 0")
    return np.asarray(np.log(values))


def _write(staging: Path, sealed: SealedModel, calibrated: Conformal) -> None:
    """What differs from the version that the trees are from."""
    contract, calibration = sealed.contract, calibrated.calibration
    (staging / "calibration.npz").write_bytes(calibration.to_bytes())
    requests = [row["request"] for row in sealed.golden]
    if requests:
        block = calibrated.block(contract.encode(requests))
        golden = [
            {"request": request, "answer": golden_answer(contract, block, index)}
            for index, request in enumerate(requests)
        ]
        text = json.dumps(golden, indent=1, ensure_ascii=False)
        (staging / "golden.json").write_text(text + "\n", encoding="utf-8")
    if (staging / "model.joblib").is_file():
        model = joblib.load(staging / "model.joblib")
        model.calibration_ = calibration
        model.__dict__.pop("conformal", None)
        joblib.dump(model, staging / "model.joblib", compress=3)
    if (staging / "MODEL_CARD.md").is_file():
        with (staging / "MODEL_CARD.md").open("a", encoding="utf-8") as card:
            card.write(
                f"\n## Recalibrated\n\nThe trees are those of version {sealed.version}, and so are "
                f"the figures above. Its intervals come from {len(calibration.rows):,} answers "
                "whose outcomes were posted after launch.\n"
            )


def adaptive_coverage(
    folder: Path, latest: Outcomes, *, rate: float = RATE, levels: int = 40, most: int = MOST
) -> tuple[Floats, float]:
    """What adaptive conformal inference would have covered (n,), and the confidence it ends with.

    After each outcome the confidence is raised where the range missed it, and lowered a little
    where it did not (Gibbs and Candès, "Adaptive conformal inference under distribution shift",
    NeurIPS 2021), so that the promise is kept in the long run whatever moves. A reading: the
    service answers with the confidence that it promises. Of many outcomes the last `most` count.
    """
    candidate = Candidate(SealedModel.open(folder))
    contract, calibrated = candidate.contract, candidate.conformal
    rows = candidate.rows(latest.given)
    known = np.flatnonzero(~np.isnan(rows).all(axis=1))[-most:]
    learned = _learned(contract, [latest.outcomes[index] for index in known.tolist()])
    grid = np.linspace(0.5, calibrated.highest_confidence, levels)
    needed = np.full(len(known), np.inf)  # the least confidence whose range holds the outcome
    for begin in range(0, len(known), AT_ONCE):
        some = slice(begin, begin + AT_ONCE)
        blocks = calibrated.blocks(rows[known[some]], grid[::-1].tolist())
        for level, block in zip(grid[::-1], blocks, strict=True):
            needed[some][_covered(contract, block, learned[some])] = level
    promised = level_now = contract.confidence
    covered = np.empty(len(known))
    for index, least in enumerate(needed):
        covered[index] = least <= level_now
        level_now += rate * (promised - covered[index])
        level_now = min(max(level_now, 0.0), 1.0)
    return covered, float(level_now)


def _covered(
    contract: Contract, block: Block, learned: Floats
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    if contract.task == "classification":
        return np.asarray(block["set"][np.arange(len(learned)), learned.astype(np.intp)])
    truth = np.exp(learned) if contract.target.logarithmic else learned
    return np.asarray((block["lower"] <= truth) & (truth <= block["upper"]))
