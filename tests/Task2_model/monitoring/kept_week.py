"""A week of a service, in a moment: answers of the real model, kept as the service keeps them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from Task1_database.keep.answer_lines import answer_line, kept_part
from Task1_database.keep.kept_folder import KeptFolder
from Task1_database.keep.kept_store import ANSWERS, file_name, new_id, new_writer
from Task1_database.keep.outcome_lines import record_outcomes
from Task2_model.study import Study
from Task3_api.predictor import Predictor

MONDAY = 1_800_000_000.0
DAY = 86_400
Truth = Callable[[float, int], float]  # of a price and the day, from 0 on


def keep_week(
    folder: KeptFolder,
    predictor: Predictor,
    study: Study,
    truth: Truth = lambda price, day: price,
    *,
    first: int = 0,
    days: int = 7,
    answers: int = 200,
    share: float = 0.6,
    seed: int = 0,
    size: Callable[[float, int], float] = lambda area, day: area,
) -> None:
    """So many answers a day from day `first` on, a share of them with outcomes.

    What is asked about are training rows, whose errors are smaller than those of new ones: so
    their outcomes are made of the answer and the error of a row that its member never saw.
    """
    rng = np.random.default_rng(seed)
    table, contract = study.table, study.contract
    held = study.answers.query("model == 'Boosting' and subset == 'all'").set_index("row")
    for day in range(first, first + days):
        own = rng.choice(held.index.to_numpy(), answers)
        records = []
        for row in own:
            values = table.iloc[row][list(contract.names)].dropna().to_dict()
            values["living_area"] = size(float(values["living_area"]), day)
            records.append(values)
        writer = new_writer()
        ids = [new_id(writer, number) for number in range(answers)]
        at = MONDAY + DAY * day
        made = predictor.answers(records)
        lines = [
            answer_line(i, at + n, kept_part(answer))
            for n, (i, answer) in enumerate(zip(ids, made, strict=True))
        ]
        (folder.root / ANSWERS / file_name(writer, 0)).write_bytes(b"".join(lines))
        outcomes = {}
        for answer_id, answer, row in zip(ids, made, own, strict=True):
            if rng.random() < share:
                part = held.loc[row]
                width = answer["upper"] - answer["lower"]
                error = (part["truth"] - part["prediction"]) / (part["upper"] - part["lower"])
                outcomes[answer_id] = truth(float(answer["prediction"] + error * width), day)
        record_outcomes(folder, outcomes, at + DAY / 2)
