"""Numbers, units, shares and lists as people read them, on the pages as in the report.

A number has its thousands apart and a real minus sign; a currency stands before it, any other
unit behind; what is not there is a dash. Importing this needs nothing but Python, because the
server does.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
CURRENCY = re.compile(r"[A-Z]{0,2}\$|[€£¥₹₩₽₺₪₫₱₴₦฿]")
MARKDOWN = re.compile(r"([\\`*_{}\[\]#|~^])")
DIGITS = 6  # that a number of the data is shown with
YEARS = 1500, 2200  # between which whole numbers without a unit are years


def format_number(value: float | None) -> str:
    """A number that is in the data, to six digits or two decimals: `1,728`, `12.5`."""
    if value is None or not math.isfinite(value):
        return DASH
    if float(value).is_integer():
        return _signed(f"{value:,.0f}")
    if abs(value) >= 10**DIGITS:
        return _signed(f"{value:,.2f}")
    text = _significant(value, DIGITS)
    return _signed(text.rstrip("0").rstrip(".") if "." in text else text)


def are_years(low: float | None, high: float | None, unit: str = "") -> bool:
    """Whether numbers from `low` to `high` are years, which have no thousands apart."""
    if unit or low is None or high is None or not (low % 1 == high % 1 == 0):
        return False
    return YEARS[0] <= low <= high <= YEARS[1]


def format_among(value: float | None, low: float | None, high: float | None, unit: str = "") -> str:
    """A number of a column that goes from `low` to `high`: `1,728`, or `2003` among years."""
    if value is not None and math.isfinite(value) and are_years(low, high, unit):
        return f"{value:.0f}" if float(value).is_integer() else f"{value:.6g}"
    return format_number(value)


def format_rounded(value: float, digits: int = 3) -> str:
    """A measured number to so many significant digits: 38,912.4 as `38,900`."""
    if not math.isfinite(value):
        return DASH
    return _signed(_significant(value, digits)) if value else "0"


def format_decimals(value: float, decimals: int) -> str:
    """A number with so many decimals; a negative count rounds before the point."""
    text = f"{round(value, decimals):,.{max(decimals, 0)}f}"
    return _signed(text)


def format_amount(value: float, decimals: int, unit: str) -> str:
    """An amount with its unit: `$180,000` or `12.5 kg`."""
    return with_unit(format_decimals(value, decimals), unit)


def format_step(value: float, decimals: int, unit: str) -> str:
    """A step up or down with its sign and unit: `+$12,300`."""
    text = format_amount(value, decimals, unit)
    return text if value <= 0 or _is_zero(text) else f"+{text}"


def format_range(low: float, high: float, unit: str = "") -> str:
    """From where to where, a currency with both ends, another unit once: `616 to 5,228 sq ft`."""
    first, last = (format_among(end, low, high, unit) for end in (low, high))
    return f"{with_currency(first, unit)} to {with_unit(last, unit)}"


def format_percent(share: float, decimals: int = 0) -> str:
    """A share of 1 as a percentage: `90 %`."""
    if not math.isfinite(share):
        return DASH
    return f"{format_decimals(100 * share, decimals)}{NBSP}%"


def format_estimate(line: Mapping[str, Any], name: str, form: Callable[[float], str]) -> str:
    """A measured figure with the ends of its interval, `<name>_low` and `<name>_high` of a line.

    `form` makes each a text: `$38,900 ($37,100 to $40,700)`.
    """
    value, low, high = (form(line[key]) for key in (name, f"{name}_low", f"{name}_high"))
    return f"{value} ({low} to {high})"


def format_coverage(line: Mapping[str, Any]) -> str:
    """How often the truth was inside, with its interval."""
    return format_estimate(line, "coverage", lambda share: format_percent(min(share, 1.0), 1))


def format_points(share: float) -> str:
    """A step of a share in percentage points: `+3.4`."""
    return format_step(100 * share, 1, "")


def format_count(count: int, noun: str = "row") -> str:
    """`1 row` or `1,728 rows`."""
    return f"{count:,}{NBSP}{noun}" + ("" if count == 1 else "s")


def is_currency(unit: str) -> bool:
    """Whether the unit is written before its number."""
    return CURRENCY.fullmatch(unit) is not None


def with_unit(text: str, unit: str) -> str:
    """A formatted number with its unit: `$38,900` or `1,800 sq ft`."""
    if not unit or text == DASH:
        return text
    return with_currency(text, unit) if is_currency(unit) else f"{text}{NBSP}{unit}"


def with_currency(text: str, unit: str) -> str:
    """A formatted number with its currency, if its unit is one: for the ticks of an axis."""
    if text == DASH or not is_currency(unit):
        return text
    return f"{MINUS}{unit}{text[1:]}" if text.startswith(MINUS) else unit + text


def format_cost(amount: float, unit: str) -> str:
    """What errors cost, its unit beside it only where that is a currency: $1,200 or 455."""
    return with_currency(format_number(float(f"{amount:.3g}")), unit)


def join_and(texts: Iterable[str], last: str = "and") -> str:
    """`a`, `a and b` or `a, b and c`; empty without any."""
    *head, tail = list(texts) or [""]
    return f"{', '.join(head)} {last} {tail}" if head else tail


def lower_first(label: str) -> str:
    """A label inside a sentence; `BMI` and `Jahre seit Promotion` stay as they are."""
    is_cased = label[1:2].isupper() or any(word.istitle() for word in label.split()[1:])
    return label if is_cased else label[:1].lower() + label[1:]


def shorten(name: object, longest: int = 26) -> str:
    """A long name with its end cut."""
    text = str(name)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def escape_markdown(text: object) -> str:
    """Text from outside as Markdown that shows it as it is."""
    return MARKDOWN.sub(r"\\\1", html.escape(str(text), quote=False))


def round_step(width: float) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that is at least `width`, above 0.

    The distance of ticks and of a histogram's bins: `round_step(span / 5)` makes three to five.
    """
    power = 10.0 ** math.floor(math.log10(width))
    return next(lead * power for lead in (1, 2, 5, 10) if lead * power >= width * (1 - 1e-9))


def _significant(value: float, digits: int) -> str:
    rounded = float(f"{value:.{digits - 1}e}")
    decimals = digits - 1 - math.floor(math.log10(abs(rounded)))
    return f"{rounded:,.{max(decimals, 0)}f}"


def _signed(text: str) -> str:
    """A real minus sign, and none before nothing."""
    return text.lstrip("-") if _is_zero(text) else text.replace("-", MINUS)


def _is_zero(text: str) -> bool:
    return not re.search("[1-9]", text)
