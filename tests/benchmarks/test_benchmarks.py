from __future__ import annotations

import json
import platform
import shutil
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from urllib.request import urlopen

import duckdb
import pytest

from benchmarks import __main__ as bench
from benchmarks import batch, constant, contenders, duels, growth, score, single
from benchmarks.contenders import Home, tablecast
from benchmarks.enlarged import GAPS, Enlarged
from benchmarks.machine import machine
from benchmarks.peers.house import NAMES
from benchmarks.processes import environment, run
from benchmarks.results import Finding, Goal, Section, Spread, page, shown, table
from benchmarks.rounds import QUICK, by_turns
from benchmarks.servers import Server
from benchmarks.traffic import Request, traffic
from benchmarks.transfer import Transfer, send
from Task1_database.dataset import Dataset
from tests.live import Live

TINY = replace(QUICK, rounds=1, seconds=0.1, starts=1)


@pytest.fixture(scope="module")
def bench_home(models: Path, houses_url: str, tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("bench"))
    home.models.parent.mkdir()
    home.models.symlink_to(models)
    home.database.parent.mkdir()
    shutil.copy(houses_url.removeprefix("duckdb:///"), home.database)  # another test has it open
    return home


@pytest.fixture
def serving(monkeypatch: pytest.MonkeyPatch) -> None:
    """Serve from the environment of the tests rather than make another."""
    monkeypatch.setattr(contenders, "SERVING", SimpleNamespace(python=sys.executable))


@pytest.fixture(scope="module")
def enlarged(tmp_path_factory: pytest.TempPathFactory) -> Enlarged:
    return Enlarged(2_000, tmp_path_factory.mktemp("enlarged"))


def test_traffic_counts_and_times_good_answers(live: Live) -> None:
    asked = [Request("/predict?x=1800", holds='"lower"'), Request("/predict?x=900")]
    seen = traffic(live.port, asked, seconds=0.2, connections=3)
    assert seen.rate > 0
    assert 0 < seen.median <= seen.p99
    assert seen.busy > 0


def test_traffic_posts_json(live: Live) -> None:
    asked = [Request("/predict", '[{"living_area": 1800}, {"living_area": 900}]', '"upper"')]
    assert traffic(live.port, asked, seconds=0.1, connections=1).rate > 0


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (Request("/predict?x=nan"), "not a 200"),
        (Request("/predict?x=1800", holds="no such text"), "an answer without"),
        (Request("/static/style.css"), "JSONDecodeError"),
    ],
)
def test_traffic_refuses_other_answers(live: Live, asked: Request, message: str) -> None:
    with pytest.raises(RuntimeError, match=message):
        traffic(live.port, [asked], seconds=0.1, connections=2)


def test_a_file_is_sent_and_answered(live: Live, enlarged: Enlarged) -> None:
    seen = send(live.port, "/batch_prediction", enlarged.upload)
    assert seen.lines == 2_001
    assert 0 < seen.waited < seen.seconds
    with pytest.raises(RuntimeError, match="405"):
        send(live.port, "/healthz", enlarged.upload)


def test_houses_are_enlarged(enlarged: Enlarged) -> None:
    assert "2,000 rows" in enlarged.loaded.printed
    features = ", ".join(enlarged.features)
    with duckdb.connect() as connection:
        whole = connection.execute(f"FROM '{enlarged.upload}'").fetchall()
        gaps = connection.execute(f"SELECT {features} FROM '{enlarged.with_gaps}'").fetchall()
    assert len(whole) == len(gaps) == 2_000
    assert not any(cell is None for row in whole for cell in row)
    empty = sum(cell is None for row in gaps for cell in row) / (2_000 * len(enlarged.features))
    assert empty == pytest.approx(GAPS, abs=0.02)


def test_what_was_enlarged_is_forgotten(tmp_path: Path) -> None:
    table = Enlarged(50, tmp_path)
    assert table.upload.exists()
    assert table.with_gaps.exists()
    table.forget()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_command_is_measured() -> None:
    done = run([sys.executable, "-c", "print('x' * 10)"], environment())
    assert done.printed == "x" * 10 + "\n"
    assert done.megabytes > 1
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        run([sys.executable, "-c", "1 / 0"], environment())


def test_no_database_of_someone_else_is_touched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://someone@else/where")
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.setenv("OMP_WAIT_POLICY", "active")
    given = environment(MORE="1")
    assert "DATABASE_URL" not in given
    assert not {"OMP_NUM_THREADS", "OMP_WAIT_POLICY"} & given.keys()
    assert given["MORE"] == "1"


@pytest.mark.usefixtures("serving")
def test_a_server_runs_as_long_as_its_block(bench_home: Home) -> None:
    with Server(tablecast(bench_home)) as server:
        with urlopen(f"http://127.0.0.1:{server.port}/readyz") as answer:
            assert answer.status == 200
        assert server.seconds > 0
        assert server.megabytes() > 20
    assert server.process.poll() is not None


@pytest.mark.usefixtures("serving")
def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    with (
        pytest.raises(RuntimeError, match="no first answer:\n.*houses"),
        Server(tablecast(Home(tmp_path))),
    ):
        raise AssertionError("it started")


