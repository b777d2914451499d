"""Files of many rows: time, memory, gaps, and what other clients notice meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from threading import Event
from typing import Any

from benchmarks.contenders import ONE_THREAD, Home, Questions, flask, mlflow, tablecast
from benchmarks.enlarged import GAPS, Enlarged
from benchmarks.results import Finding, Goal, Section, Spread
from benchmarks.rounds import Scale, by_turns, say
from benchmarks.servers import Server, Service
from benchmarks.traffic import CONNECTIONS, Round, traffic
from benchmarks.transfer import Transfer, send

PATH = "/batch_prediction"
POINT = f"{PATH}?range=0"  # the point without its range


@dataclass(frozen=True)
class Answered:
    """A file that a server with one worker answered, and the worker's peak memory."""

    who: str
    transfer: Transfer
    megabytes: float

    def row(self, rows: int) -> dict[str, Any]:
        """A line of a table."""
        return {
            "rows": f"{rows:,}",
            "who": self.who,
            "seconds": self.transfer.seconds,
            "rows/s": rows / self.transfer.seconds,
            "first byte out after last in, s": self.transfer.waited,
            "worker's peak MB": self.megabytes,
        }


def answered(service: Service, path: str, table: Enlarged, *, gaps: bool = False) -> Answered:
    """Send the file to a server that was just started, so that the peak memory is the file's."""
    file = table.with_gaps if gaps else table.upload
    with Server(service) as server:
        transfer = send(server.port, path, file)
        megabytes = server.megabytes()
    if transfer.lines != table.rows + 1 and path.startswith(PATH):
        raise RuntimeError(f"{service.name} answered {transfer.lines:,} lines of {table.rows:,}")
    return Answered(service.name, transfer, megabytes)


def growth(home: Home, tables: list[Enlarged]) -> Section:
    """The same columns at several sizes: time grows with the rows, memory does not."""
    section = Section(
        "Files by their size",
        "Each sent as text/csv to one worker that was just started: point, range and warnings, "
        "every column of the file back.",
    )
    for table in tables:
        say(f"a file of {table.rows:,} rows")
        one = answered(tablecast(home), PATH, table)
        section.rows.append(one.row(table.rows))
        if table.rows >= 100_000:
            section.findings += size_findings(table.rows, one)
    large = [line["worker's peak MB"] for line in section.rows if len(line["rows"]) > 6]
    if len(large) > 1:
        ratio = Spread.of([max(large) / min(large)])
        what = "batch: peak memory, most / least from 100,000 rows on"
        section.findings.append(Finding(what, ratio, Goal(1.1)))
    return section


def size_findings(rows: int, one: Answered) -> list[Finding]:
    """Memory, and how soon the answer begins."""
    what = f"batch of {rows:,} rows"
    waited, peak = Spread.of([one.transfer.waited]), Spread.of([one.megabytes])
    return [
        Finding(f"{what}: worker's peak memory", peak, Goal(200, unit="MB")),
        Finding(f"{what}: first byte out after the last byte in", waited, Goal(2, unit="s")),
    ]


def gaps(home: Home, table: Enlarged, scale: Scale) -> Section:
    """A file with empty cells at random beside the whole file."""
    say(f"files of {table.rows:,} rows, whole and with gaps")
    section = Section(
        "A file with gaps",
        f"{GAPS:.0%} of the features' cells empty at random: thousands of subsets of what is "
        "told, each with a range of its own.",
    )
    whole: list[Answered] = []
    gappy: list[Answered] = []
    for _ in range(scale.files):
        whole.append(answered(tablecast(home), PATH, table))
        gappy.append(answered(tablecast(home), PATH, table, gaps=True))
    ratio = Spread.ratio(seconds_of(gappy), seconds_of(whole))
    about = f"{Spread.of(seconds_of(gappy))} beside {Spread.of(seconds_of(whole))} s"
    what = f"batch of {table.rows:,} rows: with gaps / whole"
    section.findings.append(Finding(what, ratio, Goal(2.5), about))
    section.rows += [{"file": "whole", **one.row(table.rows)} for one in whole]
    section.rows += [{"file": "with gaps", **one.row(table.rows)} for one in gappy]
    return section


