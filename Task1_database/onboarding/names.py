"""Names that every database takes as they stand, made of whatever a file calls its columns.

Small letters, digits and `_`, a letter first, and none of the words that DuckDB, MySQL, MariaDB or
PostgreSQL keep for themselves: so no name in the SQL ever needs quotes, and none can do harm.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator

MAX_LENGTH = 48  # of the 63 that PostgreSQL keeps: room for endings such as _weekday
RESERVED = frozenset(
    """
    accessible add all alter analyse analyze and anti any array as asc asensitive asof
    asymmetric at authorization before between bigint binary blob both by call cascade case cast
    change char character check collate collation column concurrently condition constraint
    continue convert create cross cube cume_dist current_catalog current_date current_role
    current_schema current_time current_timestamp current_user cursor database databases
    day_hour day_microsecond day_minute day_second dec decimal declare default deferrable
    delayed delete delete_domain_id delimiter dense_rank desc describe deterministic distinct
    distinctrow div do do_domain_ids double drop dual each else elseif empty enclosed end
    escaped except exists exit explain external false fetch first_value float float4 float8 for
    force foreign freeze from full fulltext function generated get glob grant group grouping
    groups having high_priority hour_microsecond hour_minute hour_second if ignore
    ignore_domain_ids ilike in index infile initially inner inout insensitive insert int int1
    int2 int3 int4 int8 integer intersect interval into io_after_gtids io_before_gtids is isnull
    iterate join json_table key keys kill lag lambda last_value lateral lead leading leave left
    library like limit linear lines load localtime localtimestamp lock long longblob longtext
    loop low_priority manual master_bind master_demote_to_replica master_demote_to_slave
    master_ssl_verify_server_cert match maxvalue mediumblob mediumint mediumtext middleint
    minute_microsecond minute_second mod modifies natural no_write_to_binlog not notnull
    nth_value ntile null numeric of offset on only optimize optimizer_costs option optionally or
    order out outer outfile over overlaps page_checksum parallel parse_vcol_expr partition
    percent_rank pivot pivot_longer pivot_wider placing portion positional precision primary
    procedure purge qualify range rank read read_write reads real recursive ref_system_id
    references regexp release rename repeat replace require resignal restrict return returning
    revoke right rlike row row_number rows schema schemas second_microsecond select semi
    sensitive separator session_user set show signal similar smallint some spatial specific sql
    sql_big_result sql_buffer_result sql_cache sql_calc_found_rows sql_no_cache sql_small_result
    sqlexception sqlstate sqlwarning ssl starting stats_auto_recalc stats_persistent
    stats_sample_pages stored straight_join summarize symmetric system table tablesample
    terminated then tinyblob tinyint tinytext to trailing trigger true undo union unique unlock
    unpack unpivot unsigned update usage use user using utc_date utc_time utc_timestamp values
    varbinary varchar varcharacter variadic varying verbose virtual when where while window with
    write xor year_month zerofill
    cmax cmin ctid db_roll_ptr db_row_id db_trx_id rowid tableoid xmax xmin
    """.split()  # noqa: SIM905 (as a list it would be 340 lines)
)
_SPELT = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "đ": "d",
        "Đ": "D", "ł": "l", "Ł": "L", "þ": "th", "Þ": "Th", "ð": "d", "ı": "i", "µ": "u",
        "%": " percent ", "#": " number ", "&": " and ", "€": " eur ", "£": " gbp ", "'": "",
    }
)  # fmt: skip
_JOINTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_CODED = re.compile(r"[A-Za-z][A-Za-z0-9]*([._]+[A-Za-z0-9]+)*[._]*")
_BETWEEN = re.compile(r"[ ._]+")
_UNQUOTED = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def safe_name(text: str, otherwise: str = "") -> str:
    """A text as a name: `livingArea (m²)` is living_area_m2; `otherwise` where nothing is left."""
    ascii_text = (
        unicodedata.normalize("NFKD", text.translate(_SPELT)).encode("ascii", "ignore").decode()
    )
    words = re.findall(r"[a-z0-9]+", _JOINTS.sub(" ", ascii_text).lower())
    name = "_".join(words)[:MAX_LENGTH].strip("_")
    if name and not name[0].isalpha():
        name = f"n_{name}"
    return f"{name}_" if name in RESERVED else name or otherwise


def safe_names(labels: Iterable[str], taken: Collection[str] = ()) -> Iterator[str]:
    """A different name for each label, none of them among those taken."""
    used = set(taken)
    for number, label in enumerate(labels, start=1):
        name = free(safe_name(label, f"column_{number}"), used)
        used.add(name)
        yield name


def free(name: str, taken: Collection[str]) -> str:
    """The name, or if it is taken the first of name_2, name_3, … that is not."""
    candidate, number = name, 1
    while candidate in taken:
        number += 1
        candidate = f"{name.rstrip('_')}_{number}"
    return candidate


def is_safe(label: str) -> bool:
    """Whether SQL takes a column's name as it stands, in whatever case."""
    return (
        bool(_UNQUOTED.fullmatch(label))
        and len(label) <= MAX_LENGTH
        and label.lower() not in RESERVED
    )


def one_line(label: str) -> str:
    """A label as a title or a comment can hold it: printable, and on one line."""
    printable = "".join(letter if letter.isprintable() else " " for letter in label)
    return " ".join(printable.split())


def readable(label: str) -> str:
    """A label as people would write it: petal.Length is Petal length, and Länge (m) stays.

    >>> readable("SexCode"), readable("BMI_adult"), readable("survived")
    ('Sex code', 'BMI adult', 'Survived')
    """
    if not _CODED.fullmatch(label):
        return label
    words = [word for word in _BETWEEN.split(_JOINTS.sub(" ", label)) if word]
    text = " ".join(word if word.isupper() else word.lower() for word in words)
    return text[:1].upper() + text[1:] or label


def join_quoted(texts: Collection[str], at_most: int | None = None) -> str:
    """Texts, each in quotes, one after the other; of many only the first, and how many more."""
    more = 0 if at_most is None else len(texts) - at_most
    quoted = ", ".join(repr(text) for text in [*texts][:at_most])
    return f"{quoted} and {more} more" if more > 0 else quoted
