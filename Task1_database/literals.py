r"""What the text of a value looks like, said once for all who read a file or a request.

`load` takes a cell only as one of these, whichever reader checks it: `schema.py` cell by cell,
`databases/duckdb_csv.py` in SQL, `init_sql.py` in that of the MySQL image. `new` and the answering
service differ on purpose:

- `new` looks for more (units, decimal commas, days as 31.12.2024), which it rewrites to these; and
  for less, as a number with zeros before it or of very many digits is a code.
- The service takes a NUMBER for every number, whatever the column's type, because a model's row is
  of floats; it refuses what is longer than 64 characters or greater than MAX_FLOAT32.

Patterns are in the syntax that `re` and RE2 (DuckDB) share.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping

FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # what spreadsheets take for a formula's beginning
INTEGER = r"0|-?[1-9][0-9]*"
MAX_FLOAT32 = 3.4028234663852886e38  # the largest number that a model's row holds
TEXT_BYTES = 65_535  # what MySQL's TEXT holds


def number_pattern(whole: str = r"[0-9]+", *, point: str = r"\.", exponent: str = r"[0-9]+") -> str:
    """Numbers, made of patterns for the digits before the point, the point and the exponent."""
    return rf"[+-]?(?:(?:{whole})(?:{point}[0-9]*)?|{point}[0-9]+)(?:[eE][+-]?{exponent})?"


NUMBER = number_pattern()


def decimal_pattern(scale: int) -> str:
    """Numbers of at most so many digits after the point, and without an exponent."""
    return rf"[+-]?(?:[0-9]+(?:\.[0-9]{{0,{scale}}})?|\.[0-9]{{1,{max(scale, 1)}}})"


def is_date(text: str) -> bool:
    """Whether a text is a day of the calendar, written as 2024-01-31."""
    try:
        return len(text) == 10 and datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def is_canonical_sql(value: str, text: str) -> str:
    """SQL for whether a value, of an integer or a date, is written as DuckDB itself writes it.

    For these two types that is what INTEGER and `is_date` allow.
    """
    return f"CAST({value} AS VARCHAR) = {text}"


def sql_text(text: object) -> str:
    """A text, or a path, as SQL writes it."""
    return "'" + str(text).replace("'", "''") + "'"


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would run a text; real numbers, such as -1, are none."""
    return text.startswith(FORMULA) and not re.fullmatch(NUMBER, text)


def harmless(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would run it."""
    return "'" + text if is_formula(text) else text


def keeps_formulas(environment: Mapping[str, str]) -> bool:
    """Whether files shall have such texts as they are: TABLECAST_FORMULAS=keep."""
    return environment.get("TABLECAST_FORMULAS") == "keep"
