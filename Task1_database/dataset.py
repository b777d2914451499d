"""A dataset is a folder: what it is about, its tables, its SQL and its questions, read and checked.

`dataset.toml` names the target and the features, `schema.sql` types the raw CSVs, `features.sql`
turns them into `feature_store`, and `questions/NN_name.sql` ask what people want to know.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from Task1_database.dataset_reading import read_readings
from Task1_database.errors import DatasetError
from Task1_database.files.column_reading import ColumnReading
from Task1_database.schema import Table, parse
from Task1_database.target import CostsText, TargetText, Task, read_costs, read_target
from Task1_database.toml_section import IDENTIFIER, TomlSection
from Task1_database.workspace import Workspace

SHIPPED = Path(__file__).parent / "datasets"
TOML = "dataset.toml"
FEATURES_TABLE = "feature_store"
ROW_ID = "row_id"
_QUESTION_FILE = re.compile(r"(\d\d)_([a-z0-9_]+)\.sql")
_QUESTION = re.compile(r"((?:--[^\n]*\n)+)\s*((?:SELECT|WITH)\b.+?)\s*;?\s*", re.S | re.I)
_FEATURES = re.compile(
    rf"(?:\s|--[^\n]*\n)*CREATE\s+TABLE\s+{FEATURES_TABLE}\s+AS\s+((?:SELECT|WITH)\b.+?)\s*;?\s*",
    re.S | re.I,
)


@dataclass(frozen=True)
class FeatureText:
    """How people call a feature; of a `private` one the service keeps no values."""

    label: str
    unit: str = ""
    help: str = ""
    private: bool = False


@dataclass(frozen=True)
class Question:
    """A question in English, a note on how to read its answer, and the SELECT that gives it.

    `file` is the path of its .sql file inside the dataset's folder.
    """

    number: int
    name: str
    text: str
    note: str
    sql: str
    file: str


@dataclass(frozen=True)
class SplitText:
    """How rows that are not alike are split: by a column of feature_store, feature or not."""

    kind: Literal["time", "group"]
    column: str


@dataclass(frozen=True)
class Dataset:
    """A dataset's folder, read.

    Attributes
    ----------
    tables : dict
        The CSV file of each raw table, in the order in which they are loaded.
    schema : dict
        The columns of each raw table, from schema.sql.
    features : dict
        The features in their order, each with its label.
    features_select : str
        The SELECT inside features_sql.
    excluded : dict
        The columns of the raw tables that are kept out of the features on purpose, each with why.
    model : str or None
        The registered model to train; None for the default one.
    split : SplitText or None
        Where rows have an order in time or belong together.
    readings : dict
        How the cells are written that a feature is made of, where that is known.
    coverage_groups : str
        The feature whose every value shall be covered as often as promised; empty for none.
    confidence : float
        How often the ranges and sets hold the truth where nobody asks otherwise; 0.9 for 90 %.
    costs : CostsText or None
        Of two classes what each of the two errors costs.
    similar_cases : bool
        Whether the page may show rows of the data, those most like what is asked about.
    keep : str
        The folder or URL in which `tablecast serve` keeps its answers; empty for none.
    """

    name: str
    folder: Path
    title: str
    description: str
    task: Task
    x: str
    target: TargetText
    tables: dict[str, str]
    features: dict[str, FeatureText]
    schema: dict[str, Table]
    schema_sql: str
    features_sql: str
    features_select: str
    questions: tuple[Question, ...]
    excluded: dict[str, str]
    readings: dict[str, ColumnReading]
    model: str | None = None
    split: SplitText | None = None
    coverage_groups: str = ""
    confidence: float = 0.9
    costs: CostsText | None = None
    similar_cases: bool = False
    keep: str = ""

    @classmethod
    def open(cls, name_or_path: str) -> Dataset:
        """The shipped dataset of that name, or the one in that folder.

        Raises DatasetError, naming the file and the key that is missing, unknown or wrong.
        """
        return _read(_find(name_or_path))

    def csv_path(self, table: str) -> Path:
        """Where a table's CSV lies."""
        return self.folder / self.tables[table]


def argument_of(folder: Path) -> str:
    """What commands call a dataset's folder: its name where that will do."""
    return folder.name if folder.parent in (SHIPPED, Workspace.here().home) else str(folder)


def _find(name_or_path: str) -> Path:
    shipped = {file.parent.name: file.parent for file in sorted(SHIPPED.glob(f"*/{TOML}"))}
    folder = shipped.get(name_or_path) or Path(name_or_path).resolve()
    if not folder.is_dir() and IDENTIFIER.fullmatch(name_or_path):
        folder = Workspace.here().home / name_or_path
    if not folder.is_dir():
        raise _unknown(name_or_path, list(shipped))
    if not IDENTIFIER.fullmatch(folder.name):
        raise DatasetError(
            f"{folder.name!r} cannot name a dataset; "
            "expected a folder named in small letters, digits and _, such as houses"
        )
    return folder


def _unknown(name: str, shipped: list[str]) -> DatasetError:
    """That there is no such dataset, with the one that may be meant, and all that there are."""
    if Path(name).is_file():
        return DatasetError(
            f"{name} is a file; `tablecast new {name} --target COLUMN` makes a dataset of it"
        )
    home = Workspace.here().home
    own = sorted(file.parent.name for file in home.glob(f"*/{TOML}"))
    close = difflib.get_close_matches(name, [*shipped, *own], n=1)
    hint = f"did you mean {close[0]}? Shipped are" if close else "shipped are"
    yours = f"yours, in {home}, are {', '.join(own)}" if own else f"there is none in {home}"
    return DatasetError(f"there is no dataset {name!r}; {hint} {', '.join(shipped)}; {yours}")


