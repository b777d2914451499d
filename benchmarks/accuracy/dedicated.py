"""How much one model for every subset gives away: beside it, a model for each subset alone.

    python -m benchmarks.accuracy.dedicated [--tables NAME ...] [--subsets N]

The models beside it are the same in all but what they are given: a random subset of the features,
the same for each row, with nothing masked. No one could serve them, as there is one for each of the
subsets; they say how small the error could be.
"""

from __future__ import annotations

import argparse
from unittest.mock import patch

import numpy as np

from benchmarks.accuracy.goals import geometric_spread
from benchmarks.accuracy.own import subset_score
from benchmarks.accuracy.tables import TABLES, Reading
from benchmarks.coverage import subsets
from benchmarks.results import Spread
from Task2_model.augmentation import WHOLE
from Task2_model.boosting import Boosting


def main() -> None:
    """Print for each table the error of the one model divided by that of those beside it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=list(TABLES), metavar="NAME")
    parser.add_argument("--subsets", type=int, default=10, help="how many, of each table")
    options = parser.parse_args()
    for name in options.tables:
        print(f"{name}: {beside_dedicated(TABLES[name].read(), options.subsets)}", flush=True)


def beside_dedicated(reading: Reading, count: int) -> Spread:
    """The error divided by that of a model for the subset alone, over some random subsets."""
    study, split = reading.study, reading.split(0)
    train, truth = study.outcomes[split.train], study.outcomes[split.test]
    model = Boosting(study.contract).fit(study.rows[split.train], train)
    ratios = []
    for given in list(subsets(study.rows.shape[1]).values())[2 : 2 + count]:
        rows = np.where(given, study.rows, np.float32(np.nan))
        with patch.dict(WHOLE, dict.fromkeys(WHOLE, 1.0)):
            dedicated = Boosting(study.contract).fit(rows[split.train], train)
        errors = [
            subset_score(each.predict(rows[split.test]), truth)["error"]
            for each in (model, dedicated)
        ]
        ratios.append(errors[0] / errors[1])
    return geometric_spread(ratios)


if __name__ == "__main__":
    main()
