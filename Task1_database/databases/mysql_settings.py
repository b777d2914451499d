"""What makes SQL mean in MySQL and MariaDB what it means everywhere else.

Text is compared byte by byte, quotes and backslashes are as the standard has them, a division keeps
its digits, a value that does not fit is an error. Tablecast's own sessions set this, and those in
which the MySQL image loads a dataset.
"""

from __future__ import annotations

from collections.abc import Mapping

COLLATIONS = ("utf8mb4_0900_bin", "utf8mb4_nopad_bin")  # byte by byte: MySQL's, MariaDB's
MODE = (
    "STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ZERO_DATE,NO_ZERO_IN_DATE,ONLY_FULL_GROUP_BY,"
    "NO_ENGINE_SUBSTITUTION,ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES"
)
FORMAT = "FIELDS TERMINATED BY ',' ENCLOSED BY '\"' ESCAPED BY '' LINES TERMINATED BY '\n'"
DIGITS = {"div_precision_increment": 16}  # that a quotient gets: as many as a double has
MYSQL = {"cte_max_recursion_depth": 2**32 - 1}
MARIADB = {  # its joins would else take a time that grows with the square of the rows
    "max_recursive_iterations": 2**32 - 1,
    "join_cache_level": 4,
    "join_buffer_size": 1 << 24,
    "join_buffer_space_limit": 1 << 26,
}


def settings(more: Mapping[str, int], *, maria: bool) -> str:
    """The variables of a session and their values, as SET SESSION has them; `more` come first."""
    values = {**more, **DIGITS, **(MARIADB if maria else MYSQL)}
    return ", ".join(f"{name} = {value}" for name, value in values.items())