def test_the_constant_is_an_answer(sealed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODEL_DIR", str(sealed))
    monkeypatch.setenv(constant.QUESTION, "/predict?x=1800")
    client = constant.app().test_client()
    assert client.get("/constant?x=5").data == client.get("/predict?x=1800").data


@pytest.mark.usefixtures("serving")
@pytest.mark.slow
def test_one_question_beside_a_constant(bench_home: Home) -> None:
    section = single.beside_the_floor(bench_home, TINY)
    assert [line["workers"] for line in section.rows] == [1, 1, 1, 2, 2, 2]
    assert len(section.findings) == 8
    assert all(finding.figure.middle > 0 for finding in section.findings)


@pytest.mark.usefixtures("serving")
@pytest.mark.slow
def test_a_duel_is_fought_and_judged(bench_home: Home) -> None:
    asked = [Request("/predict?x=1800", holds='"lower"')]
    itself = duels.Duel("GET /predict", asked, lambda n, _: tablecast(bench_home, n), asked, 2)
    with Server(tablecast(bench_home)) as server:
        outcome = duels.fought(itself, server, 1, TINY)
    assert outcome.peer.startswith("Tablecast, ")
    finding = duels.verdict(itself, outcome, 1)
    assert finding.figure == Spread.of([outcome.ours[0].rate / outcome.theirs[0].rate])


def test_every_peer_is_asked_for_the_same_houses(bench_home: Home) -> None:
    mlflow, sealed, fastapi, flask, many = duels.duels(bench_home)
    assert mlflow.ours == sealed.ours == fastapi.ours == fastapi.theirs == flask.theirs
    assert len(mlflow.theirs) == len(fastapi.theirs) == 200
    assert [len(json.loads(request.body)) for request in many.theirs] == [100]


def test_a_file_is_judged_beside_the_better_setting() -> None:
    def answered(*seconds: float) -> list[batch.Answered]:
        return [batch.Answered("", Transfer(each, 0, 3), 0) for each in seconds]

    taken = {"ours": answered(1, 2), "them": answered(9, 9), "them, one thread": answered(4, 4)}
    assert batch.faster("ours", "them", 1, taken, 2).figure == Spread(3, 2, 4)


@pytest.mark.usefixtures("serving")
@pytest.mark.slow
def test_files_whole_and_with_gaps(bench_home: Home, enlarged: Enlarged) -> None:
    (line,) = batch.growth(bench_home, [enlarged]).rows
    assert line["rows"] == "2,000"
    assert line["worker's peak MB"] > 20
    section = batch.gaps(bench_home, enlarged, TINY)
    assert [line["file"] for line in section.rows] == ["whole", "with gaps"]


@pytest.mark.usefixtures("serving")
@pytest.mark.slow
def test_a_file_is_scored_beside_http(bench_home: Home) -> None:
    section = score.section(bench_home, 1_000)
    assert [line["who"] for line in section.rows][1:3] == ["score, 1 workers", "score, 2 workers"]
    assert all(line["rows/processor s"] > 0 for line in section.rows)
    assert len(section.findings) == 6


def test_workers_are_simulated() -> None:
    assert [score.simulated(40, 1.0, workers) for workers in (1, 16, 40)] == [40, 3, 1]


@pytest.mark.usefixtures("serving")
@pytest.mark.slow
def test_one_question_while_a_file_is_answered(bench_home: Home, enlarged: Enlarged) -> None:
    section = batch.meanwhile(bench_home, Enlarged(20_000, enlarged.home), TINY)
    assert len(section.rows) == 4
    assert all(finding.figure.middle > 0 for finding in section.findings)


def test_loading_beside_a_copy(enlarged: Enlarged) -> None:
    (finding,) = growth.beside_copy(enlarged, 2).findings
    assert finding.figure.low > 0
    (line,) = growth.loading([enlarged]).rows
    assert line["rows"] == "2,000"


def test_the_peers_know_the_features_of_houses() -> None:
    assert sorted(NAMES) == sorted(Dataset.open("houses").features)


def test_turns_are_taken_and_the_first_does_not_count() -> None:
    order: list[str] = []

    def work(name: str) -> int:
        order.append(name)
        return len(order)

    works = [partial(work, name) for name in "ab"]
    assert by_turns(2, *works) == [[3, 5], [4, 6]]
    assert order == list("ababab")


def test_a_ratio_is_taken_round_by_round() -> None:
    assert Spread.ratio([1, 4, 9], [1, 2, 3]) == Spread(2, 1, 3)
    assert str(Spread(2, 1, 3)) == "2 (1 to 3)"
    assert str(Spread.of([1430.2])) == "1,430"


@pytest.mark.parametrize(
    ("goal", "figure", "met"),
    [
        (Goal(2), 2, True),
        (Goal(2), 2.1, False),
        (Goal(2, at_least=True), 2, True),
        (Goal(2, at_least=True), 1.9, False),
        (Goal(2), float("nan"), False),
        (Goal(2, at_least=True), float("nan"), False),
    ],
)
def test_goals(goal: Goal, figure: float, met: bool) -> None:
    assert goal.met(figure) == met


@pytest.mark.parametrize(
    ("number", "text"),
    [(0.7523, "0.752"), (12.34, "12.3"), (1432.1, "1,430"), (0, "0"), (float("nan"), "–")],
)
def test_numbers_are_shown_with_three_digits(number: float, text: str) -> None:
    assert shown(number) == text


def test_the_page_tells_goals_first_and_what_failed() -> None:
    def fails() -> Section:
        raise RuntimeError("no such server")

    good = Finding("start", Spread.of([0.5]), Goal(0.7, unit="s"))
    poor = Finding("rate", Spread.of([1, 2, 3]), Goal(5, at_least=True), "a | b")
    text = page("# Measured", [Section("First", findings=[good, poor]), bench.attempted(fails)])
    assert "1 of 2 are met." in text
    assert "| start | 0.5 s | at most 0.7 s | yes |  |" in text
    assert r"| rate | 2 (1 to 3) | at least 5 | **no** | a \| b |" in text
    assert text.endswith("## Not measured\n\nRuntimeError: no such server\n")
    assert table([]) == ""


def test_the_page_names_no_place_of_this_machine() -> None:
    assert f"Python {platform.python_version()}" in machine()
    assert str(Path.home()) not in machine()
    assert platform.node() not in machine()
