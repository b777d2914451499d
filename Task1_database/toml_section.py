"""A section of a TOML file, read key by key, whose complaints name the file and the key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from Task1_database.errors import DatasetError

IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")


MAX_LENGTH = 2**20
DEEP_KEY = re.compile(
    r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]{0,99}+"|'[^'\n]{0,99}+')[ \t]{0,9}+\.[ \t]{0,9}+){50}"""
)


class TomlSection:
    """The keys and values of one section; `file` and `prefix` say where they stand."""

    def __init__(self, values: dict[str, Any], file: str, prefix: str = "") -> None:
        self._values = values
        self._file = file
        self._prefix = prefix

    @classmethod
    def parse(cls, text: str, file: str) -> TomlSection:
        """The whole of a TOML file as a section."""
        if len(text) > MAX_LENGTH:
            raise DatasetError(f"{file}: it is longer than {MAX_LENGTH:,} characters")
        if DEEP_KEY.search(text):  # it would be read in a time that grows with its square
            raise DatasetError(f"{file}: a key has too many dots")
        try:
            return cls(tomllib.loads(text), file)
        except tomllib.TOMLDecodeError as error:
            raise DatasetError(f"{file}: {error}") from error
        except RecursionError as error:
            raise DatasetError(f"{file}: lists or tables are nested too deeply") from error

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def only(self, *known: str) -> TomlSection:
        """This section, once it is sure that it has no other keys."""
        for key in self:
            if key not in known:
                raise self.wrong(key, f"no such key; known are {', '.join(known)}")
        return self

    def string(self, key: str, default: str | None = None) -> str:
        """The text under a key."""
        value = self._values.get(key, default)
        if not isinstance(value, str):
            raise self.wrong(key, "a text in quotes")
        return value

    def choice(self, key: str, *options: str) -> str:
        """The text under a key, one of several."""
        value = self.string(key)
        if value not in options:
            raise self.wrong(key, " or ".join(options))
        return value

    def integer(self, key: str) -> int | None:
        """The whole number under a key; None if the key is not there."""
        value = self._values.get(key)
        if key in self and type(value) is not int:
            raise self.wrong(key, "a whole number")
        return value

    def number(self, key: str) -> float | None:
        """The number under a key; None if the key is not there."""
        value = self._values.get(key)
        if key in self and type(value) not in (int, float):
            raise self.wrong(key, "a number")
        return value

    def boolean(self, key: str) -> bool:
        """Whether the key is there and true."""
        value = self._values.get(key, False)
        if type(value) is not bool:
            raise self.wrong(key, "true or false")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """The list of texts under a key; empty if the key is not there."""
        values = self._values.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise self.wrong(key, "a list of texts in quotes")
        return tuple(values)

    def strings(self) -> dict[str, str]:
        """The texts that this section is made of, by their keys."""
        return {key: self.string(key) for key in self}

    def section(self, key: str) -> TomlSection:
        """The section under a key; it may not be empty."""
        value = self._values.get(key)
        if not isinstance(value, dict) or not value:
            raise self.wrong(key, f"a section [{self._prefix}{key}] that is not empty")
        return TomlSection(value, self._file, f"{self._prefix}{key}.")

    def sections(self) -> dict[str, TomlSection]:
        """The sections that this one is made of, by their names."""
        return {key: self.section(self.identifier(key)) for key in self}

    def identifier(self, key: str, name: str | None = None) -> str:
        """The name under a key, or the key itself, once it is sure that SQL can use it."""
        name = key if name is None else name
        if not IDENTIFIER.fullmatch(name):
            raise self.wrong(key, "a name of small letters, digits and _, such as living_area")
        return name

    def wrong(self, key: str, expected: str) -> DatasetError:
        """The error of a key whose value is not as expected."""
        return DatasetError(f"{self._file}: {self._prefix}{key}: expected {expected}")
