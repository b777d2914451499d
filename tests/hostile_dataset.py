"""A dataset whose every text tries to be something else: markup, script, SQL, a formula, a format.

None of it is an error. Each text has to arrive on every page, in every file and in the report as
exactly the text that it is.
"""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path

SCRIPT = "<script>alert(1)</script>"
IMAGE = "<img src=x onerror=alert(2)>"
QUOTES = '"it\'s" `${alert(3)}` {{ 7*7 }} {% if %} &lt;b&gt; \\'
SQL = "'; DROP TABLE things; --"
LEFTWARDS = "\u202e\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd"
EMOJI = "🏠👩\u200d👩\u200d👧 🇫🇷 e\u0301"
LONG = "Donaudampfschifffahrtsgesellschaftskapitän" * 4
FORMULA = '=HYPERLINK("https://example.org","x")'
TEXTS = (SCRIPT, IMAGE, QUOTES, SQL, LEFTWARDS, EMOJI, LONG, FORMULA)
CLASSES = (f"no {SCRIPT}", f"yes {QUOTES}")

TOML = {
    "title": f"What is {SCRIPT} {LEFTWARDS}?",
    "description": " ".join(TEXTS),
    "task": "classification",
    "x": "size",
}
FEATURES = {  # name: label, unit, help
    "size": (f"Size {SCRIPT}", IMAGE, " ".join(TEXTS)),
    "kind": (LONG, "", f"Kind {QUOTES}"),
    "weight": (f"{EMOJI} {LEFTWARDS}", QUOTES, SQL),
}
SCHEMA = """\
CREATE TABLE things (
    id     INTEGER NOT NULL,
    size   DOUBLE PRECISION,
    kind   VARCHAR(400),
    weight INTEGER,
    good   VARCHAR(400)
);
"""
FEATURES_SQL = """\
CREATE TABLE feature_store AS
SELECT id AS row_id, size AS size, kind AS kind, weight AS weight, good AS good FROM things;
"""
QUESTION = f"""\
-- How many {SCRIPT} {IMAGE} are there?
-- {" ".join(TEXTS)}
SELECT kind, COUNT(*) AS things FROM feature_store GROUP BY kind ORDER BY things DESC, kind;
"""


def hostile(folder: Path, rows: int = 240) -> Path:
    """Write the dataset `hostile` under `folder`."""
    here = folder / "hostile"
    (here / "questions").mkdir(parents=True)
    (here / "dataset.toml").write_text(_toml(), encoding="utf-8")
    (here / "schema.sql").write_text(SCHEMA, encoding="utf-8")
    (here / "features.sql").write_text(FEATURES_SQL, encoding="utf-8")
    (here / "questions" / "01_how_many.sql").write_text(QUESTION, encoding="utf-8")
    with (here / "things.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(_table(rows))
    return here


def _table(rows: int) -> list[list[object]]:
    chance = random.Random(0)
    table: list[list[object]] = [["id", "size", "kind", "weight", "good"]]
    for number in range(1, rows + 1):
        size = round(chance.uniform(1, 100), 1)
        good = CLASSES[size + chance.gauss(0, 20) > 50]
        table.append([number, size, chance.choice(TEXTS), chance.randrange(10), good])
    return table


def _toml() -> str:
    """JSON's texts are TOML's too."""
    lines = [f"{key} = {_quoted(value)}" for key, value in TOML.items()]
    lines += ["[target]", 'name = "good"', f"label = {_quoted(f'Good {IMAGE}')}"]
    lines += [f"help = {_quoted(SCRIPT)}", f"positive = {_quoted(CLASSES[1])}"]
    lines += ["[target.classes]"]
    lines += [f"{_quoted(name)} = {_quoted(f'{name} {EMOJI}')}" for name in CLASSES]
    lines += ["[tables]", 'things = "things.csv"']
    for name, words in FEATURES.items():
        lines += [f"[features.{name}]"]
        keys = zip(("label", "unit", "help"), words, strict=True)
        lines += [f"{key} = {_quoted(text)}" for key, text in keys]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
