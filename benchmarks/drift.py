"""Prices that rise by 2 % a month: how often ranges hold the truth, and what recalibrating does.

Half of `houses` is learned from. The others, which the model has never seen, are offered again and
again at the prices of their month. The version of the first day goes on beside one that is
recalibrated every half a year, as `tablecast recalibrate` does, and beside adaptive conformal
inference, which learns from every outcome.

    python -m benchmarks.drift [--months 18] [--rise 0.02] [--offers 330]
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import tablecast
from Task1_database.databases.connect import connect
from Task1_database.dataset import Dataset
from Task1_database.workspace import Workspace
from Task2_model.artifact import SealedModel, current
from Task2_model.conformal import conformal
from Task2_model.contract import Floats
from Task2_model.recalibrate import Outcomes, adaptive_coverage, recalibrate

PERIOD = 6  # months between two recalibrations
WEEK = "2027-01-15T08:00:00.000Z"  # the end of what is known; no figure depends on it


@dataclass
class Market:
    """A model of half of the houses, and the other half, which is offered.

    Attributes
    ----------
    models : Path
        models/<dataset>.
    offered : list of dict
        Features and price of each house.
    """

    models: Path
    offered: list[dict[str, Any]]

    @classmethod
    def made(cls, home: Path) -> Market:
        """Below `home`, which is TABLECAST_HOME."""
        shipped = Dataset.open("houses")
        tablecast.load(shipped)
        with connect(Workspace.here().database_url("houses"), read_only=True) as database:
            result = database.query("SELECT * FROM feature_store ORDER BY row_id")
        half = Path(shutil.copytree(shipped.folder, home / "half"))
        head, *lines = (half / "houses.csv").read_text(encoding="utf-8").splitlines(keepends=True)
        known = set(random.Random(0).sample(range(len(lines)), len(lines) // 2))
        text = "".join(line for index, line in enumerate(lines) if index in known)
        (half / "houses.csv").write_text(head + text, encoding="utf-8")
        learned = {int(lines[index].partition(",")[0]) for index in known}
        houses = (dict(zip(result.columns, row, strict=True)) for row in result.rows)
        dataset = Dataset.open(str(half))
        tablecast.load(dataset)
        tablecast.train(dataset)
        offered = [each for each in houses if each["row_id"] not in learned]
        return cls(Workspace.here().models(dataset.name), offered)

    def month(self, number: int, offers: int, rise: float) -> Outcomes:
        """What is offered in a month, and what it is sold for."""
        drawn = np.random.default_rng(number).choice(len(self.offered), offers)
        houses = [self.offered[index] for index in drawn.tolist()]
        names = SealedModel.open(current(self.models)).contract.names
        given = [
            {name: house[name] for name in names if house[name] is not None} for house in houses
        ]
        return Outcomes(given, [float(h["price"]) * (1 + rise) ** number for h in houses], WEEK)


def covered(folder: Path, some: Outcomes) -> Floats:
    """Whether each range of a version held the truth (n,)."""
    sealed = SealedModel.open(folder)
    model = conformal(sealed.contract, sealed.calibration, sealed.ensemble())
    block = model.block(sealed.contract.encode(some.given))
    truth = np.array(some.outcomes)
    return np.asarray((block["lower"] <= truth) & (truth <= block["upper"]), dtype=np.float64)


def joined(parts: list[Outcomes]) -> Outcomes:
    """Months, one after the other."""
    given = [each for part in parts for each in part.given]
    return Outcomes(given, [each for part in parts for each in part.outcomes], WEEK)


def lived(market: Market, months: int, offers: int, rise: float) -> pd.DataFrame:
    """The coverage of each way, a line for each half of a year."""
    first = serving = current(market.models)
    past = [market.month(number, offers, rise) for number in range(1, months + 1)]
    lines = []
    for number, some in enumerate(past):
        if number and number % PERIOD == 0:
            serving = recalibrate(market.models, first, joined(past[:number]))
        lines.append((covered(first, some).mean(), covered(serving, some).mean()))
    adaptive, _ = adaptive_coverage(first, joined(past), most=months * offers)
    frame = pd.DataFrame(lines, columns=["never recalibrated", "recalibrated"])
    frame["adaptive"] = adaptive.reshape(months, offers).mean(axis=1)
    frame.index = pd.Index(range(1, months + 1), name="month")
    return frame


def main() -> None:
    """Print coverage by month, and by half of a year."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--months", type=int, default=18)
    parser.add_argument("--rise", type=float, default=0.02)
    parser.add_argument("--offers", type=int, default=330)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TABLECAST_HOME"] = folder
        market = Market.made(Path(folder))
        frame = lived(market, options.months, options.offers, options.rise)
    print(frame.to_string(float_format="{:.1%}".format))
    halves = frame.groupby((frame.index - 1) // PERIOD + 1).mean()
    print(halves.rename_axis("half").to_string(float_format="{:.1%}".format))


if __name__ == "__main__":
    main()
