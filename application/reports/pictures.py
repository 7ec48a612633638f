"""The picture of a row, drawn from the stored facts with the drawing code of the page."""

from collections.abc import Sequence
from typing import Final, Literal

from application.insights.series import Day
from application.insights.theme import Size, Theme
from application.reports.facts import Row

IN_MAIL: Final = 12


def pictured(rows: Sequence[Row]) -> list[Row]:
    """The rows that have a picture, in their order."""
    return [row for row in rows if row.marks]


def draw(row: Row, size: Size = "wide", theme: Theme = "light") -> bytes:
    """The picture as SVG."""
    return _draw(row, size, theme, "svg")


def draw_png(row: Row) -> bytes:
    """The picture for a mail: PNG at twice its size, on a white plate."""
    return _draw(row, "mail", "light", "png")


def _draw(row: Row, size: Size, theme: Theme, form: Literal["svg", "png"]) -> bytes:
    from application.insights import charts  # late: matplotlib takes half a second to import

    if row.bars:
        return charts.bars(row.bars, kind=row.kind, size=size, theme=theme, form=form)
    return charts.line(
        [Day(mark.day, mark.value) for mark in row.marks],
        kind=row.kind,
        unit=row.unit,
        size=size,
        theme=theme,
        means=row.means,
        form=form,
    )
