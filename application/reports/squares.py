"""The calendar of a printed report: a square a day, or a month when there are years of them. Pure.

Readable without colour: a step is a lightness, a day without an entry is hollow.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final

from application.insights.theme import HUES
from application.insights.ticks import MONTHS
from application.reports.facts import Mark
from application.reports.typefaces import TEXT
from application.trackers.kinds import Kind

STEPS: Final = (0.22, 0.41, 0.6, 0.8, 1.0)  # of the kind's colour, the rest is paper
HOLLOW: Final = "#8a8a8a"
ONE_ROW: Final = 31  # days that stand side by side without a name
MANY: Final = 400  # days; over that a square is a month
NAMED_AT_MOST: Final = 8  # days without an entry that a sentence names

PITCH, SIZE, CORNER = 20.0, 15.0, 4.0  # pixels: from square to square, a square, its round corner
LOW_PITCH: Final = 15.0  # a year's twelve rows must leave room for two trackers a page
MARGIN: Final = 46.0  # for the names of rows


@dataclass(frozen=True, slots=True)
class Square:
    """One square of a row: its place from the left, its step or None for no entry."""

    place: int
    level: int | None


@dataclass(frozen=True, slots=True)
class Calendar:
    """A picture with the sentence that stands for it; width and height in pixels."""

    svg: str
    width: float
    height: float
    alt: str


def draw(marks: Sequence[Mark], kind: Kind) -> Calendar | None:
    """The calendar of consecutive days; None without any."""
    if not marks:
        return None
    rows = list(_rows(marks))
    left = MARGIN if rows[0][0] else 0.0
    pitch = PITCH if len(rows) <= 6 else LOW_PITCH
    size = SIZE * pitch / PITCH
    most = max(squares[-1].place for _, squares in rows) + 1
    width = left + (most - 1) * PITCH + SIZE + 2
    height = (len(rows) - 1) * pitch + size + 2
    content = "".join(
        _row(name, squares, left, line * pitch + 1, size, kind)
        for line, (name, squares) in enumerate(rows)
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}"'
        f' viewBox="0 0 {width:g} {height:g}">{content}</svg>'
    )
    return Calendar(svg, width, height, _alt(marks))


def _rows(marks: Sequence[Mark]) -> Iterator[tuple[str, list[Square]]]:
    """Rows of squares with their names: all days, a month each, or a year each."""
    if len(marks) <= ONE_ROW:
        yield "", [Square(place, mark.level) for place, mark in enumerate(marks)]
    elif len(marks) <= MANY:
        years = marks[0].day.year != marks[-1].day.year
        for (year, month), days in groupby(marks, lambda mark: (mark.day.year, mark.day.month)):
            name = f"{MONTHS[month - 1]} {year % 100:02}" if years else MONTHS[month - 1]
            yield name, [Square(mark.day.day - 1, mark.level) for mark in days]
    else:
        for year, days in groupby(marks, lambda mark: mark.day.year):
            months = groupby(days, lambda mark: mark.day.month)
            yield f"{year}", [Square(month - 1, _mean(list(ones))) for month, ones in months]


def _mean(marks: Sequence[Mark]) -> int | None:
    levels = [mark.level for mark in marks if mark.level is not None]
    return round(sum(levels) / len(levels)) if levels else None


def _row(
    name: str, squares: Sequence[Square], left: float, top: float, size: float, kind: Kind
) -> str:
    said = ""
    if name:
        baseline = top + size / 2 + 4.5
        said = (
            f'<text x="0" y="{baseline:g}" font-size="13" font-family="{TEXT}, DejaVu Sans,'
            f' sans-serif">{name}</text>'
        )
    return said + "".join(
        _squares([one.place for one in squares if one.level == level], level, left, top, size, kind)
        for level in (None, *range(len(STEPS)))
    )


def _squares(
    places: Sequence[int], level: int | None, left: float, top: float, size: float, kind: Kind
) -> str:
    """All squares of one look as one path: round joins of its stroke are their corners."""
    if not places:
        return ""
    edge = 1.0 if level is None else CORNER
    inset = edge / 2
    side = size - edge
    path = "".join(
        f"M{left + place * PITCH + inset + 1:g} {top + inset:g}h{side:g}v{side:g}h-{side:g}z"
        for place in places
    )
    colour = HOLLOW if level is None else step(kind, level)
    fill = "none" if level is None else colour
    return (
        f'<path d="{path}" fill="{fill}" stroke="{colour}" stroke-width="{edge:g}"'
        ' stroke-linejoin="round"/>'
    )


def step(kind: Kind, level: int) -> str:
    """The colour of a step: that share of the kind's colour on white paper."""
    colour, share = HUES["print"][kind].colour, STEPS[level]
    parts = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return "#" + "".join(f"{round(255 - share * (255 - part)):02x}" for part in parts)


def _alt(marks: Sequence[Mark]) -> str:
    """What the picture shows, in words: how many days have an entry, and which have none."""
    missing = [mark.day for mark in marks if mark.level is None]
    many = len(marks) - len(missing)
    days = "day" if len(marks) == 1 else "days"
    said = f"Calendar: {many} of {len(marks):,} {days} {'has' if many == 1 else 'have'} an entry"
    if not missing or len(missing) > NAMED_AT_MOST or len(marks) > ONE_ROW:
        return f"{said}."
    return (
        f"{said}; none on {_together([f'{day.day} {MONTHS[day.month - 1]}' for day in missing])}."
    )


def _together(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def long_date(day: date) -> str:
    """ "18 October 2026": without the machine's locale."""
    return f"{day.day} {_LONG[day.month - 1]} {day.year}"


_LONG: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
