"""The calendar of a printed report: a square a day, or a month when there are years of them. Pure.

Readable without colour: a step is a lightness, a day without an entry is hollow.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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

WIDTH: Final = 642.0  # pixels: 170 mm


@dataclass(frozen=True, slots=True)
class Grid:
    """Pixels from square to square across and down, of a square and its round corner, of names."""

    across: float
    down: float
    size: float
    corner: float
    text: float
    names: float  # room for them at the left


DAYS: Final = Grid(20, 20, 15, 4, 13, 0)
WIDE: Final = Grid(19.2, 19.2, 14.5, 4, 13, 46)
YEARS: Final = Grid(19.2, 16.5, 13, 4, 13, 46)
DENSE: Final = Grid(8.6, 12.5, 7, 2, 10.5, 46)  # two columns of months
ROWS_OF_ONE: Final = 4  # more of them stand in two columns: two trackers must fit on a page


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
    most = max(squares[-1].place for _, squares in rows) + 1
    columns = 1 if len(rows) <= ROWS_OF_ONE else 2
    if not rows[0][0]:
        grid = DAYS
    elif len(marks) > MANY:
        grid = YEARS
    else:
        grid = WIDE if columns == 1 else DENSE
    lines = -(-len(rows) // columns)
    content = "".join(
        _row(name, squares, (place // lines) * WIDTH / 2, place % lines * grid.down, kind, grid)
        for place, (name, squares) in enumerate(rows)
    )
    one = grid.names + (most - 1) * grid.across + grid.size + 2
    width = one + (columns - 1) * WIDTH / 2
    height = (lines - 1) * grid.down + grid.size + 2
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
    name: str, squares: Sequence[Square], left: float, top: float, kind: Kind, grid: Grid
) -> str:
    said = ""
    if name:
        baseline = top + 1 + grid.size / 2 + grid.text * 0.35
        said = (
            f'<text x="{left:g}" y="{baseline:g}" font-size="{grid.text:g}"'
            f' font-family="{TEXT}, DejaVu Sans, sans-serif">{name}</text>'
        )
        left += grid.names
    return said + "".join(
        _squares([one.place for one in squares if one.level == level], level, left, top, kind, grid)
        for level in (None, *range(len(STEPS)))
    )


def _squares(
    places: Sequence[int], level: int | None, left: float, top: float, kind: Kind, grid: Grid
) -> str:
    """All squares of one look as one path: round joins of its stroke are their corners."""
    if not places:
        return ""
    edge = 1.0 if level is None else grid.corner
    side = grid.size - edge
    first, top = left + 1 + edge / 2, top + 1 + edge / 2
    path = "".join(
        f"M{first + place * grid.across:g} {top:g}h{side:g}v{side:g}h-{side:g}z" for place in places
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
    said = f"Calendar: {many:,} of {len(marks):,} {days} {'has' if many == 1 else 'have'} an entry"
    if not missing or len(missing) > NAMED_AT_MOST or len(marks) > ONE_ROW:
        return f"{said}."
    return (
        f"{said}; none on {_together([f'{day.day} {MONTHS[day.month - 1]}' for day in missing])}."
    )


def _together(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
