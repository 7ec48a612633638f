"""Lines of our own export: exact, safe to open in a spreadsheet, and read back the same. Pure."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any, Final

from application.trackers.kinds import Kind
from application.transfers.codec import number_cell, plain, row, text_cell
from application.transfers.formats import COLUMNS

HEADER: Final = row(COLUMNS)

Entry = tuple[str, int, float | None, str]
"""Moment in UTC (`2026-11-19 08:00:00.000000`), place, value or else the choice's id, note.

A place is twice the offset in minutes, one more where the entry has a time of day: a column less
to hand over."""
WriteLines = Callable[[Iterable[Entry]], str]

REMEMBERED: Final = 4096
"""Of clock times and of values, how many are kept as they were written last."""


class Met(dict[Any, Any]):
    """What was met lately, in the words found for it; `lru_cache` asks for twice the time."""

    def __init__(self, say: Callable[[Any], Any]) -> None:
        super().__init__()
        self._say = say

    def __missing__(self, key: Any) -> Any:
        if len(self) >= REMEMBERED:
            self.clear()
        self[key] = said = self._say(key)
        return said


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
    said, clocks = _said(kind, choices), Met(_clock)

    def write(entries: Iterable[Entry]) -> str:
        text = []
        for moment, place, value, note in entries:
            shift, clock = clocks[moment[10:], place]
            day = _later(moment[:10], shift) if shift else moment[:10]
            if note and not plain(note):
                note = text_cell(note)
            text.append(f"{opening}{day}{clock},{said[value]},{note}\n")
        return "".join(text)

    return write


_MINUTE: Final = {
    f"{hour:02}:{minute:02}": hour * 60 + minute for hour in range(24) for minute in range(60)
}
_SAID: Final = tuple(_MINUTE)


def _clock(key: tuple[str, int]) -> tuple[int, str]:
    """How many days later the day is there, and the clock with its offset, as ISO 8601 has them.

    `key` is what follows the date, and the place. An entry without a time of day is its noon,
    without seconds.
    """
    rest, (offset, timed) = key[0], divmod(key[1], 2)
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


def _said(kind: Kind, choices: Mapping[float | None, str]) -> Mapping[float | None, str]:
    """The two cells of value and choice, of which an entry has one."""
    if kind is Kind.MULTIPLE_CHOICE:
        return {choice: f",{cell}" for choice, cell in choices.items()}
    say = _yes_no if kind is Kind.BOOLEAN else number_cell
    return Met(lambda value: "," if value is None else f"{say(value)},")


def _yes_no(value: float) -> str:
    return "yes" if value else "no"
