"""Guesses from a sample of a table's cells: Loop's file or not, kind, decimal sign, scale. Pure."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from application.platform import texts
from application.trackers.amounts import BadValue, duration_from_text, number_from_text
from application.trackers.kinds import NO_WORDS, YES_WORDS, Kind
from application.transfers.formats import Decimal, Format

LOOP_WORDS: Final = frozenset({"YES_MANUAL", "YES_AUTO", "NO", "SKIP", "UNKNOWN"})
LOOP_ONLY: Final = LOOP_WORDS - {"NO"}
LOOP_SCALE: Final = 1000

_INTEGER = re.compile(r"-?[0-9]{1,12}")


def is_loop(days: Sequence[str], values: Sequence[str]) -> bool:
    """Whether this is Loop's file of one habit (import-formats.md L1, L2).

    Its words are proof. Without them: whole numbers, one a day, newest first, that are either
    marks from -1 to 3 with some 2 among them, or thousandths of what a person typed.
    """
    if LOOP_ONLY.intersection(values):
        return True
    numbers = [int(value) for value in values if _INTEGER.fullmatch(value)]
    if len(numbers) < 2 or any(v not in LOOP_WORDS and not _INTEGER.fullmatch(v) for v in values):
        return False
    if any(newer <= older for newer, older in pairwise(days)):
        return False
    if max(numbers) <= 3:
        return 2 in numbers and min(numbers) >= -1
    typed = [number for number in numbers if number not in (-1, 0, 1, 2, 3)]
    return all(number % 10 == 0 and number >= 100 for number in typed) and max(typed) >= 1000


def kind(values: Sequence[str], shape: Format) -> Kind:
    """The kind that reads most of the sample; numbers win a tie."""
    filled = [value for value in values if value]
    if shape == "loop":
        numbers = [int(value) for value in filled if _INTEGER.fullmatch(value)]
        return Kind.NUMERICAL if numbers and max(numbers) > 3 else Kind.BOOLEAN
    words = {value.casefold() for value in filled}
    if words and words <= YES_WORDS | NO_WORDS:
        return Kind.BOOLEAN
    numbers_read = sum(map(_is_number, filled))
    times_read = sum(":" in value or value[-1:].isalpha() for value in filled if _is_time(value))
    if max(numbers_read, times_read) * 2 < len(filled):
        yes_or_no = sum(value.casefold() in YES_WORDS | NO_WORDS for value in filled)
        return Kind.BOOLEAN if yes_or_no * 2 > len(filled) else Kind.MULTIPLE_CHOICE
    return Kind.TIME_DURATION if times_read > numbers_read else Kind.NUMERICAL


def decimal(values: Sequence[str], delimiter: str) -> Decimal:
    """The sign between whole and part: what the values show, else what goes with `delimiter`."""
    numbers = [value for value in values if _is_number(value)]
    commas = sum("," in number for number in numbers)
    points = sum("." in number for number in numbers)
    if commas == points:
        return "," if delimiter == ";" else "."
    return "," if commas > points else "."


def scale(kind: Kind, shape: Format, values: Sequence[str]) -> int:
    """By what the file's numbers are larger than the person's: Loop keeps thousandths."""
    if shape != "loop" or kind not in (Kind.NUMERICAL, Kind.TIME_DURATION):
        return 1
    numbers = [int(value) for value in values if _INTEGER.fullmatch(value)]
    return LOOP_SCALE if numbers and max(numbers) > 3 else 1


def unit_seconds(kind: Kind, shape: Format) -> int:
    """Seconds in a bare number: minutes in a habit app's file, else seconds as everywhere here."""
    return 60 if shape == "loop" and kind is Kind.TIME_DURATION else 1


def _is_number(text: str) -> bool:
    try:
        number_from_text(text)
    except BadValue:
        return False
    return True


def _is_time(text: str) -> bool:
    try:
        duration_from_text(text)
    except BadValue:
        return False
    return True


def title_of(heading: str | None, filename: str) -> str:
    """A name for a tracker that a table without names goes into: its heading, else its file's."""
    stem = re.sub(
        r"\.(csv|tsv|txt)$", "", filename.rpartition("/")[2].rpartition("\\")[2], flags=re.I
    )
    for text in (heading or "", re.sub(r"[_-]+", " ", stem)):
        try:
            return texts.line(text[:100], 100)
        except ValueError:
            continue
    return "My file"
