"""Numbers as people type them: `0,5`, `1 800 sq ft`, `$25k`, `2½`.

The pages alone read so; a query of `/predict` and JSON stay with `Parser`. What was typed becomes
the texts that the strict parser takes, one for each way of reading it. `1,234` has two, and
training decides only where one of them is unlike all it held; otherwise whoever typed it is asked.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from fractions import Fraction

from Task1_database.errors import InputError
from Task2_model.contract import Feature
from Task2_model.formatting import is_currency
from Task3_api.parsing import LONGEST_NUMBER

SAME_UNITS = (  # names of one unit, as `_bare` leaves them
    {"sqft", "squarefeet", "squarefoot", "ft2", "sf"},
    {"m2", "sqm", "squaremetre", "squaremeter", "qm"},
    {"acre", "ac"},
    {"year", "yr", "y"},
    {"month", "mo", "mth"},
    {"day", "d"},
    {"hour", "hr", "h"},
    {"%", "percent", "pct"},
    {"kg", "kilogram", "kilo"},
    {"km", "kilometre", "kilometer"},
    {"$", "us$", "usd", "dollar", "usdollar"},
    {"€", "eur", "euro"},
    {"£", "gbp", "pound"},
)
FACTORS = {"k": 1_000, "thousand": 1_000, "million": 1_000_000, "mio": 1_000_000}
ABOUT = {"~", "≈", "about", "approx", "approximately", "ca", "circa"}
MINUS_SIGNS = "\N{MINUS SIGN}\N{EN DASH}\N{EM DASH}\N{FIGURE DASH}"

_NUMBER = r"[0-9.,' ]*[0-9][0-9.,' ]*"
_TYPED = re.compile(
    rf"(?P<before>[^0-9.,+-]*)(?P<sign>[+-]?)(?P<inside>[^0-9.,+-]*)"
    rf"(?:(?P<whole>[0-9]+ +)?(?P<part>[0-9]+/0*[1-9][0-9]*)"
    rf"|(?P<power>(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+)"
    rf"|(?P<number>{_NUMBER}))"
    r"(?P<after>[^0-9_.,'+/-].*)?"
)
_FACTOR = re.compile(rf"({'|'.join(FACTORS)}|m)(?![a-z])\.?", re.IGNORECASE)
_APART_AND_POINT = [  # what sets thousands apart, and what stands before decimals
    (apart, point) for apart in (",", r"\.", " ", "'") for point in (r"\.", ",") if apart != point
]
_GROUPED = (
    r"(?P<whole>[1-9][0-9]{{0,2}}(?:{0}[0-9]{{2,3}})*{0}[0-9]{{3}})"  # Indian ones are of two
)
_CONVENTIONS = [
    re.compile(rf"{_GROUPED.format(apart)}(?:{point}(?P<decimals>[0-9]*))?")
    for apart, point in _APART_AND_POINT
]
_CONVENTIONS += [
    re.compile(rf"(?P<whole>[0-9]*){point}(?P<decimals>[0-9]*)") for point in (r"\.", ",")
]
_GROUPS_OF_THREE = re.compile(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}")


def readings(feature: Feature, typed: str) -> list[str]:
    """The numbers that `typed` may be, each as a text that the strict parser reads.

    One where it is clear, or one reading alone could be meant; several where it must be asked
    about; none where it is no number. A reading gives way to another that is more like training:
    within half the smallest and twice the largest number there, and whole where all were.

    Raises InputError for a unit that is not the feature's.
    """
    match = _TYPED.fullmatch(_plain(typed)) if len(typed) <= LONGEST_NUMBER else None
    if not match:
        return []
    sign, after, factor = match["sign"], match["after"] or "", 1
    for word in (match["before"], match["inside"]):
        _check_unit(feature, "" if _bare(word) in ABOUT else word)
    suffix = _FACTOR.match(after := after.strip())
    if suffix and (suffix[1].lower() in FACTORS or is_currency(feature.unit)):  # or m is metres
        factor = FACTORS.get(suffix[1].lower(), 1_000_000)
        after = after[suffix.end() :]
    magnitudes = _magnitudes(match)
    if magnitudes:
        _check_unit(feature, after)
    texts = [sign.strip("+") + _times(text, factor) for text in magnitudes]
    likeness = [_likeness(feature, float(text)) for text in texts]
    return [text for text, own in zip(texts, likeness, strict=True) if own == max(likeness)]


def unmistakable(number: str) -> str:
    """A number of the strict parser's as one types it so that it has one reading alone.

    `1.234` may be meant as 1,234; `1.2340` may not.
    """
    return f"{number}0" if _GROUPS_OF_THREE.fullmatch(number) else number


def _plain(typed: str) -> str:
    """The text in ASCII's digits, signs and spaces."""
    text = "".join(f" {c}" if unicodedata.category(c) == "No" else c for c in typed)  # 2 ½
    text = unicodedata.normalize("NFKC", text)
    for sign in MINUS_SIGNS:
        text = text.replace(sign, "-")
    text = text.replace("\N{FRACTION SLASH}", "/").replace("’", "'").replace("٫", ".")
    text = "".join(str(unicodedata.decimal(c, c)) for c in text.replace("٬", "'"))
    return " ".join(text.split())


def _magnitudes(match: re.Match[str]) -> list[str]:
    """The numbers without sign, factor and unit, each once."""
    if match["power"]:
        return [match["power"]]
    if match["part"]:
        return [repr(float(int(match["whole"] or 0) + Fraction(match["part"])))]
    digits = match["number"].strip()
    if digits.isdecimal():
        return [digits]
    texts: dict[Decimal, str] = {}
    for convention in _CONVENTIONS:
        if number := convention.fullmatch(digits):
            whole = re.sub("[^0-9]", "", number["whole"])
            decimals = number["decimals"]
            if whole or decimals:
                text = f"{whole or 0}.{decimals}" if decimals else whole
                texts.setdefault(Decimal(text), text)
    return list(texts.values())


def _times(text: str, factor: int) -> str:
    return text if factor == 1 else f"{(Decimal(text) * factor).normalize():f}"


def _likeness(feature: Feature, number: float) -> int:
    """How much a number is like those of training: 1 where it is as whole, 1 where it is near."""
    is_whole = feature.kind != "integer" or number % 1 == 0
    low, high = feature.minimum, feature.maximum
    if low is None or high is None:
        return is_whole
    least = low / 2 if low > 0 else 2 * low - high
    most = 2 * high if high > 0 else 2 * high - low
    return is_whole + (least <= number <= most)


def _check_unit(feature: Feature, word: str) -> None:
    """Refuse a unit that is another than the feature's, so that no number changes its meaning."""
    bare = _bare(word)
    if not bare or bare in {_bare(feature.unit), _bare(feature.label)}:
        return
    if any({bare, _bare(feature.unit)} <= names for names in SAME_UNITS):
        return
    quoted, label = f"“{word.strip()[:20]}”", feature.label
    detail = f"{label} is a number without a unit; leave {quoted} out"
    if feature.unit:
        detail = f"{label} is asked in {feature.unit}; convert {quoted}, or leave it out"
    raise InputError(detail, field=feature.name)


def _bare(word: str) -> str:
    """A unit without what differs between writers: capitals, dots, spaces and the plural."""
    text = re.sub(r"[\s.]", "", unicodedata.normalize("NFKC", word)).lower()
    return text[:-1] if len(text) > 2 and text.endswith("s") else text
