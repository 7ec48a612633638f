"""Finding out what a table file is, from its content alone. Pure.

Whatever is guessed here is shown and can be overruled by a hint; what must not be guessed (day and
month swapped, text in an unknown encoding) comes back as a question.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from application.trackers.kinds import Kind
from application.transfers import guess
from application.transfers.codec import Reader
from application.transfers.formats import (
    COLUMNS,
    DATE_WORDS,
    DELIMITERS,
    NOTE_WORDS,
    VALUE_WORDS,
    DateOrder,
    Format,
    Hints,
    NotATable,
    Question,
    Sheet,
)
from application.transfers.moments import looks_like_a_date, order_told
from application.transfers.scan import Text, look_at_bytes

SAMPLE: Final = 300

SAY_NO_DATES: Final = (
    "Tend found no dates in this file. It reads tables with a date and a value on each line."
)
SAY_WIDE: Final = (
    "This table has {} columns. Tend reads a date, a value and a note: keep those three."
)

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Columns:
    """Where things stand in a table that is not our own export."""

    date: int
    value: int
    note: int | None
    header: bool
    title: str | None


def look(path: Path, hints: Hints | None = None, kind: Kind | None = None) -> Sheet:
    """What the file at `path` is; `kind` is that of the tracker it goes into, if one was chosen.

    NotATable when it is no table that we could read.
    """
    hints = hints or Hints()
    text = look_at_bytes(path, hints.encoding)
    delimiter = hints.delimiter or _delimiter(path, text.encoding)
    if delimiter not in DELIMITERS:
        raise NotATable("Choose comma, semicolon or tab as the separator.")
    rows = _sample(path, text.encoding, delimiter)
    order = _own_order(rows)
    if order is not None and hints.format in (None, "tend"):
        return Sheet(
            "tend", text.encoding, delimiter, ".", "ymd", True, kind or Kind.NUMERICAL, 1, 1,
            text.lines, ("encoding",) if text.choices else (), text.choices, order,
        )  # fmt: skip
    if hints.format == "tend":
        raise NotATable(f"Tend's own export begins with the line {','.join(COLUMNS)}.")
    return _foreign(path, text, delimiter, rows, hints, kind)


def _foreign(
    path: Path, text: Text, delimiter: str, rows: Rows, hints: Hints, kind: Kind | None
) -> Sheet:
    columns = _columns(rows, hints.header)
    data = rows[1:] if columns.header else rows
    values = [row[columns.value].strip() for row in data if len(row) > columns.value]
    days = [row[columns.date].strip() for row in data if len(row) > columns.date]
    shape: Format = hints.format or ("loop" if guess.is_loop(days, values) else "plain")
    kind = hints.kind or kind or guess.kind(values, shape)
    order = hints.date_order or _order(path, text.encoding, delimiter, columns, days)
    questions: list[Question] = ["encoding"] if text.choices else []
    if order is None:
        questions.append("date_order")
    return Sheet(
        format=shape,
        encoding=text.encoding,
        delimiter=delimiter,
        decimal=hints.decimal or guess.decimal(values, delimiter),
        date_order=order or "ymd",
        header=columns.header,
        kind=kind,
        scale=hints.scale or guess.scale(kind, shape, values),
        unit_seconds=hints.unit_seconds or guess.unit_seconds(kind, shape),
        lines=text.lines,
        questions=tuple(questions),
        encodings=text.choices,
        date=columns.date,
        value=columns.value,
        note=columns.note,
        title=columns.title,
    )


def _sample(path: Path, encoding: str, delimiter: str) -> Rows:
    with path.open(encoding=encoding, newline="") as file:
        records = islice(Reader(file, delimiter), SAMPLE)
        return [cells for _, cells, _, _ in records if cells is not None]


def _own_order(rows: Rows) -> tuple[int, ...] | None:
    """Where each of our export's columns stands, if the first line is its header."""
    names = [name.strip().casefold() for name in rows[0]] if rows else []
    while names and not names[-1]:
        names.pop()
    if sorted(names) != sorted(COLUMNS):
        return None
    return tuple(names.index(column) for column in COLUMNS)


def _delimiter(path: Path, encoding: str) -> str:
    """The separator under which most lines have a date beside something else."""
    best, most = ",", 0
    for delimiter in DELIMITERS:
        rows = _sample(path, encoding, delimiter)
        if _own_order(rows) is not None:
            return delimiter
        found = sum(len(row) > 1 and any(map(_is_date, row)) for row in rows)
        named = bool(rows) and len(rows[0]) > 1 and _word(rows[0], DATE_WORDS) is not None
        if found + named > most:
            best, most = delimiter, found + named
    return best


def _is_date(cell: str) -> bool:
    return looks_like_a_date(cell.strip())


def _word(row: Sequence[str], words: frozenset[str]) -> int | None:
    for place, cell in enumerate(row):
        if cell.strip().casefold() in words:
            return place
    return None


def _columns(rows: Rows, header: bool | None) -> Columns:
    counted = Counter(place for row in rows for place, cell in enumerate(row) if _is_date(cell))
    first = rows[0] if rows else []
    named = _word(first, DATE_WORDS)
    if not counted and named is None:
        raise NotATable(SAY_NO_DATES)
    date = counted.most_common(1)[0][0] if counted else named or 0
    width = max((_width(row) for row in rows), default=0)
    usual = Counter(_width(row) for row in rows).most_common(1)[0][0]
    if min(width, usual) > 3:
        raise NotATable(SAY_WIDE.format(usual))
    if width < 2:
        raise NotATable(SAY_NO_DATES)
    if header is None:
        header = _is_header(first, date, named)
    note = _word(first, NOTE_WORDS) if header else None
    value = _word(first, VALUE_WORDS) if header else None
    others = [place for place in range(3) if place not in (date, note, value)]
    if value is None:
        value = others.pop(0)
    if note is None:
        note = others[0] if others else None
    title = first[value].strip() if header and len(first) > value else ""
    return Columns(
        date, value, note, header, None if title.casefold() in VALUE_WORDS else title or None
    )


def _width(row: Sequence[str]) -> int:
    """Columns of a line, without the empty ones that spreadsheets leave at its end."""
    width = len(row)
    while width and not row[width - 1].strip():
        width -= 1
    return width


def _is_header(first: Sequence[str], date: int, named: int | None) -> bool:
    if named is not None:
        return True
    if len(first) > date and _is_date(first[date]):
        return False
    # A broken date beside a number is a line of data that deserves a message, not a heading.
    return not any(any(sign.isdigit() for sign in cell) for cell in first)


def _order(
    path: Path, encoding: str, delimiter: str, columns: Columns, days: Sequence[str]
) -> DateOrder | None:
    """The order of day and month if the dates themselves prove it; the whole file is asked."""
    told = {order_told(day) for day in days if looks_like_a_date(day)}
    if told <= {"ymd"} or told == {"dmy"} == {order_told(day) for day in days if "." in day}:
        return "dmy" if "dmy" in told else "ymd"
    place, found = columns.date, set[DateOrder]()
    with path.open(encoding=encoding, newline="") as file:
        for _, cells, _, _ in Reader(file, delimiter):
            if cells is None or len(cells) <= place or not looks_like_a_date(cells[place].strip()):
                continue
            order = order_told(cells[place].strip())
            if order in ("dmy", "mdy"):
                found.add(order)
                if len(found) > 1:
                    return None
    return found.pop() if found else None
