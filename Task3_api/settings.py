"""What a service can be told by its environment, each TABLECAST_NAME, checked before it starts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from Task1_database.errors import TablecastError
from Task3_api.keys import KeyRing

PREFIX = "TABLECAST_"
MEGABYTE = 1 << 20
NUMBERS = {  # name -> what it is unless told otherwise
    "MAX_CONTENT_LENGTH": 16 * MEGABYTE,  # bytes of a JSON document or a form, held in memory
    "MAX_UPLOAD_LENGTH": 4096 * MEGABYTE,  # bytes of a CSV, held on disk
    "MAX_LINE_LENGTH": MEGABYTE,  # bytes of a line of a CSV
    "MAX_RECORDS": 10_000,  # in one JSON document; a CSV may have any number of rows
    "MAX_OUTCOMES": 100_000,  # posted at once
    "MAX_COLUMNS": 5_000,  # of a CSV, or of MLflow's dataframe_split
    "MAX_FIELDS": 5_000,  # of an address or a form
    "MAX_UPLOADS": 64,  # at once, to each process; smaller bodies than 64 KB are none
    "MAX_SPOOL_LENGTH": 65_536 * MEGABYTE,  # bytes of all uploads at once, to each process
    "STALLED_SECONDS": 30,  # granian lets go of a client that moves nothing for so long
    "PROXIES": 0,  # in front of the service, whose X-Forwarded-For and -Proto are believed
}
TEXTS = {
    "LOG": "",  # of requests: text, json, most or off; a server that is started writes most
    "ADDRESS": "",  # that the service listens on, where that is known; `tablecast serve` says it
    "KEYS": "",  # NAME:SHA256, parted by commas; without any, everybody may ask
    "FORMULAS": "",  # keep: cells that a spreadsheet would run are answered as they came
    "RESULTS": "",  # the folder of answers that pages show for a while; one of this user's own
    "KEEP": "",  # a folder for answers, or a URL such as s3://bucket/folder; without one, none are
    "KEEP_DAYS": "",  # after how many files of answers are deleted; without it never
    "KEEP_SECONDS": "",  # after how many a file is closed, if it is not full before
    "KEEP_PRIVATE": "",  # features, by comma, whose values are not kept, beside the contract's
    "KEEP_BATCHES": "",  # 1: files that are sent are kept with their answers, too
    "LIMIT": "",  # of one client, such as 600/minute; without one there is none
    "LIMIT_STORAGE": "memory://",  # where requests are counted: a process's memory, redis://…
    "SECRET": "",  # that signs cookies; without one it is derived from the keys
}
LOGS = ("", "text", "json", "most", "off")
OPEN = "Everybody who can reach this service may ask it: TABLECAST_KEYS names no key."
DIGITS = re.compile(r"[0-9]{1,15}")


def settings(environment: Mapping[str, str]) -> dict[str, Any]:
    """Every setting, as the environment has it or by default.

    Raises TablecastError, naming the variable, where a number is none; `check` does the rest.
    """
    numbers = {name: whole_number(environment, PREFIX + name, NUMBERS[name]) for name in NUMBERS}
    texts = {name: environment.get(PREFIX + name, default) for name, default in TEXTS.items()}
    return {**numbers, **texts}


def check(values: Mapping[str, Any]) -> None:
    """Raise TablecastError, naming the variable, for texts that cannot be understood."""
    KeyRing.parse(values["KEYS"])
    if values["LOG"] not in LOGS:
        raise TablecastError(
            f"{PREFIX}LOG must be text, json, most or off, not {values['LOG'][:40]!r}"
        )
    if values["FORMULAS"] not in ("", "keep"):
        problem = f"{PREFIX}FORMULAS must be keep, or not be set"
        raise TablecastError(f"{problem}; not {values['FORMULAS'][:40]!r}")
    if values["LIMIT"]:
        _check_limit(values["LIMIT"], values["LIMIT_STORAGE"])


def is_loopback(address: str) -> bool:
    """Whether nobody but this machine can reach an address; a name is looked up nowhere."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def is_open(config: Mapping[str, Any]) -> bool:
    """Whether other machines may ask, without a key."""
    return not config["KEYS"] and bool(config["ADDRESS"]) and not is_loopback(config["ADDRESS"])


def whole_number(environment: Mapping[str, str], variable: str, default: int) -> int:
    """What a variable says, or TablecastError, naming it, where that is no whole number."""
    text = environment.get(variable, "")
    if text and not DIGITS.fullmatch(text):
        raise TablecastError(f"{variable} must be a whole number, not {text[:40]!r}")
    return int(text or default)


def _check_limit(text: str, storage: str) -> None:
    from limits import parse_many  # noqa: PLC0415 (most services have no limit)
    from limits.errors import ConfigurationError  # noqa: PLC0415
    from limits.storage import storage_from_string  # noqa: PLC0415

    try:
        parse_many(text)
    except ValueError:
        problem = f"{PREFIX}LIMIT: {text[:40]!r} is no limit"
        raise TablecastError(f"{problem}; an example is 600/minute") from None
    try:
        storage_from_string(storage)
    except (ConfigurationError, ValueError) as error:  # no such storage, or no client for it
        kind = storage.partition("://")[0][:40]
        raise TablecastError(f"{PREFIX}LIMIT_STORAGE, {kind!r}: {error}") from None
