"""Everything that the documents claim, measured in one go and written to benchmarks/RESULTS.md.

    python -m benchmarks [--peers all|none]

Without peers it takes less than two minutes on a quiet machine, once the environments are made;
with them, and with ten million rows, it takes about a quarter of an hour. What fails is told in
the page, and the rest is measured all the same.
"""

from __future__ import annotations

import argparse
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from benchmarks import batch, coverage, duels, growth, onboarding, single, start
from benchmarks.contenders import Home
from benchmarks.enlarged import Enlarged
from benchmarks.environments import SERVING
from benchmarks.machine import machine, versions
from benchmarks.results import Section, page
from benchmarks.rounds import FULL, QUICK, Scale, say

RESULTS = Path(__file__).with_name("RESULTS.md")
Part = Callable[[], Section]


def main() -> None:
    """Measure, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers", choices=("all", "none"), default="all")
    parser.add_argument("--out", type=Path, default=RESULTS, help="where the page goes")
    options = parser.parse_args()
    peers = options.peers == "all"
    begun = time.perf_counter()
    SERVING.made()
    with tempfile.TemporaryDirectory() as folder:
        sections = list(measured(Path(folder).resolve(), FULL if peers else QUICK, peers=peers))
    opening = introduction(options.peers, time.perf_counter() - begun, peers=peers)
    options.out.write_text(page(opening, sections), encoding="utf-8")
    say(f"{options.out.name} is written, after {time.perf_counter() - begun:.0f} s")


def measured(folder: Path, scale: Scale, *, peers: bool) -> Iterator[Section]:
    """Every section, in the order of the page."""
    home, first = start.first_run(folder / "home")
    yield first
    if peers:
        home.prepare_peers()
    tables = {n: Enlarged(n, folder) for n in sorted({*scale.sizes, *scale.trained, scale.file})}
    for part in parts(home, tables, scale, peers=peers):
        yield attempted(part)


def parts(home: Home, tables: dict[int, Enlarged], scale: Scale, *, peers: bool) -> Iterator[Part]:
    """What to measure, the quick and the small first."""
    file, large = tables[scale.file], tables[1_000_000]
    sizes = [tables[rows] for rows in scale.sizes]
    yield partial(start.beginning, home, scale, peers=peers)
    yield partial(single.beside_the_floor, home, scale)
    if peers:
        yield partial(duels.beside_the_peers, home, scale)
    yield partial(growth.beside_copy, large, scale.files)
    yield partial(growth.loading, sizes)
    yield partial(onboarding.section, scale.intake, scale.intakes)
    yield partial(batch.growth, home, sizes)
    yield partial(batch.gaps, home, file, scale)
    yield partial(batch.meanwhile, home, tables[100_000], scale)
    if peers:
        yield partial(batch.beside_the_peers, home, file, scale)
    if scale.splits:
        yield partial(coverage.section, scale.splits)
    if scale.trained:
        yield partial(growth.training, [tables[rows] for rows in scale.trained])


def attempted(part: Part) -> Section:
    """The section, or one that tells why there is none."""
    try:
        return part()
    except Exception as error:
        traceback.print_exc()
        return Section("Not measured", f"{type(error).__name__}: {str(error)[:500]}")


def introduction(chosen: str, seconds: float, *, peers: bool) -> str:
    """When, where and with what."""
    today = datetime.now(UTC).strftime("%d %B %Y")
    lines = [f"- {machine()}", *(f"- {line}" for line in versions(peers=peers))]
    return (
        "# Measured\n\n"
        f"By `make bench PEERS={chosen}` on {today}, in {seconds / 60:.0f} minutes. A ratio is "
        "taken round by round, what it compares by turns on the same machine; then comes its "
        "median, with the least and the most of the rounds.\n\n" + "\n".join(lines)
    )


if __name__ == "__main__":
    main()
