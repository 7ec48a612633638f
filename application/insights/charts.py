"""The pictures: a tracker's days as a line, its answers as bars, as SVG bytes for an `<img>`.

Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import nan
from typing import Final, Literal

from application.insights.canvas import Point, Sheet
from application.insights.fonts import shorten, width
from application.insights.series import Day, rolling_mean
from application.insights.theme import HUES, MARKERS, PALETTES, POINT, SIZES, Size, Theme
from application.insights.ticks import Scale, dates, scale, title
from application.trackers.kinds import Kind

__all__ = ["Day", "Size", "Theme", "bars", "line", "rolling_mean"]

Form = Literal["svg", "png"]

EDGE: Final = 12.0  # kept free at the right and above: room for half a circle
DOT: Final = 5.5 * POINT
BAR: Final = 0.58
PITCH_AT_MOST: Final = 64.0
BARS_AT_MOST: Final = 12
LINE_OF_TEXT: Final = 1.75  # height of a line, in sizes of its text
DOTS_AT_MOST: Final = 800


@dataclass(frozen=True, slots=True)
class _Frame:
    """The sheet of one picture with its colours and the rectangle that is drawn in."""

    sheet: Sheet
    size: Size
    theme: Theme
    kind: Kind
    left: float
    bottom: float
    right: float
    top: float


def line(
    days: Sequence[Day],
    *,
    kind: Kind,
    unit: str,
    size: Size,
    theme: Theme,
    means: Sequence[float | None] | None = None,
    form: Form = "svg",
) -> bytes:
    """Each logged day as an open mark, its 7-day mean as a line; `days` consecutive, oldest first.

    `means` are the means to draw when they were made with days before the first one; without them
    they are taken from `days` alone. A day without an entry is not joined and never zero.
    """
    values = [day.value for day in days if day.value is not None]
    means = rolling_mean(days) if means is None else means
    drawn = [mean for mean in means if mean is not None] if values else []
    axis = scale([*values, *drawn], kind)  # the days before may have lain higher or lower
    frame = _frame(kind, size, theme, axis)
    _grid(frame, axis)
    _dates(frame, days)
    head = title(kind, unit, values)
    if not values:
        _words_above(frame, head, frame.right)
        return _nothing_yet(frame, "line", form)
    _words_above(frame, head, _legend(frame) - EDGE)
    _mean(frame, axis, means)
    _dots(frame, axis, days)
    return _finished(frame.sheet, form)


def bars(
    rows: Sequence[tuple[str, int]],
    *,
    kind: Kind,
    size: Size,
    theme: Theme,
    form: Form = "svg",
) -> bytes:
    """How many days each answer was given, a horizontal bar each, in the order of `rows`.

    Of more than twelve the eleven most given are drawn, then one bar for all others together.
    """
    _measures, _palette = SIZES[size], PALETTES[theme]
    head = "Days chosen" if kind is Kind.MULTIPLE_CHOICE else "Days answered"
    if not any(count for _, count in rows):
        frame = _frame(kind, size, theme, scale([], kind))
        _grid(frame, scale([], kind))
        _words_above(frame, head, frame.right)
        return _nothing_yet(frame, "bars", form)
    # In a mail and on paper nothing stands beside it: few bars need not be as high as a line.
    low = form == "png" or size == "print"
    return _finished(_bars(_most_given(rows), head, kind, size, theme, low), form)


def _bars(
    rows: Sequence[tuple[str, int]], head: str, kind: Kind, size: Size, theme: Theme, low: bool
) -> Sheet:
    measures, ink = SIZES[size], PALETTES[theme].ink
    if low:
        room = PITCH_AT_MOST * len(rows) + measures.text * LINE_OF_TEXT + EDGE
        measures = replace(measures, height=min(measures.height, room))
    top = measures.height - measures.text * LINE_OF_TEXT
    pitch = min((top - 4) / len(rows), PITCH_AT_MOST)
    label = min(measures.label, pitch * 0.8)
    names = [shorten(name, measures.width * 0.36, label) for name, _ in rows]
    counts = [f"{count:,} day{'' if count == 1 else 's'}" for _, count in rows]
    left = max(width(name, label) for name in names) + 12
    longest = measures.width - left - max(width(count, label, 600) for count in counts) - 12
    most = max(count for _, count in rows)
    # Few bars stand in the middle of their picture rather than growing thick.
    first = top - ((top - 4) - pitch * len(rows)) / 2 - pitch / 2
    sheet = Sheet(measures.width, measures.height)
    frame = _Frame(sheet, size, theme, kind, left, 0, measures.width - EDGE, top)
    _words_above(frame, head, frame.right)
    outlines: list[list[Point]] = []
    for place, (name, count, (_, value)) in enumerate(zip(names, counts, rows, strict=True)):
        y, half = first - place * pitch, pitch * BAR / 2
        end = left + longest * value / most
        baseline = y - label * 0.35
        sheet.text((left - 10, baseline), name, ink, label, align="right")
        sheet.text((end + 8, baseline), count, ink, label, 600)
        if value:
            outlines.append([(left, y - half), (end, y - half), (end, y + half), (left, y + half)])
    sheet.shapes(outlines, HUES[theme][kind].colour)
    return sheet


def _most_given(rows: Sequence[tuple[str, int]]) -> Sequence[tuple[str, int]]:
    if len(rows) <= BARS_AT_MOST:
        return rows
    ordered = sorted(rows, key=lambda row: -row[1])
    shown, others = ordered[: BARS_AT_MOST - 1], ordered[BARS_AT_MOST - 1 :]
    return [*shown, (f"{len(others):,} more", sum(count for _, count in others))]


def _frame(kind: Kind, size: Size, theme: Theme, axis: Scale) -> _Frame:
    """Room for the widest number at the left, dates below, one line of words above."""
    measures = SIZES[size]
    numbers = max((width(label, measures.text) for _, label in axis.lines), default=0.0)
    below = measures.text * (2 * LINE_OF_TEXT if measures.legend_below else LINE_OF_TEXT)
    return _Frame(
        Sheet(measures.width, measures.height), size, theme, kind,
        left=max(numbers + 8, 2.0) + DOT / 2,
        bottom=below,
        right=measures.width - EDGE,
        top=measures.height - measures.text * LINE_OF_TEXT - EDGE,
    )  # fmt: skip


def _height(frame: _Frame, axis: Scale, value: float) -> float:
    share = (value - axis.low) / (axis.high - axis.low)
    return frame.bottom + share * (frame.top - frame.bottom)


def _across(frame: _Frame, many: int) -> list[float]:
    """Where the days stand: the first and the last at the ends, a single one in the middle."""
    if many == 1:
        return [(frame.left + frame.right) / 2]
    pitch = (frame.right - frame.left) / max(many - 1, 1)
    return [frame.left + place * pitch for place in range(many)]


def _grid(frame: _Frame, axis: Scale) -> None:
    palette, text = PALETTES[frame.theme], SIZES[frame.size].text
    ends = (frame.left, frame.right)
    for value, label in axis.lines:
        y = round(_height(frame, axis, value)) + 0.5  # on the pixel, so that a hairline is one
        if y > frame.bottom + 1:
            frame.sheet.line([(x, y) for x in ends], palette.line, 1, solid_capstyle="butt")
        if label:
            at = (frame.left - 8, y - text * 0.35)
            frame.sheet.text(at, label, palette.ink_2, text, align="right")
    y = round(frame.bottom) + 0.5
    frame.sheet.line([(x, y) for x in ends], palette.control, 1, solid_capstyle="butt")


def _dates(frame: _Frame, days: Sequence[Day]) -> None:
    if not days:
        return
    measures = SIZES[frame.size]
    marks = dates(
        days[0].day,
        days[-1].day,
        frame.right - frame.left,
        lambda label: width(label, measures.text),
        measures.dates,
    )
    places = _across(frame, len(days))
    for place, label in marks:
        half = width(label, measures.text) / 2
        x = min(max(places[place], half + 2), measures.width - half - 2)
        at = (x, frame.bottom - measures.text * 1.35)
        colour = PALETTES[frame.theme].ink_2
        frame.sheet.text(at, label, colour, measures.text, align="center")


def _words_above(frame: _Frame, words: str, right: float) -> None:
    text = SIZES[frame.size].text
    at = (frame.left, frame.sheet.height - text * 1.1)
    shown = shorten(words, right - frame.left, text)
    frame.sheet.text(at, shown, PALETTES[frame.theme].ink_2, text)


def _legend(frame: _Frame) -> float:
    """What mark and line mean: top right, or below the dates; where the room left of it ends."""
    measures, palette, hue = SIZES[frame.size], PALETTES[frame.theme], HUES[frame.theme][frame.kind]
    text, sheet = measures.text, frame.sheet
    words = [width(word, text) for word in ("each day", "7-day mean")]
    whole = DOT + 10 + words[0] + 20 + 24 + 8 + words[1]
    if measures.legend_below:
        x, baseline = frame.left, text * 0.55
        room = frame.right
    else:
        x, baseline = frame.right - whole, sheet.height - text * 1.1
        room = x
    y = baseline + text * 0.35
    sheet.dots([(x + DOT / 2, y)], MARKERS[frame.kind], DOT, hue.colour, hue.tint)
    x += DOT + 10
    sheet.text((x, baseline), "each day", palette.ink_2, text)
    x += words[0] + 20
    sheet.line([(x + 2, y), (x + 22, y)], hue.colour, 2.5 * POINT)
    sheet.text((x + 32, baseline), "7-day mean", palette.ink_2, text)
    return room


def _mean(frame: _Frame, axis: Scale, means: Sequence[float | None]) -> None:
    """The line and the ground under it, broken where seven days have no entry."""
    hue, runs = HUES[frame.theme][frame.kind], list[list[Point]]()
    stride = 1 + len(means) // DOTS_AT_MOST
    whole = True
    for place, (x, mean) in enumerate(zip(_across(frame, len(means)), means, strict=True)):
        if mean is None:
            whole = True
            continue
        if whole:
            runs.append([])
        if whole or place % stride == 0 or place == len(means) - 1:
            runs[-1].append((x, _height(frame, axis, mean)))
        whole = False
    runs = [run for run in runs if len(run) > 1]
    ground = frame.bottom + 0.5
    frame.sheet.shapes(
        [[(run[0][0], ground), *run, (run[-1][0], ground)] for run in runs], hue.colour, 0.08
    )
    joined = [point for run in runs for point in (*run, (nan, nan))]
    frame.sheet.line(joined[:-1], hue.colour, 2.5 * POINT)


def _dots(frame: _Frame, axis: Scale, days: Sequence[Day]) -> None:
    """Full size while they stand apart; smaller for a year; a column's extremes for many years."""
    hue = HUES[frame.theme][frame.kind]
    across = _across(frame, len(days))
    points = [
        (x, _height(frame, axis, day.value))
        for x, day in zip(across, days, strict=True)
        if day.value is not None
    ]
    pitch = across[1] - across[0] if len(across) > 1 else DOT
    if len(days) > DOTS_AT_MOST:
        columns: dict[int, list[Point]] = {}
        for point in points:
            columns.setdefault(round(point[0]), []).append(point)
        ends = [(min(c, key=lambda p: p[1]), max(c, key=lambda p: p[1])) for c in columns.values()]
        points = [point for pair in ends for point in dict.fromkeys(pair)]
    size = max(1.7 * POINT, pitch * 1.6)
    if size < DOT:
        frame.sheet.specks(points, size, hue.colour, hue.tint)
    else:
        frame.sheet.dots(points, MARKERS[frame.kind], DOT, hue.colour, hue.tint)


def _nothing_yet(frame: _Frame, what: str, form: Form) -> bytes:
    """The grid stays, and the middle says that this is where something will be."""
    palette, text = PALETTES[frame.theme], SIZES[frame.size].text
    x = (frame.left + frame.right) / 2
    y = (frame.bottom + frame.top) / 2
    head = text * 1.25
    said = f"The {what} start{'s' if what == 'line' else ''} with the first entry."
    frame.sheet.text((x, y + text * 0.3), "Nothing here yet", palette.ink, head, 600, "center")
    frame.sheet.text((x, y - text * 1.2), said, palette.ink_2, text, align="center")
    return _finished(frame.sheet, form)


def _finished(sheet: Sheet, form: Form) -> bytes:
    return sheet.png() if form == "png" else sheet.svg()
