"""The SQL with which the MySQL image loads a dataset, made of the same definitions as `load` uses.

The image has no Python at its first start. So a stage of its build writes this SQL, and what is
left to do then is plain: `initdb/load.sh` runs it step by step. A CSV's cells come into the table
_init.raw as they are, as text, in the columns c1, c2, … of the order of the schema; what is wrong
with them is printed in the words of `csv_file.py` and `schema.py`.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from itertools import count

from Task1_database.databases.base import KINDS
from Task1_database.databases.mysql_settings import COLLATIONS, FORMAT, MODE, settings
from Task1_database.dataset import FEATURES_TABLE, ROW_ID, Dataset, Question
from Task1_database.literals import TEXT_BYTES
from Task1_database.literals import sql_text as text
from Task1_database.schema import BITS, Column, Table

FILES = "/var/lib/mysql-files"  # where the server reads files
HEADER, RECORDS = ".header.csv", ".records.csv"  # what initdb/records.awk makes of a CSV
CSV = f"CHARACTER SET utf8mb4 {FORMAT}"
LARGEST = repr(sys.float_info.max)
TENTH = repr(sys.float_info.max / 10)
DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"


def session(*, maria: bool = False) -> str:
    """What the client sets before anything else, so that SQL means what it means everywhere."""
    values = settings({"group_concat_max_len": 1 << 24}, maria=maria)
    return f"SET collation_connection = {COLLATIONS[maria]}, sql_mode = '{MODE}', {values}"


def tables(dataset: Dataset) -> str:
    """The raw tables."""
    return "".join(f"{table.ddl()};\n" for table in dataset.schema.values())


def load(folder: str = FILES) -> str:
    """Take the records of a CSV into _init.raw; what ends it is a list of the columns."""
    return f"LOAD DATA INFILE {text(f'{folder}/{RECORDS}')} INTO TABLE _init.raw {CSV}\n"


@dataclass(frozen=True)
class CsvImport:
    """How the CSV called `file` comes into `table`."""

    table: Table
    file: str

    def header(self, folder: str = FILES) -> str:
        """Make _init.raw, take the names in the CSV's header, and print what is wrong with them.

        `folder` is where the header lies, as `initdb/records.awk` writes it.
        """
        names = ", ".join(column.header for column in self.table.columns)
        cells = ", ".join(f"c{i} LONGTEXT" for i, _ in self._columns())
        rows = ", ".join(
            f"({i}, {text(column.header)}, {text(column.expected)})"
            for i, column in self._columns()
        )
        return f"""\
DROP TABLE IF EXISTS _init.header, _init.columns, _init.raw;
CREATE TABLE _init.raw (line BIGINT PRIMARY KEY, {cells});
CREATE TABLE _init.columns (i INT PRIMARY KEY, name TEXT, expected TEXT);
INSERT INTO _init.columns VALUES {rows};
CREATE TABLE _init.header (line BIGINT, position INT PRIMARY KEY, name TEXT);
LOAD DATA INFILE {text(f"{folder}/{HEADER}")} INTO TABLE _init.header {CSV};
UPDATE _init.header SET name = LOWER(name);
SELECT CONCAT({text(f"{self.file}, line 1: ")}, error, {text(f"; expected the columns {names}")})
FROM (
    SELECT 0 AS position, 'is blank' AS error FROM _init.header WHERE line > 1
    UNION ALL
    SELECT position, CONCAT(_init.repr(name), {text(f" is not a column of {self.table.name}")})
    FROM _init.header
    WHERE name NOT IN (SELECT name FROM _init.columns)
    UNION ALL
    SELECT MIN(position), CONCAT('column ', name, ' is there ', COUNT(*), ' times')
    FROM _init.header
    WHERE name IN (SELECT name FROM _init.columns)
    GROUP BY name
    HAVING COUNT(*) > 1
    UNION ALL
    SELECT 100000 + i, CONCAT('column ', name, ' is missing')
    FROM _init.columns
    WHERE name NOT IN (SELECT name FROM _init.header)
) AS errors
ORDER BY position
LIMIT 1;
"""

    def check(self) -> str:
        """Print the first cell of _init.raw that is not a value of its column, if there is one."""
        tests = {i: accepts(column, f"c{i}") for i, column in self._columns()}
        accepted = "\n    AND ".join(tests.values())
        cells = " ".join(f"WHEN {i} THEN c{i}" for i in tests)
        refused = "\n        ".join(f"WHEN {i} THEN NOT {test}" for i, test in tests.items())
        return f"""\
SET @line = (SELECT line FROM _init.raw WHERE NOT (
    {accepted}
) ORDER BY line LIMIT 1);
WITH cells AS (
    SELECT position, name, expected, CASE i {cells} END AS cell, CASE i
        {refused}
    END AS refused
    FROM _init.raw CROSS JOIN _init.columns INNER JOIN _init.header USING (name)
    WHERE raw.line = @line
), placed AS (
    SELECT
        cells.*,
        @line - _init.breaks(cell) + SUM(_init.breaks(cell)) OVER (ORDER BY position) AS line
    FROM cells
)
SELECT CONCAT(
    {text(f"{self.file}, line ")}, line, ', column ', name, ': ',
    IF(cell = '', 'is empty', _init.repr(cell)), '; expected ', expected
)
FROM placed WHERE refused ORDER BY position LIMIT 1;
"""

    def insert(self) -> str:
        """Take the rows of _init.raw; print how many, and of how many the server complained."""
        names = ", ".join(column.name for column in self.table.columns)
        cells = ", ".join(f"NULLIF(c{i}, '')" for i, _ in self._columns())
        return f"""\
