"""Lines of our own export: exact, safe to open in a spreadsheet, and read back the same. Pure."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from application.trackers.kinds import Kind
from application.transfers.codec import ODD_FIRST, number_cell, row, text_cell, to_quote
from application.transfers.formats import COLUMNS

HEADER: Final = row(COLUMNS)

WriteLine = Callable[[str, int, bool, float | None, int | None, str], str]
"""A line out of moment (see stamp), offset in minutes, timed, value, choice and note."""


def opening(name: str, kind: Kind, unit: str) -> str:
    """The cells that all lines of one tracker begin with."""
    return f"{text_cell(name)},{kind.value},{text_cell(unit)},"


def mention(opening: str, choice: str = "") -> str:
    """A line for what has no entry: a tracker, or a choice that nobody took."""
    return f"{opening},,{text_cell(choice)},\n"


def lines(kind: Kind, opening: str, choices: Mapping[int | None, str]) -> WriteLine:
    """How an entry of that tracker is written.

    `choices` gives the cell of each choice, and of None the empty one. The line begins with
    `opening`; the rest is put together with what is the same for a whole tracker decided before.
    """
    say = _SAY[kind]

    def line(
        moment: str, offset: int, timed: bool, value: float | None, choice: int | None, note: str
    ) -> str:
        said = "" if value is None else say(value)
        if note and (note[0] in ODD_FIRST or to_quote(note)):
            note = text_cell(note)
        return f"{opening}{stamp(moment, offset, timed)},{said},{choices[choice]},{note}\n"

    return line


def stamp(moment: str, offset: int, timed: bool) -> str:
    """ISO 8601 with offset, of the moment in UTC as SQLite keeps it (`2026-11-19 08:00:00.000000`).

    An entry without a time of day is its noon, written without seconds.
    """
    shift, zone = _zone(offset)
    if offset:
        local = (datetime.fromisoformat(moment) + shift).isoformat()
    elif moment.endswith(".000000"):
        local = f"{moment[:10]}T{moment[11:19]}"
    else:
        local = f"{moment[:10]}T{moment[11:]}"
    if not timed and local[10:19] == "T12:00:00":
        local = local[:16] + local[19:]
    return local + zone


@cache
def _zone(offset: int) -> tuple[timedelta, str]:
    hours, minutes = divmod(abs(offset), 60)
    return timedelta(minutes=offset), f"{'-' if offset < 0 else '+'}{hours:02}:{minutes:02}"


def _yes_no(value: float) -> str:
    return "yes" if value else "no"


# A choice has its own column.
_SAY: Final[dict[Kind, Callable[[float], str]]] = {
    Kind.NUMERICAL: number_cell,
    Kind.TIME_DURATION: number_cell,
    Kind.BOOLEAN: _yes_no,
    Kind.MULTIPLE_CHOICE: lambda _value: "",
}
