"""Lines of our own export: exact, safe to open in a spreadsheet, and read back the same. Pure."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Final

from application.trackers.kinds import Kind
from application.transfers.codec import number_cell, plain, row, text_cell
from application.transfers.formats import COLUMNS

HEADER: Final = row(COLUMNS)

Entry = tuple[str, int, bool, float | None, str]
"""Moment in UTC (`2026-11-19 08:00:00.000000`), offset in minutes, timed, value or else
the choice's id, note."""
WriteLines = Callable[[Iterable[Entry]], str]

REMEMBERED: Final = 4096
"""Of clock times and of values, how many are kept as they were written last."""


def opening(name: str, kind: Kind, unit: str) -> str:
    """The cells that all lines of one tracker begin with."""
    return f"{text_cell(name)},{kind.value},{text_cell(unit)},"


def mention(opening: str, choice: str = "") -> str:
    """A line for what has no entry: a tracker, or a choice that nobody took."""
    return f"{opening},,{text_cell(choice)},\n"


def lines(kind: Kind, opening: str, choices: Mapping[float | None, str]) -> WriteLines:
    """How entries of that tracker are written.

    `choices` gives the cell of each choice's id, and of None the empty one. The lines begin with
    `opening`. A clock time or value that was met lately is not said anew, and a plain note is
    only looked at: with a call for each line and each of its cells, it took half as long again.
    """
    said = _said(kind, choices)

    def write(entries: Iterable[Entry]) -> str:
        text = []
        for moment, offset, timed, value, note in entries:
            shift, clock = _clock(moment[10:], offset, timed)
            day = _later(moment[:10], shift) if shift else moment[:10]
            if note and not plain(note):
                note = text_cell(note)
            text.append(f"{opening}{day}{clock},{said(value)},{note}\n")
        return "".join(text)

    return write


_MINUTE: Final = {
    f"{hour:02}:{minute:02}": hour * 60 + minute for hour in range(24) for minute in range(60)
}
_SAID: Final = tuple(_MINUTE)


@lru_cache(REMEMBERED)
def _clock(rest: str, offset: int, timed: bool) -> tuple[int, str]:
    """How many days later the day is there, and the clock with its offset, as ISO 8601 has them.

    `rest` is what follows the date. An entry without a time of day is its noon, without seconds.
    """
    shift, minute = divmod(_MINUTE[rest[1:6]] + offset, len(_SAID))
    clock, second = _SAID[minute], rest[6:].removesuffix(".000000")
    if not timed and clock == "12:00":
        second = second.removeprefix(":00")
    return shift, f"T{clock}{second}{_zone(offset)}"


@cache
def _zone(offset: int) -> str:
    hours, minutes = divmod(abs(offset), 60)
    return f"{'-' if offset < 0 else '+'}{hours:02}:{minutes:02}"


@lru_cache(REMEMBERED)
def _later(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def _said(kind: Kind, choices: Mapping[float | None, str]) -> Callable[[float | None], str]:
    """The two cells of value and choice, of which an entry has one."""
    if kind is Kind.MULTIPLE_CHOICE:
        cells = {choice: f",{cell}" for choice, cell in choices.items()}
        return cells.__getitem__
    say = _yes_no if kind is Kind.BOOLEAN else number_cell
    return lru_cache(REMEMBERED)(lambda value: "," if value is None else f"{say(value)},")


def _yes_no(value: float) -> str:
    return "yes" if value else "no"