INSERT INTO {self.table.name} ({names}) SELECT {cells} FROM _init.raw ORDER BY line;
SELECT ROW_COUNT(), @@warning_count;
"""

    def _columns(self) -> list[tuple[int, Column]]:
        return list(enumerate(self.table.columns, 1))


def accepts(column: Column, cell: str) -> str:
    """A condition on a cell's text: `Column.accepts`, as MySQL and MariaDB have it."""
    return f"IF({cell} = '', {int(not column.required)}, {_accepts(column, cell)})"


def _accepts(column: Column, cell: str) -> str:
    if column.base == "VARCHAR":
        return f"CHAR_LENGTH({cell}) <= {column.size[0]}"
    if column.base == "TEXT":
        return f"LENGTH({cell}) <= {TEXT_BYTES}"
    if column.base == "DATE":
        return (
            f"CASE WHEN {_matches(cell, DAY)} AND {cell} >= '0001' "
            f"THEN CAST({cell} AS DATE) IS NOT NULL ELSE 0 END"
        )
    return (
        f"CASE WHEN {_matches(cell, str(column.pattern))} THEN {_in_range(column, cell)} ELSE 0 END"
    )


def _in_range(column: Column, cell: str) -> str:
    """A condition on a number's text."""
    if column.base in BITS:
        top = 2 ** (BITS[column.base] - 1)
        number = f"CAST({cell} AS DECIMAL(20))"
        return f"CHAR_LENGTH({cell}) <= 20 AND {number} BETWEEN {-top} AND {top - 1}"
    if column.base == "DECIMAL":
        precision, scale = column.size
        return _matches(cell, rf"[+-]?0*[0-9]{{0,{precision - scale}}}(?:\.[0-9]*)?")
    # what is too large comes as the largest, and is told from it by a tenth of both
    digits = f"SUBSTRING_INDEX(LOWER({cell}), 'e', 1)"
    power = f"IF(LOCATE('e', LOWER({cell})), SUBSTRING_INDEX(LOWER({cell}), 'e', -1), 0)"
    tenth = f"CAST(CONCAT({digits}, 'e', CAST({power} AS DECIMAL(30)) - 1) AS DOUBLE)"
    return f"IF(ABS(CAST({cell} AS DOUBLE)) < {LARGEST}, 1, ABS({tenth}) <= {TENTH})"


def _matches(cell: str, pattern: str) -> str:
    whole = rf"\A(?:{pattern})\z"
    return f"{cell} REGEXP {text(whole)}"


def features(dataset: Dataset) -> str:
    """Make feature_store."""
    return _one_statement(f"CREATE TABLE {FEATURES_TABLE} AS\n{dataset.features_select}")


def features_columns(dataset: Dataset) -> str:
    """Print what is wrong with the columns of feature_store, if anything is, as `load` says it."""
    expected = ", ".join([ROW_ID, *dataset.features, dataset.target.name])
    kinds = ", ".join(map(text, KINDS))
    whole = ", ".join(text(name) for name, kind in KINDS.items() if kind == "integer")
    return f"""\
SELECT
    GROUP_CONCAT(column_name ORDER BY ordinal_position SEPARATOR ', '),
    MIN(CASE WHEN data_type NOT IN ({kinds})
        THEN CONCAT('{FEATURES_TABLE}.', column_name, ' is a ', UPPER(data_type)) END),
    MAX(column_name = '{ROW_ID}' AND (data_type IN ({whole}) OR column_type LIKE 'decimal(%,0)'))
INTO @columns, @odd, @whole
FROM information_schema.columns
WHERE table_schema = DATABASE() AND table_name = '{FEATURES_TABLE}';
SELECT CONCAT('features.sql: ', CASE
    WHEN @odd IS NOT NULL THEN CONCAT(@odd, '; expected a number, text or a date')
    WHEN @columns <> {text(expected)}
        THEN CONCAT('gives the columns ', @columns, {text(f"; expected {expected}")})
    WHEN NOT @whole THEN '{ROW_ID} is not a whole number'
END);
"""


def features_rows() -> str:
    """Print what is wrong with the rows of feature_store, if anything is, as `load` says it."""
    return f"""\
SELECT CONCAT('features.sql: ', CASE
    WHEN COUNT(*) = 0 THEN 'gives no rows'
    WHEN COUNT({ROW_ID}) < COUNT(*) OR COUNT(DISTINCT {ROW_ID}) < COUNT(*)
        THEN '{ROW_ID} is not different in each row'
END)
FROM {FEATURES_TABLE};
"""


def answer(dataset: Dataset, question: Question) -> str:
    """Print the answer to a question as a CSV.

    It goes through a table, whose columns have types and whose rows are numbered, in a column that
    none of the answer's can be called like.
    """
    sources = question.sql + dataset.schema_sql + dataset.features_sql
    number = next(name for n in count() if (name := f"_n{n}") not in sources.lower())
    create = f"CREATE TABLE _init.answer ({number} BIGINT AUTO_INCREMENT PRIMARY KEY) AS\n"
    return f"""\
SET sql_mode = REPLACE(@@sql_mode, 'ERROR_FOR_DIVISION_BY_ZERO', '');
DROP TABLE IF EXISTS _init.answer;
{_one_statement(create + question.sql)}CALL _init.print_answer();
"""


def _one_statement(sql: str) -> str:
    """Run one statement, and refuse a text that holds another one."""
    return (
        f"SET @statement = {text(sql)};\nPREPARE statement FROM @statement;\nEXECUTE statement;\n"
    )
