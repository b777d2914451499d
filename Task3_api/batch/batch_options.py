"""What a client may ask of a batch: the parameters of its address, and what it accepts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

from flask import request

from Task1_database.errors import InputError
from Task1_database.files.workbook import MEDIA_TYPE
from Task3_api import parsing
from Task3_api.batch.row_reasons import MAX_REASONS
from Task3_api.parsing import Pairs, Parser, quote

T = TypeVar("T")
Format = Literal["csv", "xlsx"]
CSV, XLSX = "text/csv", MEDIA_TYPE
USE = "use."
FORMATS: dict[str, Format] = {"csv": "csv", "xlsx": "xlsx"}
COUNTS = {str(count): count for count in range(MAX_REASONS + 1)}
TAKES = (
    "batch_prediction takes range (0 or 1), format (csv or xlsx), explain (0 to 10), "
    "results (0 or 1), use.FEATURE=COLUMN and"
)


@dataclass(frozen=True)
class BatchOptions:
    """How a file shall be read and answered."""

    ranges: bool = True  # whether the answers shall have their range or set
    format: Format = "csv"  # of the answer
    # the columns of some features: see `match_columns`
    chosen: dict[str, str] = field(default_factory=dict)
    confidence: float | None = None  # how sure the answers shall be; None for the usual confidence
    explain: int = 0  # how many reasons each row shall have
    # whether the answers shall be stored for a while, to be looked at on a page
    results: bool = False

    @classmethod
    def of_request(cls, parser: Parser) -> BatchOptions:
        """Those of the present request's address.

        Raises InputError for a parameter that is unknown or repeated, or has another value.
        """
        values: dict[str, str] = {}
        address = parsing.pairs(request.query_string)
        for name, value in address:
            if name in values:
                raise InputError(f"{name[:40]} is given more than once", field=name[:40])
            values[name] = value
        confidence = parser.confidence(address)
        values.pop(parser.confidence_name, None)
        chosen = {
            name.removeprefix(USE): values.pop(name) for name in [*values] if name.startswith(USE)
        }
        accepts = "xlsx" if request.accept_mimetypes.best_match([CSV, XLSX]) == XLSX else "csv"
        ranges = _choice(values, "range", {"1": True, "0": False}, "1")
        file_format = _choice(values, "format", FORMATS, accepts)
        explain = _choice(values, "explain", COUNTS, "0")
        results = _choice(values, "results", {"1": True, "0": False}, "0")
        for name in values:
            takes = f"{TAKES} {parser.confidence_name}"
            raise InputError(f"{takes}, not {quote(name)}", field=name[:40])
        return cls(ranges, file_format, chosen, confidence, explain, results)

    def with_entries(self, parser: Parser, entries: Pairs) -> BatchOptions:
        """These, with the confidence that a form may give beside its file."""
        name = parser.confidence_name
        known = [] if self.confidence is None else [(name, str(self.confidence))]
        return replace(self, confidence=parser.confidence([*known, *entries]))


def _choice(values: dict[str, str], name: str, known: Mapping[str, T], default: str) -> T:
    """Take a parameter that has one of the known values."""
    value = values.pop(name, default)
    if value not in known:
        expected = " or ".join(known) if len(known) < 3 else f"from 0 to {len(known) - 1}"
        raise InputError(f"{name} must be {expected}, not {quote(value)}", field=name)
    return known[value]
