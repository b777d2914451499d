"""Many files, answered by many processes: what a service would answer, whoever is killed."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest
from distributed import LocalCluster
from flask.testing import FlaskClient

import tablecast
from Task1_database.errors import DataError
from Task3_api.bulk import pieces
from Task3_api.bulk.bulk_run import BulkRun, BulkSummary
from Task3_api.bulk.executors import local_processes
from Task3_api.bulk.piece_scorer import ScoringJob, score_piece

HEADER = "id,living_area,bedrooms,heating,note\n"


def homes(path: Path, rows: int, note: str = "plain") -> Path:
    lines = (f"{i},{600 + i % 3000},{i % 5 + 1},hot air,{note}\n" for i in range(rows))
    path.write_text(HEADER + "".join(lines), encoding="utf-8")
    return path


def served(client: FlaskClient, path: Path) -> bytes:
    """What the service answers to that file."""
    answer = client.post("/batch_prediction", data=path.read_bytes(), content_type="text/csv")
    return bytes(answer.data)


def joined(folder: Path) -> bytes:
    """The answers of the pieces as one file."""
    parts = [path.read_bytes() for path in sorted(folder.glob("*.csv"))]
    return parts[0] + b"".join(part[part.index(b"\n") + 1 :] for part in parts[1:])


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setattr(pieces, "CSV_BYTES", 20_000)
    monkeypatch.setattr(pieces, "PARQUET_ROWS", 500)
    monkeypatch.setenv("TABLECAST_HOME", str(home))


@pytest.mark.parametrize("note", ["plain", '"with, comma"', '"two\nlines ""quoted"""'])
def test_answers_are_the_service_s_to_the_byte(
    client: FlaskClient, tmp_path: Path, note: str
) -> None:
    file = homes(tmp_path / "homes.csv", 3_000, note)
    summary = tablecast.score("houses", [file], tmp_path / "out", workers=2)
    assert summary == BulkSummary(3_000, 0, len(list((tmp_path / "out").glob("*.csv"))))
    assert summary.files > 3
    assert joined(tmp_path / "out") == served(client, file)


def test_a_bad_cell_costs_its_row_alone(client: FlaskClient, tmp_path: Path) -> None:
    file = homes(tmp_path / "homes.csv", 1_000)
    file.write_text(file.read_text().replace("\n500,", "\n500,x", 1))
    summary = tablecast.score("houses", [file], tmp_path / "out", workers=1)
    assert (summary.rows, summary.rows_with_error) == (1_000, 1)
    assert joined(tmp_path / "out") == served(client, file)


def test_parquet_keeps_its_columns_and_gains_the_answers(
    client: FlaskClient, tmp_path: Path
) -> None:
    file = homes(tmp_path / "homes.csv", 2_000)
    table = pd.read_csv(file)
    table["built"] = pd.Timestamp("2001-02-03")
    table["heating"] = table["heating"].astype("category")
    table.loc[7, "living_area"] = None
    table.to_parquet(tmp_path / "homes.parquet", row_group_size=600)
    tablecast.score("houses", [tmp_path / "*.parquet"], tmp_path / "out", workers=1)
    answers = pd.concat(map(pd.read_parquet, sorted((tmp_path / "out").glob("*.parquet"))))
    asked = table[["living_area", "bedrooms", "heating"]].to_dict("records")
    records = [{key: value for key, value in row.items() if pd.notna(value)} for row in asked]
    expected = pd.DataFrame(client.post("/predict", json=records).get_json())
    assert answers["prediction"].to_list() == pytest.approx(expected["prediction"].to_list())
    assert answers["built"].unique().tolist() == table["built"].unique().tolist()
    assert list(answers.columns[:6]) == list(table.columns)
    assert answers["lower"].dtype == np.float64


@pytest.mark.parametrize(("name", "encoding"), [("homes.xlsx", ""), ("homes.csv", "utf-16")])
def test_a_workbook_or_utf_16_is_one_piece(
    client: FlaskClient, tmp_path: Path, name: str, encoding: str
) -> None:
    plain, file = homes(tmp_path / "plain.csv", 1_000), tmp_path / name
    if encoding:
        file.write_text(plain.read_text(), encoding=encoding)
    else:
        pd.read_csv(plain).to_excel(file, index=False)
    summary = tablecast.score("houses", [file], tmp_path / "out", workers=1)
    assert summary == BulkSummary(1_000, 0, 1)
    assert joined(tmp_path / "out") == served(client, plain)


def test_what_is_there_is_not_done_again(tmp_path: Path, home: Path) -> None:
    files = [homes(tmp_path / f"{name}.csv", 600) for name in "ab"]
    out = tmp_path / "out"
    tablecast.score("houses", files, out, workers=1)
    first, *others = sorted(out.glob("*.csv"))
    answered = first.read_bytes()
    first.unlink()
    times = [path.stat().st_mtime_ns for path in others]
    lines: list[str] = []
    tablecast.score("houses", files, out, workers=1, log=lines.append)
    assert first.read_bytes() == answered
    assert [path.stat().st_mtime_ns for path in others] == times
    assert re.fullmatch(r"answering, [1-9]\d{0,2} of 1,200 rows", lines[0])
    assert lines[-1] == "answering, 1,200 of 1,200 rows"
    homes(files[1], 601)
    with pytest.raises(DataError, match="answers of another run"):
        tablecast.score("houses", files, out, workers=1)


