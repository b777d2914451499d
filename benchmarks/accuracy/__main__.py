"""Tablecast as shipped beside what a user would train instead, written to benchmarks/ACCURACY.md.

    python -m benchmarks.accuracy [--tables NAME ...] [--seeds N] [--peers none|fast|autogluon|all]

The peers are trained once and their scores kept in `.bench/scores`: a second run trains Tablecast
alone. `all` trains AutoGluon, too, which takes two minutes for each table and seed, and comes last.
Scores that an earlier run kept are shown whatever `--peers` says.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from itertools import product
from pathlib import Path

from benchmarks.accuracy.own import own_score
from benchmarks.accuracy.own_scores import Scores, read_scores, write_scores
from benchmarks.accuracy.peer_scores import FAST, GROUPS, PeerGroup, PeerScores
from benchmarks.accuracy.report import page
from benchmarks.accuracy.table_result import OWN, TableResult
from benchmarks.accuracy.tables import TABLES, Reading
from benchmarks.rounds import say

HERE = Path(__file__).parent
PAGE = HERE.parent / "ACCURACY.md"
BEFORE = HERE / "before.json"
PEERS: dict[str, Sequence[PeerGroup]] = {
    "none": (),
    "fast": FAST,
    "autogluon": GROUPS[-1:],
    "all": GROUPS,
}


def main() -> None:
    """Measure, and write the page."""
    options = _options()
    seeds = range(options.seeds)
    readings = [TABLES[name].read() for name in options.tables]
    own = own_scores(readings, seeds, options.keep)
    before = read_scores(options.before)
    for group, seed, reading in product(PEERS[options.peers], seeds, readings):
        peers = PeerScores(reading)
        if peers.kept(group, seed) is None:
            say(f"{reading.table.name}, split {seed}: {group.module}")
            peers.train(group, seed)
    results = [result(reading, own, before, seeds) for reading in readings]
    options.out.write_text(page(results), encoding="utf-8")
    say(f"{options.out.name} is written")


def own_scores(readings: Sequence[Reading], seeds: range, file: Path | None) -> Scores:
    """Tablecast's scores, those in `file` and those that it lacks, which are added to it."""
    scores = read_scores(file)
    for seed, reading in product(seeds, readings):
        name = reading.table.name
        if seed not in scores.setdefault(name, {}):
            say(f"{name}, split {seed}: {OWN}")
            scores[name][seed] = own_score(reading, reading.split(seed))
            write_scores(file, scores)
    return scores


def result(reading: Reading, own: Scores, before: Scores, seeds: range) -> TableResult:
    """All scores of one table."""
    name, contract = reading.table.name, reading.study.contract
    scores = TableResult(reading.table, reading.task, len(reading.frame), len(contract.names))
    peers = PeerScores(reading)
    for seed in seeds:
        scores.add(seed, {OWN: own[name][seed]})
        for group in GROUPS:
            scores.add(seed, peers.kept(group, seed) or {})
    scores.before.update(before.get(name, {}))
    return scores


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=list(TABLES), metavar="NAME")
    parser.add_argument("--seeds", type=int, default=3, help="how many splits")
    parser.add_argument("--peers", choices=PEERS, default="fast", help="whom to train")
    parser.add_argument("--out", type=Path, default=PAGE, help="where the page goes")
    parser.add_argument("--keep", type=Path, help="keep Tablecast's scores here, and go on there")
    parser.add_argument(
        "--before", type=Path, default=BEFORE, help="scores of an earlier Tablecast to compare with"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
