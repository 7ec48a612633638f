"""Numbers and lengths of time as people write them, read into doubles and seconds. Pure."""

import re
from fractions import Fraction
from typing import Final

MAX_DIGITS: Final = 15
"""What a double holds exactly; more would come back different from what was written."""
MAX_MAGNITUDE: Final = 10.0**MAX_DIGITS
MIN_MAGNITUDE: Final = 1e-15
"""What lies nearer to zero, and is not zero, is a slip."""
MAX_SECONDS: Final = 10 * 366 * 86_400
"""Ten years: longer than anything a person does in one go, short enough to catch milliseconds."""

MINUS: Final = "\u2212"

SAY_NUMBER: Final = "Write a number, for example 1.5."
SAY_DIGITS: Final = "Write a number with at most 15 digits."
SAY_DURATION: Final = "Write a time, for example 40 min or 1:30."
SAY_DURATION_LONG: Final = (
    "That is longer than ten years. Write a time, for example 40 min or 1:30."
)


class BadValue(ValueError):
    """The value does not fit its kind; the message is for a person."""


_NUMBER = re.compile(r"([+-]?)0*([0-9]*)(?:[.,]([0-9]*))?")


def number_from_text(text: str) -> float:
    """The number a person wrote, with decimal point or comma; BadValue when it is none."""
    if len(text) > 64:
        raise BadValue(SAY_NUMBER)
    match = _NUMBER.fullmatch(text.strip().replace(MINUS, "-"))
    if match is None:
        raise BadValue(SAY_NUMBER)
    sign, whole, decimals = match[1], match[2], match[3] or ""
    if not whole and not decimals and "0" not in text:
        raise BadValue(SAY_NUMBER)
    decimals = decimals.rstrip("0")
    significant = (whole + decimals).lstrip("0")
    if len(significant) > MAX_DIGITS or len(whole) > MAX_DIGITS:
        raise BadValue(SAY_DIGITS)
    # Adding 0.0 turns -0.0 into 0.0: a person knows one zero.
    value = float(f"{sign}{whole or '0'}.{decimals or '0'}") + 0.0
    if 0 < abs(value) < MIN_MAGNITUDE:
        raise BadValue(SAY_DIGITS)
    return value


_AMOUNT = r"([0-9]+(?:[.,][0-9]+)?)"
_SPELLED = re.compile(
    rf"(?:{_AMOUNT}\s*(?:h|hr|hrs|hours?|std)\.?\s*)?"
    rf"(?:{_AMOUNT}\s*(?:m|min|mins|minutes?)\.?\s*)?"
    rf"(?:{_AMOUNT}\s*(?:s|sec|secs|seconds?)\.?)?"
)
_HOURS_MINUTES = re.compile(r"([0-9]+)\s*h\s*([0-5]?[0-9])")
_CLOCK = re.compile(r"([0-9]{1,6}):([0-5][0-9])(?::([0-5][0-9](?:[.,][0-9]{1,6})?))?")
_PLAIN = re.compile(r"[0-9]+(?:[.,][0-9]*)?")


def duration_from_text(text: str) -> float:
    """Seconds from `5400`, `90m`, `1h30`, `1 h 30 min`, `45 s`, `1:30` (h:mm) or `1:30:00`."""
    if len(text) > 64:
        raise BadValue(SAY_DURATION)
    written = text.strip().casefold()
    if _PLAIN.fullmatch(written):
        return sane_seconds(number_from_text(written))
    if match := _CLOCK.fullmatch(written):
        return _seconds(match[1], match[2], match[3])
    if match := _HOURS_MINUTES.fullmatch(written):
        return _seconds(match[1], match[2], None)
    match = _SPELLED.fullmatch(written)
    if match is None or not any(match.groups()):
        raise BadValue(SAY_DURATION)
    return _seconds(match[1], match[2], match[3])


def _seconds(hours: str | None, minutes: str | None, seconds: str | None) -> float:
    total = sum(
        Fraction(part.replace(",", ".")) * size
        for part, size in ((hours, 3600), (minutes, 60), (seconds, 1))
        if part
    )
    # Compared as a fraction: float() of a number of sixty digits is fine, of a thousand is not.
    if total > MAX_SECONDS:
        raise BadValue(SAY_DURATION_LONG)
    # A third of an hour has no end in decimals; microseconds are finer than any stopwatch.
    return round(float(total), 6)


def sane_seconds(value: float) -> float:
    """`value` in seconds, if a duration may be that long. Raises BadValue."""
    if value < 0:
        raise BadValue(SAY_DURATION)
    if value > MAX_SECONDS:
        raise BadValue(SAY_DURATION_LONG)
    return value