def meanwhile(home: Home, table: Enlarged, scale: Scale) -> Section:
    """GET /predict, while nothing else is asked and while a file is answered."""
    say(f"GET /predict while a file of {table.rows:,} rows is answered")
    section = Section(
        "One question while a file is answered",
        f"Two workers, as shipped; a file of {table.rows:,} rows is sent again and again.",
    )
    for connections in (CONNECTIONS, 1):
        idle, busy = idle_and_busy(home, table, connections, scale)
        late = [each.p99 for each in busy], [each.p99 for each in idle]
        about = f"{Spread.of(late[0])} beside {Spread.of(late[1])} ms"
        what = f"GET /predict while a file is answered / idle, connections: {connections}: p99"
        section.findings.append(Finding(what, Spread.ratio(*late), Goal(3), about))
        section.rows += [line(connections, "idle", idle), line(connections, "meanwhile", busy)]
    return section


def idle_and_busy(
    home: Home, table: Enlarged, connections: int, scale: Scale
) -> tuple[list[Round], list[Round]]:
    """Rounds of traffic with nothing else to do, and while the file is answered."""
    questions = Questions(home.houses()).by_address()
    with Server(tablecast(home, workers=2)) as server:
        ask = partial(
            traffic, server.port, questions, seconds=scale.seconds, connections=connections
        )
        (idle,) = by_turns(scale.rounds, ask)
        return idle, during(lambda: send(server.port, PATH, table.upload), ask, scale.rounds)


def line(connections: int, when: str, rounds: list[Round]) -> dict[str, Any]:
    """A line of the table: medians over the rounds."""
    return {
        "connections": connections,
        "when": when,
        "requests/s": Spread.of(each.rate for each in rounds).middle,
        "median ms": Spread.of(each.median for each in rounds).middle,
        "p99 ms": Spread.of(each.p99 for each in rounds).middle,
    }


def during(work: Callable[[], object], ask: Callable[[], Round], rounds: int) -> list[Round]:
    """Rounds of traffic, all of them while the work is done again and again."""
    enough = Event()

    def again() -> None:
        while not enough.is_set():
            work()

    with ThreadPoolExecutor(1) as pool:
        under_way = pool.submit(again)
        try:
            return [ask() for _ in range(rounds)]
        finally:
            enough.set()
            under_way.result()


def beside_the_peers(home: Home, table: Enlarged, scale: Scale) -> Section:
    """The same file to all, by turns."""
    section = Section(
        "A file beside the peers",
        "One worker each. Tablecast and the Flask app give every column back; MLflow gives the "
        "predictions alone, as JSON.",
    )
    services = {
        "Tablecast with ranges": (tablecast(home), PATH),
        "Tablecast without ranges": (tablecast(home), POINT),
        "Flask + pandas": (flask(home, 1, {}), PATH),
        "Flask + pandas, one thread": (flask(home, 1, ONE_THREAD), PATH),
        "MLflow": (mlflow(home, 1, {}), "/invocations"),
        "MLflow, one thread": (mlflow(home, 1, ONE_THREAD), "/invocations"),
    }
    taken: dict[str, list[Answered]] = {name: [] for name in services}
    for turn in range(scale.files):
        for name, (service, path) in services.items():
            say(f"a file of {table.rows:,} rows, round {turn + 1}: {name}")
            taken[name].append(answered(service, path, table))
    section.rows = [
        {**one.row(table.rows), "who": name} for name, each in taken.items() for one in each
    ]
    section.findings = [
        faster(ours, their, goal, taken, table.rows)
        for ours, their, goal in (
            ("Tablecast with ranges", "Flask + pandas", 1),
            ("Tablecast without ranges", "Flask + pandas", 1),
            ("Tablecast without ranges", "MLflow", 2),
        )
    ]
    return section


def faster(
    ours: str, their: str, goal: float, taken: dict[str, list[Answered]], rows: int
) -> Finding:
    """How many times the rows a second of a peer, with the threads that suit it better."""
    own = seconds_of(taken[ours])
    rivals = [seconds_of(taken[name]) for name in (their, f"{their}, one thread")]
    rival = min(rivals, key=lambda seconds: Spread.of(seconds).middle)
    return Finding(
        f"batch of {rows:,} rows, rows/s: {ours} / {their}",
        Spread.ratio(rival, own),
        Goal(goal, at_least=True),
        f"{Spread.of(own)} beside {Spread.of(rival)} s",
    )


def seconds_of(each: list[Answered]) -> list[float]:
    """Round by round."""
    return [one.transfer.seconds for one in each]
