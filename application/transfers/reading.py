"""A table's lines, turned into neutral entries or into rejects that say why. Pure, one pass.

Every line of data becomes exactly one of the two, so that what came in adds up.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Final, NamedTuple

from application.logs.days import BadWhen
from application.trackers.amounts import BadValue
from application.trackers.kinds import Kind
from application.transfers import values
from application.transfers.codec import MAX_SOURCE, Reader, unguard
from application.transfers.formats import COLUMNS, Sheet
from application.transfers.moments import Place, moments

NAME_LENGTH: Final = 100
UNIT_LENGTH: Final = 20
NOTE_LENGTH: Final = 2000
MAX_KNOWN: Final = 10_000

SAY_NAME: Final = "There is no tracker's name on this line."
SAY_FIELDS: Final = "This line has {}; {} are needed."


class Entry(NamedTuple):
    """One entry, or with `instant` None only the mention of a tracker or one of its choices."""

    line: int
    tracker: str
    kind: Kind
    unit: str
    instant: datetime | None
    day: date | None
    offset: int
    timed: bool
    value: float | None
    choice: str | None
    note: str


class Reject(NamedTuple):
    """A line that is left out, why, and what stood there (shortened)."""

    line: int
    reason: str
    source: str


class Target(NamedTuple):
    """The one tracker that a table without trackers' names goes into."""

    name: str
    kind: Kind
    unit: str = ""


def entries(path: Path, sheet: Sheet, place: Place, target: Target) -> Iterator[Entry | Reject]:
    """Every line of data in the file, in order. `target` is not used by our own export."""
    with path.open(encoding=sheet.encoding, newline="") as file:
        records = Reader(file, sheet.delimiter)
        if sheet.format == "tend":
            yield from _own(records, sheet, place)
        else:
            yield from _plain(records, sheet, place, target)


def _reject(line: int, reason: str, source: str) -> Reject:
    return Reject(line, reason, source[:MAX_SOURCE])


def _fields(count: int) -> str:
    return "1 field" if count == 1 else f"{count} fields"


class _Known(NamedTuple):
    name: str
    kind: Kind
    unit: str
    read: values.ReadValue


def _own(records: Reader, sheet: Sheet, place: Place) -> Iterator[Entry | Reject]:
    order, width = sheet.order, len(sheet.order)
    straight = order == tuple(range(len(COLUMNS)))
    read_cells = _own_cells(place)
    lines = iter(records)
    next(lines, None)
    for line, cells, source, reason in lines:
        if cells is None:
            yield _reject(line, reason, source)
            continue
        while len(cells) > width and not cells[-1]:
            cells.pop()
        if len(cells) != width:
            yield _reject(line, SAY_FIELDS.format(_fields(len(cells)), width), source)
            continue
        try:
            yield read_cells(line, cells if straight else [cells[place] for place in order])
        except (BadValue, BadWhen) as bad:
            yield _reject(line, str(bad), source)


def _own_cells(place: Place) -> Callable[[int, list[str]], Entry]:
    known: dict[tuple[str, str, str], _Known] = {}
    read_moment = moments(place, "ymd", own=True)
    make = tuple.__new__

    def read_cells(line: int, cells: list[str]) -> Entry:
        name, kind, unit, stamp, value, choice, note = cells
        key = (name, kind, unit)
        found = known.get(key)
        if found is None:
            if len(known) > MAX_KNOWN:
                known.clear()
            found = known[key] = _know(name, kind, unit)
        name, kind_, unit, read_value = found
        if note:
            note = values.text_within(unguard(note), NOTE_LENGTH, "note")
        if stamp and not choice and kind_ is not Kind.MULTIPLE_CHOICE:
            said, label = read_value(value)
        else:
            said, label = _odd_value(kind_, stamp, value, choice)
        instant, day, offset, timed = read_moment(stamp) if stamp else (None, None, 0, False)
        return make(
            Entry, (line, name, kind_, unit, instant, day, offset, timed, said, label, note)
        )

    return read_cells


def _know(name: str, kind: str, unit: str) -> _Known:
    name = values.one_line(unguard(name), NAME_LENGTH)
    if not name:
        raise BadValue(SAY_NAME)
    try:
        found = Kind(kind.strip())
    except ValueError:
        raise BadValue(f"There is no kind of tracker called '{kind[:40]}'.") from None
    unit = values.one_line(unguard(unit), UNIT_LENGTH, invisible=True)
    return _Known(name, found, unit, values.own_reader(found))


def _odd_value(kind: Kind, stamp: str, value: str, choice: str) -> values.Value:
    """A choice, a line that only mentions a tracker, or a mistake."""
    if kind is Kind.MULTIPLE_CHOICE:
        if value:
            raise BadValue("A choice stands in the column choice; the column value stays empty.")
        label = values.one_line(unguard(choice), values.CHOICE_LENGTH)
        if stamp and not label:
            raise BadValue(values.SAY_MISSING)
        return None, label or None
    if choice:
        raise BadValue("The column choice belongs to a choice tracker.")
    if value:
        raise BadValue("There is a value on this line, but no timestamp.")
    return None, None


def _plain(records: Reader, sheet: Sheet, place: Place, target: Target) -> Iterator[Entry | Reject]:
    date_at, value_at, note_at = sheet.date, sheet.value, sheet.note
    least = max(date_at, value_at) + 1
    read_moment = moments(place, sheet.date_order)
    read_value = values.reader(sheet, target.kind)
    name, kind, unit = target
    make = tuple.__new__
    lines = iter(records)
    if sheet.header:
        next(lines, None)
    for line, cells, source, reason in lines:
        if cells is None:
            yield _reject(line, reason, source)
            continue
        width = len(cells)
        if width < least or (width > 3 and any(cells[3:])):
            needed = f"{least} or 3" if least < 3 else "3"
            yield _reject(line, SAY_FIELDS.format(_fields(width), needed), source)
            continue
        try:
            instant, day, offset, timed = read_moment(cells[date_at])
            value, choice = read_value(cells[value_at])
            note = cells[note_at] if note_at is not None and note_at < width else ""
            if note:
                note = values.text_within(note, NOTE_LENGTH, "note")
        except (BadValue, BadWhen) as bad:
            yield _reject(line, str(bad), source)
        else:
            yield make(
                Entry, (line, name, kind, unit, instant, day, offset, timed, value, choice, note)
            )