def _read(folder: Path) -> Dataset:
    toml = TomlSection.parse(_text(folder, TOML), TOML)
    toml.only(
        "title", "description", "task", "x", "model", "confidence", "similar_cases", "keep",
        "split", "coverage", "costs",
        "target", "tables", "features", "excluded", "reading",
    )  # fmt: skip
    task = cast("Task", toml.choice("task", "regression", "classification"))
    features = {
        name: _feature_text(section)
        for name, section in toml.section("features").sections().items()
    }
    schema_sql, features_sql = _text(folder, "schema.sql"), _text(folder, "features.sql")
    tables = _tables(folder, toml.section("tables"))
    schema = _schema(schema_sql, tables)
    target = read_target(toml.section("target"), task, {ROW_ID, *features})
    return Dataset(
        name=folder.name,
        folder=folder,
        title=toml.string("title"),
        description=toml.string("description"),
        task=task,
        x=toml.choice("x", *features),
        target=target,
        tables=tables,
        features=features,
        schema=schema,
        schema_sql=schema_sql,
        features_sql=features_sql,
        features_select=(select := _features_select(features_sql)),
        questions=_questions(folder),
        excluded=_excluded(toml, schema, {*features, target.name}),
        readings=read_readings(toml, features, select, schema),
        model=toml.string("model") if "model" in toml else None,
        split=_split(toml.section("split"), target.name) if "split" in toml else None,
        coverage_groups=_coverage_groups(toml, features),
        confidence=_confidence(toml),
        costs=_costs(toml, task, target),
        similar_cases=toml.boolean("similar_cases"),
        keep=toml.string("keep", ""),
    )


def _text(folder: Path, name: str) -> str:
    try:
        return (folder / name).read_text("utf-8")
    except FileNotFoundError:
        raise DatasetError(f"{name} is missing in {folder}") from None
    except UnicodeDecodeError:
        raise DatasetError(f"{name} is not UTF-8; save it as such") from None


def _feature_text(section: TomlSection) -> FeatureText:
    section.only("label", "unit", "help", "private")
    return FeatureText(
        section.string("label"),
        section.string("unit", ""),
        section.string("help", ""),
        section.boolean("private"),
    )


def _split(section: TomlSection, target: str) -> SplitText:
    if len(list(section.only("time", "group"))) > 1:
        raise section.wrong("time", "either time or group, not both")
    kind: Literal["time", "group"] = "time" if "time" in section else "group"
    column = section.identifier(kind, section.string(kind))
    if column == target:
        raise section.wrong(kind, f"a column of {FEATURES_TABLE} other than the target")
    return SplitText(kind, column)


def _costs(toml: TomlSection, task: Task, target: TargetText) -> CostsText | None:
    if "costs" not in toml:
        return None
    if task == "regression":
        raise toml.wrong("costs", "no such section: it is for two classes")
    return read_costs(toml.section("costs"), target)


def _coverage_groups(toml: TomlSection, features: Iterable[str]) -> str:
    if "coverage" not in toml:
        return ""
    section = toml.section("coverage")
    section.only("groups")
    return section.choice("groups", *features)


def _confidence(toml: TomlSection) -> float:
    value = toml.number("confidence")
    if value is not None and not 0 < value < 1:
        raise toml.wrong("confidence", "a number between 0 and 1, such as 0.9")
    return 0.9 if value is None else float(value)


def _tables(folder: Path, section: TomlSection) -> dict[str, str]:
    files = {section.identifier(table): section.string(table) for table in section}
    for table, file in files.items():
        if Path(file).name != file:
            raise section.wrong(table, "the name of a CSV file in the dataset's folder")
        if not (folder / file).is_file():
            raise DatasetError(f"{file} is missing in {folder}")
    return files


def _schema(sql: str, tables: dict[str, str]) -> dict[str, Table]:
    schema = {table.name: table for table in parse(sql, "schema.sql")}
    for name in sorted(tables.keys() ^ schema.keys()):
        lacking = "schema.sql" if name in tables else f"[tables] of {TOML}"
        raise DatasetError(f"table {name} is missing in {lacking}")
    return {name: schema[name] for name in tables}


def _excluded(toml: TomlSection, schema: dict[str, Table], used: set[str]) -> dict[str, str]:
    if "excluded" not in toml:
        return {}
    section = toml.section("excluded")
    raw = {column.header for table in schema.values() for column in table.columns}
    for column in section:
        if column.lower() not in raw:
            raise section.wrong(column, "a column of schema.sql")
        if column in used:
            raise section.wrong(column, "a column that is neither a feature nor the target")
    return section.strings()


def _features_select(sql: str) -> str:
    match = _FEATURES.fullmatch(sql)
    if not match:
        raise DatasetError(f"features.sql: expected CREATE TABLE {FEATURES_TABLE} AS SELECT …")
    return match[1]


def _questions(folder: Path) -> tuple[Question, ...]:
    files = sorted(file.name for file in (folder / "questions").glob("*.sql"))
    return tuple(
        _question(f"questions/{file}", _text(folder / "questions", file)) for file in files
    )


def _question(file: str, sql: str) -> Question:
    name = _QUESTION_FILE.fullmatch(Path(file).name)
    if not name:
        raise DatasetError(f"{file}: expected a name such as 01_price_by_size.sql")
    match = _QUESTION.fullmatch(sql)
    if not match:
        raise DatasetError(f"{file}: expected the question as a -- comment, then one SELECT")
    text, *note = (line.strip("- \t\r") for line in match[1].splitlines())
    return Question(int(name[1]), name[2], text, " ".join(note), match[2], file)