def test_a_row_that_breaks_the_table_is_named_and_the_rest_is_answered(tmp_path: Path) -> None:
    good, bad = homes(tmp_path / "a.csv", 600), homes(tmp_path / "b.csv", 2_000)
    bad.write_text(bad.read_text().replace("\n1500,", "\n1500,1,2,", 1))
    with pytest.raises(DataError, match=r"b\.csv, piece 0001-b-\d+ .*: line \d+ has 7 cells"):
        tablecast.score("houses", [good, bad], tmp_path / "out", workers=1)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert sum(entry["rows"] for entry in manifest["pieces"].values()) > 1_500


@pytest.mark.parametrize("pattern", ["[ab].csv", "?.csv", "*.csv"])
def test_a_glob_names_files_and_a_name_may_look_like_one(tmp_path: Path, pattern: str) -> None:
    for name in ("a.csv", "b.csv", "[c].csv", "*d.csv"):
        homes(tmp_path / name, 10)
    named = [Path(url).name for url in pieces.inputs((str(tmp_path / pattern),))]
    assert named == sorted(
        {"a.csv", "b.csv"} | ({"[c].csv", "*d.csv"} if pattern == "*.csv" else set())
    )


def test_a_file_whose_name_has_a_star_is_answered(client: FlaskClient, tmp_path: Path) -> None:
    file = homes(tmp_path / "*[a]?.csv", 10)
    tablecast.score("houses", [file], tmp_path / "out", workers=1)
    assert joined(tmp_path / "out") == served(client, file)


@pytest.mark.parametrize("pattern", ["none.csv", "*.none", "homes.txt"])
def test_an_input_that_cannot_be_had_is_named(tmp_path: Path, pattern: str) -> None:
    (tmp_path / "homes.txt").write_text("living_area\n1\n")
    with pytest.raises(DataError, match=re.escape(pattern)):
        tablecast.score("houses", [tmp_path / pattern], tmp_path / "out")


@pytest.mark.skipif(os.name == "nt", reason="signals are of POSIX")
def test_a_run_that_is_killed_goes_on_where_it_was(
    client: FlaskClient, tmp_path: Path, home: Path
) -> None:
    file = homes(tmp_path / "homes.csv", 60_000)
    out = tmp_path / "out"
    code = (
        "import tablecast; from Task3_api.bulk import pieces; pieces.CSV_BYTES = 20_000\n"
        f"if __name__ == '__main__': tablecast.score('houses', [{str(file)!r}], {str(out)!r})"
    )
    script = tmp_path / "run.py"
    script.write_text(code)
    process = subprocess.Popen([sys.executable, str(script)], env={**os.environ})
    until = time.monotonic() + 60
    while len(list(out.glob("*.csv"))) < 5:
        assert time.monotonic() < until
        time.sleep(0.02)
    helpers = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGKILL)
    process.wait()
    _, alive = psutil.wait_procs(helpers, timeout=20)
    assert len(helpers) > 1
    assert not alive
    done = len(list(out.glob("*.csv")))
    tablecast.score("houses", [file], out, workers=2)
    assert len(list(out.glob("*.csv"))) > done
    assert not list(out.glob("*.part"))
    assert joined(out) == served(client, file)


def test_dask_s_workers_answer_and_one_may_be_killed(
    client: FlaskClient, tmp_path: Path, home: Path
) -> None:
    file = homes(tmp_path / "homes.csv", 30_000)
    out = tmp_path / "out"
    killed: list[int] = []
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster:

        def kill_a_worker(line: str) -> None:
            if "," in line and not killed:
                (worker, *_) = cluster.workers.values()
                killed.append(worker.process.process.pid)
                os.kill(killed[0], signal.SIGKILL)

        address = cluster.scheduler_address
        tablecast.score("houses", [file], out, scheduler=address, log=kill_a_worker)
    assert killed
    assert joined(out) == served(client, file)


def test_processes_that_are_killed_are_replaced(tmp_path: Path, home: Path) -> None:
    file = homes(tmp_path / "homes.csv", 5_000)
    model = next((home / "models" / "houses").glob("*/manifest.json")).parent
    run = BulkRun(ScoringJob(str(model), str(tmp_path / "out")), (str(file),))
    rounds: list[int] = []

    def executors() -> object:
        rounds.append(len(run.missing))
        return local_processes(1)

    with local_processes(1) as executor:
        executor.submit(score_piece, run._job, run.pieces[0]).result()

    def kill_all(line: str) -> None:
        if len(rounds) == 1 and "," in line:
            children = subprocess.run(
                ["pgrep", "-P", str(os.getpid()), "-f", "spawn_main"],
                capture_output=True, text=True, check=False,  # none is left at the second line
            ).stdout.split()  # fmt: skip
            for child in children:
                os.kill(int(child), signal.SIGKILL)

    assert run.score(executors, kill_all).rows == 5_000  # type: ignore[arg-type]
    assert len(rounds) == 2
    assert rounds[1] < rounds[0]
