"""A first scan of a CSV while its bytes arrive: can it be read by splitting lines at commas?

It can where every line is one row and every comma parts two cells: no quotes, and the same number
of commas in every line. Most files are so; the others are read by the rules of RFC 4180, which
takes five times as long.
"""

from __future__ import annotations

from typing import IO, Self

import numpy as np

CHUNK = 1 << 18
COMMA, LINE_END = b",\n"
LONGEST_LINE = 1 << 20  # bytes, unless set otherwise; a file without line ends has longer ones


class SplitScan:
    """Scans a CSV's bytes, in order and cut anywhere.

    Parameters
    ----------
    longest_line : int
        The bytes that a line may have; what has a longer one is no file to be split.

    Attributes
    ----------
    longest_line : int
    lines : int
        How many there were, as long as the file can be split.
    """

    def __init__(self, longest_line: int = LONGEST_LINE) -> None:
        self.longest_line = longest_line
        self._can_split = True
        self._commas: int | None = None
        self._rest = b""
        self.lines = 0

    @classmethod
    def of(cls, file: IO[bytes], longest_line: int = LONGEST_LINE) -> Self:
        """A scan of a whole file."""
        scan = cls(longest_line)
        file.seek(0)
        while scan._can_split and (chunk := file.read(CHUNK)):
            scan.feed(chunk)
        return scan

    def feed(self, chunk: bytes) -> None:
        """Scan the next bytes."""
        if self._can_split:
            lines, end, self._rest = (self._rest + chunk).rpartition(b"\n")
            self._can_split = not end or self._are_rows(lines + end)
            self._can_split &= len(self._rest) <= self.longest_line

    def at_end(self) -> bool:
        """Whether the file can be split, its last line included."""
        if self._can_split and self._rest:
            self._can_split = b"\r" not in self._rest and self._are_rows(self._rest + b"\n")
            self._rest = b""
        return self._can_split and self._commas is not None

    def _are_rows(self, lines: bytes) -> bool:
        if b'"' in lines or b"\0" in lines:
            return False
        if b"\r" in lines and lines.count(b"\r") != lines.count(b"\r\n"):
            return False
        if self._commas is None:
            self._commas = lines.count(b",", 0, lines.index(b"\n"))
        self.lines += lines.count(b"\n")
        return _all_have(self._commas, lines, self.longest_line) and _is_utf8(lines)


def _all_have(count: int, lines: bytes, longest: int) -> bool:
    """Whether so many commas are in each of the lines, and none is longer than may be."""
    data = np.frombuffer(lines, np.uint8)
    commas, ends = np.flatnonzero(data == COMMA), np.flatnonzero(data == LINE_END)
    if not count or len(commas) != count * len(ends):
        return False  # an only column may have empty lines, which are no rows
    if np.diff(ends, prepend=-1).max() > longest + 1:
        return False
    first, last = commas[::count], commas[count - 1 :: count]
    return bool((last < ends).all() and (ends[:-1] < first[1:]).all())


def _is_utf8(data: bytes) -> bool:
    try:
        return data.isascii() or bool(data.decode())
    except UnicodeDecodeError:
        return False
