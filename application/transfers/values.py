"""A table's value cells, read for one tracker and one file: the rules fixed once. Pure."""

import re
from collections.abc import Callable
from typing import Final

from application.platform import texts
from application.trackers.amounts import (
    BadValue,
    duration_from_text,
    number_from_text,
    sane_seconds,
)
from application.trackers.kinds import Kind, read
from application.transfers.formats import Decimal, Sheet
from application.transfers.guess import LOOP_WORDS

Value = tuple[float | None, str | None]
"""A value, or else the label of a choice."""
ReadValue = Callable[[str], Value]

CHOICE_LENGTH: Final = 60

SAY_MISSING: Final = "There is no value on this line."
SAY_NUL: Final = "This line holds a character that is not text (NUL)."
SAY_POINT: Final = "This file's decimal sign is a comma, but here stands a point."
SAY_COMMA: Final = "This file's decimal sign is a point, but here stands a comma."

_LOOP_SAYS: Final = {
    "YES_AUTO": "Loop filled this day in by itself; nobody entered it.",
    "SKIP": "This day was skipped in Loop.",
    "UNKNOWN": "Loop knows nothing about this day.",
}
_LOOP_MARKS: Final = {"-1": "UNKNOWN", "0": "NO", "1": "YES_AUTO", "2": "YES_MANUAL", "3": "SKIP"}
_SIMPLE: Final = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,6})?")
"""At most 15 digits and no sign that could be the wrong one: float() alone is right."""


def text_within(text: str, length: int, what: str) -> str:
    """`text` if it can be kept as it is, else BadValue in words."""
    if len(text) > length:
        raise BadValue(f"This {what} is {len(text):,} characters long; {length:,} fit.")
    if "\x00" in text:
        raise BadValue(SAY_NUL)
    return text


def reader(sheet: Sheet, kind: Kind) -> ReadValue:
    """How a value cell of `sheet` is read for a tracker of `kind`."""
    if kind is Kind.MULTIPLE_CHOICE:
        return _label
    if kind is Kind.BOOLEAN:
        return _loop_yes_no if sheet.format == "loop" else _yes_no
    amount = _amounts(kind, sheet.decimal, sheet.scale, sheet.unit_seconds)
    return _loop_amounts(amount) if sheet.format == "loop" else amount


def own_reader(kind: Kind) -> ReadValue:
    """How the value cell of our own export is read."""
    if kind is Kind.BOOLEAN:
        return _yes_no
    return _amounts(kind, ".", 1, 1)


def one_line(text: str, length: int, *, invisible: bool = False) -> str:
    """A name, unit or label as trackers keep them, without the white space around it.

    It may be empty; of marks that show nothing it may consist where trackers keep that too.
    """
    try:
        return texts.line(text, length, empty=invisible or not text.strip())
    except ValueError as bad:
        raise BadValue(str(bad)) from None


def _label(text: str) -> Value:
    label = one_line(text, CHOICE_LENGTH)
    if not label:
        raise BadValue(SAY_MISSING)
    return None, label


def _yes_no(text: str) -> Value:
    if not text.strip():
        raise BadValue(SAY_MISSING)
    return read(Kind.BOOLEAN, text).value, None


def _loop_yes_no(text: str) -> Value:
    word = _LOOP_MARKS.get(text.strip(), text.strip())
    if word in _LOOP_SAYS:
        raise BadValue(_LOOP_SAYS[word])
    return (1.0, None) if word == "YES_MANUAL" else _yes_no(word)


def _loop_amounts(amount: ReadValue) -> ReadValue:
    """Loop writes its marks' words for the same whole numbers: a 0 in a number habit is NO."""

    def read_amount(text: str) -> Value:
        word = text.strip()
        if word not in LOOP_WORDS:
            return amount(text)
        if word == "NO":
            return 0.0, None
        raise BadValue(_LOOP_SAYS.get(word, "Write a number, for example 1.5."))

    return read_amount


def _amounts(kind: Kind, decimal: Decimal, scale: int, unit_seconds: int) -> ReadValue:
    simple = _SIMPLE.fullmatch
    timed = kind is Kind.TIME_DURATION
    direct = scale == 1 and not timed and decimal == "."

    def read_amount(text: str) -> Value:
        if direct and simple(text):
            return float(text) + 0.0, None
        if not text.strip():
            raise BadValue(SAY_MISSING)
        try:
            number = number_from_text(text)
        except BadValue:
            if timed:
                return duration_from_text(text), None
            raise
        _check_sign(text, decimal)
        if scale != 1:
            number = float(f"{number / scale:.15g}")
        if timed:
            return sane_seconds(round(number * unit_seconds, 6)), None
        return number, None

    return read_amount


def _check_sign(text: str, decimal: Decimal) -> None:
    if decimal == "." and "," in text:
        raise BadValue(SAY_COMMA)
    if decimal == "," and "." in text:
        raise BadValue(SAY_POINT)
