"""What a table's columns may hold, read from `schema.sql`.

The file is `CREATE TABLE` statements in words that DuckDB, MySQL, MariaDB and PostgreSQL
share. Each column type tells here which text of a CSV is a value of it, by the patterns of
`literals.py`; everything else is refused, never rounded, trimmed or cut.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from Task1_database.errors import DatasetError
from Task1_database.literals import INTEGER, NUMBER, TEXT_BYTES, decimal_pattern, is_date

BITS = {"SMALLINT": 16, "INTEGER": 32, "BIGINT": 64}
TYPES = "SMALLINT, INTEGER, BIGINT, DOUBLE PRECISION, DECIMAL(p,s), DATE, VARCHAR(n), TEXT"

_NAME = r'(?:\w+|"(?:[^"]|"")+")'
_TYPE = r"""SMALLINT | INTEGER | BIGINT | DOUBLE\s+PRECISION | DATE | TEXT
          | DECIMAL\s*\(\s*\d+\s*,\s*\d+\s*\) | VARCHAR\s*\(\s*\d+\s*\)"""
_COLUMN = re.compile(rf"\s*({_NAME})\s+({_TYPE})(\s+NOT\s+NULL)?\s*([,)])", re.I | re.X)
_CREATE = re.compile(rf"\s*CREATE\s+TABLE\s+({_NAME})\s*\(", re.I)
_END = re.compile(r"\s*(;\s*|$)")
_COMMENT = re.compile(r'("(?:[^"]|"")*")|--[^\n]*')


@dataclass(frozen=True)
class Column:
    """One column of a table."""

    name: str
    base: str  # SMALLINT, INTEGER, BIGINT, DOUBLE PRECISION, DECIMAL, DATE, TEXT or VARCHAR
    # (precision, scale) of a DECIMAL, (characters,) of a VARCHAR; empty otherwise
    size: tuple[int, ...] = ()
    required: bool = False

    @property
    def header(self) -> str:
        """The name as it is compared with a CSV's header: no quotes, one case."""
        return self.name.strip('"').replace('""', '"').lower()

    @property
    def type(self) -> str:
        """The type as SQL writes it."""
        return f"{self.base}({','.join(map(str, self.size))})" if self.size else self.base

    @property
    def pattern(self) -> str | None:
        """What a number of this type looks like (RE2 and `re` read it alike); None for others."""
        if self.base in BITS:
            return INTEGER
        if self.base == "DECIMAL":
            return decimal_pattern(self.size[1])
        return NUMBER if self.base == "DOUBLE PRECISION" else None

    @property
    def expected(self) -> str:
        """The type with what it means, for an error message."""
        if self.base in BITS:
            top = 2 ** (BITS[self.base] - 1)
            meaning = f"a whole number from {-top} to {top - 1}, no zeros before it"
        elif self.base == "DECIMAL":
            precision, scale = self.size
            meaning = f"at most {precision - scale} digits before the point and {scale} after it"
        else:
            meaning = {
                "DOUBLE PRECISION": "a number such as 12.5",
                "DATE": "a day such as 2024-01-31",
                "VARCHAR": f"at most {self.size[0] if self.size else 0} characters",
                "TEXT": f"at most {TEXT_BYTES} bytes",
            }[self.base]
        return f"{self.type}{' NOT NULL' if self.required else ''} ({meaning})"

    def accepts(self, text: str) -> bool:
        """Whether one cell of a CSV is a value of this column; an empty cell means NULL."""
        if not text:
            return not self.required
        if self.pattern is not None and not re.fullmatch(self.pattern, text):
            return False
        return self._in_range(text)

    def _in_range(self, text: str) -> bool:
        if self.base in BITS:
            top = 2 ** (BITS[self.base] - 1)
            return len(text) <= 20 and -top <= int(text) < top
        if self.base == "DECIMAL":
            return Decimal(text).copy_abs() < Decimal(10) ** (self.size[0] - self.size[1])
        if self.base == "DOUBLE PRECISION":
            return math.isfinite(float(text))
        if self.base == "DATE":
            return is_date(text)
        if self.base == "VARCHAR":
            return len(text) <= self.size[0]
        return len(text.encode()) <= TEXT_BYTES


@dataclass(frozen=True)
class Table:
    """A table as `schema.sql` declares it: its name, and its columns in order."""

    name: str
    columns: tuple[Column, ...]

    def ddl(self, name: str | None = None) -> str:
        """The CREATE TABLE statement, under another name if one is given."""
        columns = (
            f"{column.name} {column.type}{' NOT NULL' if column.required else ''}"
            for column in self.columns
        )
        return f"CREATE TABLE {name or self.name} ({', '.join(columns)})"


def parse(sql: str, where: str) -> tuple[Table, ...]:
    """The tables of a schema.

    Raises DatasetError, naming `where` and the line at which the text is no such statement.
    """
    blanked = _COMMENT.sub(lambda match: match[1] or " " * len(match[0]), sql)
    return tuple(_tables(blanked, where))


def _tables(sql: str, where: str) -> Iterator[Table]:
    at = 0
    while sql[at:].strip():
        create = _CREATE.match(sql, at)
        if not create:
            raise _unreadable(sql, at, where, "CREATE TABLE name (")
        columns, at = _columns(sql, create.end(), where)
        end = _END.match(sql, at)
        if not end:
            raise _unreadable(sql, at, where, "; after the closing bracket")
        at = end.end()
        yield Table(create[1], tuple(columns))


def _columns(sql: str, at: int, where: str) -> tuple[list[Column], int]:
    columns: list[Column] = []
    while True:
        match = _COLUMN.match(sql, at)
        if not match:
            raise _unreadable(sql, at, where, f"a column as: name TYPE [NOT NULL], of {TYPES}")
        base, _, size = match[2].upper().partition("(")
        sizes = tuple(int(number) for number in re.findall(r"\d+", size))
        columns.append(Column(match[1], " ".join(base.split()), sizes, bool(match[3])))
        at = match.end()
        if match[4] == ")":
            return columns, at


def _unreadable(sql: str, at: int, where: str, expected: str) -> DatasetError:
    at += len(sql[at:]) - len(sql[at:].lstrip())
    line = sql.count("\n", 0, at) + 1
    return DatasetError(f"{where}, line {line}: expected {expected}")
