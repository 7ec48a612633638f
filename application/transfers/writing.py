"""Lines of our own export: exact, safe to open in a spreadsheet, and read back the same. Pure."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from application.trackers.kinds import Kind
from application.transfers.codec import number_cell, row, text_cell
from application.transfers.formats import COLUMNS

HEADER: Final = row(COLUMNS)


def opening(name: str, kind: Kind, unit: str) -> str:
    """The cells that all lines of one tracker begin with."""
    return f"{text_cell(name)},{kind.value},{text_cell(unit)},"


def mention(opening: str, choice: str = "") -> str:
    """A line for what has no entry: a tracker, or a choice that nobody took."""
    return f"{opening},,{text_cell(choice)},\n"


def entry(opening: str, stamp: str, value: str, choice: str, note: str) -> str:
    """A line for one entry; `value` as value_cell gives it, `choice` as text_cell gives it."""
    return f"{opening}{stamp},{value},{choice},{text_cell(note) if note else ''}\n"


def value_cell(kind: Kind, value: float | None) -> str:
    """The value as a table says it: a number, yes or no, seconds; a choice has its own column."""
    if value is None or kind is Kind.MULTIPLE_CHOICE:
        return ""
    if kind is Kind.BOOLEAN:
        return "yes" if value else "no"
    return number_cell(value)


def stamp(instant: datetime, offset: int, timed: bool) -> str:
    """ISO 8601 with offset. An entry without a time of day is its noon, written without seconds."""
    local = instant.astimezone(timezone(timedelta(minutes=offset)) if offset else UTC)
    said = local.isoformat()
    return said[:16] + said[19:] if not timed and said[10:19] == "T12:00:00" else said
