"""The MySQL image: what it loads and answers, what it refuses, and what a kill leaves."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.images.datasets import BAD, HARD
from tests.images.engine import NETWORK, Engine
from tests.images.home import Home, expect_same_files
from tests.images.progress import Progress, expect
from tests.images.standins import ROOT
from tests.little_dataset import little

IMAGE, NAME = "tablecast-db", "database"
SECRETS = ("--env=MYSQL_ROOT_PASSWORD=r00t", "--env=READER_PASSWORD=it's a secret")
MOMENTS = (None, "houses: reading houses.csv", "feature_store:", "results/04_")
FILES = "/var/lib/mysql-files"
READER = 'MYSQL_PWD="$READER_PASSWORD" mysql -h127.0.0.1 -uds_user tablecast -e '
DENIED = (
    "INSERT INTO houses SELECT * FROM houses",
    "CREATE TABLE mine (x INTEGER)",
    "DROP TABLE houses",
    "DELETE FROM _ready",
    "SELECT * FROM houses INTO OUTFILE '/var/lib/mysql-files/mine.csv'",
    "CREATE USER other",
    "SELECT user FROM mysql.user",
    "ALTER USER USER() IDENTIFIED BY 'mine'",
    "SET PASSWORD = 'mine'",
)


def check_database(engine: Engine, home: Home, progress: Progress) -> None:
    """All checks of the MySQL image."""
    with progress.step("the MySQL image builds"):
        build(engine, "houses")
    with progress.step("without a password it says so and stops"):
        for secret, missing in zip(
            SECRETS, ("READER_PASSWORD", "MYSQL_ROOT_PASSWORD"), strict=True
        ):
            log = engine.docker("run", "--rm", secret, IMAGE, fails=True)
            expect(log, f"tablecast: {missing} is not set")
    with progress.step("houses: loads, answers, lets the reader read"), running(engine):
        seconds = engine.wait_healthy(NAME)
        progress.note(f"healthy after {seconds:.1f} s")
        _check_answers(engine, home, "houses")
        _check_rights(engine)
    _check_volumes(engine, progress)
    _check_kills(engine, progress)
    for dataset in ("clients", "births"):
        with progress.step(f"{dataset}: answers as DuckDB does"):
            build(engine, dataset)
            with running(engine):
                engine.wait_healthy(NAME)
                _check_answers(engine, home, dataset)
    _check_own_dataset(engine, home, progress)


def build(engine: Engine, dataset: str, folder: Path | None = None, fails: bool = False) -> str:
    """Build the image for a dataset, whose folder is a build context of its own if it is given."""
    options = [f"--build-arg=DATASET={dataset}", f"--tag={IMAGE}", "--progress=plain"]
    if folder:
        options.append(f"--build-context=dataset={folder}")
    return engine.docker("build", NETWORK, *options, str(ROOT / "Task1_database"), fails=fails)


def _check_volumes(engine: Engine, progress: Progress) -> None:
    with progress.step("a volume that holds something else is left alone"):
        engine.docker("volume", "create", "other")
        touch = ("run", "--rm", "--volume=other:/data", "--entrypoint=touch", IMAGE, "/data/mine")
        engine.docker(*touch)
        other = "--volume=other:/var/lib/mysql"
        log = engine.docker("run", "--rm", other, *SECRETS, IMAGE, fails=True)
        expect(log, "holds files that this image did not make; give it an empty volume")
    with progress.step("a volume that holds another dataset is refused, and goes on as it was"):
        houses = "--volume=houses:/var/lib/mysql"
        with running(engine, houses):
            engine.wait_healthy(NAME)
        build(engine, "births")
        log = engine.docker("run", "--rm", houses, *SECRETS, IMAGE, fails=True)
        expect(log, "tablecast: /var/lib/mysql holds houses; this image is of births")
        build(engine, "houses")
        with running(engine, houses):
            engine.wait_healthy(NAME)


def _check_kills(engine: Engine, progress: Progress) -> None:
    for moment in MOMENTS:
        where = f"when it says {moment!r}" if moment else "while the server is made"
        with progress.step(f"killed {where}, it starts again from nothing"), running(engine):
            _check_kill(engine, moment)
    with progress.step("killed when healthy, it goes on with what it has"), running(engine):
        engine.wait_healthy(NAME)
        engine.docker("kill", NAME)
        engine.docker("start", NAME)
        engine.wait_healthy(NAME)
        assert engine.docker("logs", NAME).count("all is loaded") == 1


def _check_own_dataset(engine: Engine, home: Home, progress: Progress) -> None:
    with progress.step(
        "a dataset of one's own, hard to read, by a build context: as DuckDB reads it"
    ):
        folder = little(home.folder / "hard", HARD)
        build(engine, "boats", folder)
        with running(engine):
            engine.wait_healthy(NAME)
            _check_answers(engine, home, str(folder))
    with progress.step("a dataset that is not as it should be is refused as it is built"):
        schema = {"schema.sql": "CREATE TABLE boats (id MONEY);"}
        log = build(engine, "boats", little(home.folder / "bad_schema", schema), fails=True)
        expect(log, "tablecast: schema.sql, line 1: expected a column as: name TYPE")
    build(engine, "boats", little(home.folder / "boats"))
    with progress.step("another CSV of the same schema, mounted: the answers lie beside it"):
        table = "Kind,Built,Price,Size,id\r\nketch,2001-01-01,1,2,3\r\n"
        folder = little(home.folder / "mounted", {"boats.csv": table})
        mount = f"--volume={folder}:{FILES}"
        with running(engine, mount):
            engine.wait_healthy(NAME)
            answers = {file.name: file.read_text() for file in (folder / "results").iterdir()}
            assert answers == {"01_how_many.csv": "boats\n1\n"}
    with progress.step("what is mounted and is not of this image is refused"):
        for files, message in (
            ({"schema.sql": "CREATE TABLE boats (id TEXT);"}, "schema.sql in"),
            ({"questions/02_more.sql": "-- More?\nSELECT 1 AS one\n"}, "questions/02_more.sql in"),
            ({"boats.csv": None}, f"{FILES} has files, but not boats.csv"),
            (
                {"boats.csv": BAD["text for a number"]},
                "boats.csv, line 3, column id: 'abc'; expected",
            ),
        ):
            folder = little(home.folder / re.sub(r"\W", "_", message), files)
            mount = f"--volume={folder}:{FILES}"
            expect(engine.docker("run", "--rm", mount, *SECRETS, IMAGE, fails=True), message)
    with running(engine):
        engine.wait_healthy(NAME)
        with progress.step(f"{len(BAD)} bad files are refused as `tablecast load` refuses them"):
            faults = [_refusal_fault(engine, home, what, text) for what, text in BAD.items()]
            assert not any(faults), "\n".join(filter(None, faults))


@contextmanager
def running(engine: Engine, *options: str) -> Iterator[None]:
    """The MySQL image, running."""
    engine.docker("run", "--detach", f"--name={NAME}", *options, *SECRETS, IMAGE)
    try:
        yield
    finally:
        engine.docker("rm", "--force", "--volumes", NAME)


def _check_answers(engine: Engine, home: Home, dataset: str) -> None:
    expected = home.answers(dataset)
    given = home.folder / "given" / expected.name
    given.parent.mkdir(exist_ok=True)
    engine.docker("cp", f"{NAME}:{FILES}/results", str(given))
    expect_same_files(expected, given)


def _check_rights(engine: Engine) -> None:
    ask = READER + '"SELECT COUNT(*) FROM feature_store"'
    expect(engine.docker("exec", NAME, "bash", "-c", ask), "1728")
    for sql in DENIED:
        said = engine.docker("exec", NAME, "bash", "-c", f'{READER}"{sql}"', fails=True)
        assert "denied" in said or "--read-only" in said, said
    root = 'MYSQL_PWD="$MYSQL_ROOT_PASSWORD" mysql -h127.0.0.1 -uroot -e "SELECT 1"'
    expect(engine.docker("exec", NAME, "bash", "-c", root, fails=True), "Access denied")


def _refusal_fault(engine: Engine, home: Home, what: str, text: str | bytes) -> str | None:
    """Have the loader read a bad file in the running container, into a database of its own.

    How its words differ from those of `tablecast load`; or None.
    """
    folder = little(home.folder / "refused" / re.sub(r"\W", "_", what), {"boats.csv": text})
    refused = home.attempt("load", str(folder))
    (expected,) = re.findall(r"^tablecast: (.*)$", refused.stdout, re.M)
    engine.docker("cp", f"{folder}/boats.csv", f"{NAME}:{FILES}/boats.csv")
    script = (
        'MYSQL_PWD="$MYSQL_ROOT_PASSWORD" mysql -uroot -e '
        '"DROP DATABASE IF EXISTS trial; CREATE DATABASE trial";'
        f"chown -R mysql {FILES}; MYSQL_DATABASE=trial gosu mysql /tablecast/load.sh"
    )
    said = engine.docker("exec", NAME, "bash", "-c", script, fails=True)
    return None if expected in said else f"{what}: expected {expected!r} in:\n{said[-800:]}"


def _check_kill(engine: Engine, moment: str | None) -> None:
    until = time.monotonic() + 60
    while moment and moment not in engine.docker("logs", NAME):
        assert time.monotonic() < until, engine.docker("logs", NAME)
    if not moment:
        time.sleep(1.5)
    assert engine.inspect(NAME)["State"]["Health"]["Status"] != "healthy"
    engine.docker("kill", NAME)
    engine.docker("start", NAME)
    engine.wait_healthy(NAME)
    log = engine.docker("logs", NAME)
    expect(log, "was stopped while loading; starting again from nothing", "all is loaded")
    count = READER + '"SELECT COUNT(*) FROM houses"'
    expect(engine.docker("exec", NAME, "bash", "-c", count), "1728")
