"""Keys: whoever has one may ask.

A key is 256 random bits, shown once, when it is made. The service knows its SHA-256 alone; a slow
hash, which protects what people choose and remember, would add nothing to so many bits.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from typing import NamedTuple

from Task1_database.errors import TablecastError

VARIABLE = "TABLECAST_KEYS"
PREFIX = "tablecast_"  # by which scanners for leaked secrets know one
NAME = re.compile(r"[A-Za-z0-9_.-]{1,40}")
DIGEST = re.compile(r"[0-9a-f]{64}")


class KeyHash(NamedTuple):
    """What the service knows of a key."""

    name: str
    digest: str

    def __str__(self) -> str:
        return f"{self.name}:{self.digest}"


class KeyRing:
    """The keys that a service knows.

    Attributes
    ----------
    hashes : list of KeyHash
        A name may have several, while one key replaces another.
    """

    def __init__(self, hashes: Iterable[KeyHash] = ()) -> None:
        self.hashes = list(hashes)

    def __bool__(self) -> bool:
        return bool(self.hashes)

    @classmethod
    def parse(cls, text: str) -> KeyRing:
        """Keys as TABLECAST_KEYS has them: NAME:SHA256, parted by commas or blanks.

        Raises TablecastError for what is no such thing; it does not repeat the digest.
        """
        return cls(_parsed(entry) for entry in text.replace(",", " ").split())

    def find(self, key: str) -> KeyHash | None:
        """What is known of a key, found in the same time for every key; None for an unknown one."""
        presented = digest_of(key)
        found = None
        for known in self.hashes:
            if hmac.compare_digest(known.digest, presented):
                found = known
        return found

    def name_of(self, key: str) -> str | None:
        """Whose key it is; None where nobody's."""
        known = self.find(key)
        return known.name if known else None

    def secret(self) -> bytes:
        """A secret that changes with the keys, to sign cookies with."""
        return hashlib.sha256("\n".join(map(str, ["cookies", *self.hashes])).encode()).digest()


def new_key(name: str) -> tuple[str, KeyHash]:
    """A key for `name`, and what TABLECAST_KEYS is to hold; TablecastError for an odd name."""
    if not NAME.fullmatch(name):
        raise TablecastError(f"{name!r} names no key: up to 40 letters, digits, '.', '_' and '-'")
    key = PREFIX + secrets.token_urlsafe(32)
    return key, KeyHash(name, digest_of(key))


def digest_of(key: str) -> str:
    """The SHA-256 of a key, in hexadecimal."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _parsed(entry: str) -> KeyHash:
    name, colon, digest = entry.partition(":")
    if not colon or not NAME.fullmatch(name):
        raise TablecastError(f"{VARIABLE}: an entry is NAME:SHA256, as `tablecast key NAME` says")
    if not DIGEST.fullmatch(digest):
        problem = f"{VARIABLE}: what follows {name!r} is no SHA-256 in hexadecimal"
        raise TablecastError(f"{problem}; `tablecast key {name}` makes a key and its line")
    return KeyHash(name, digest)
