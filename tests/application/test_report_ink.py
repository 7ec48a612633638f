"""Our charts become drawing operators, whole, and squares of days a picture and a sentence."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from application.demo.report import facts
from application.reports import ink, squares
from application.reports.facts import Mark
from application.reports.pictures import draw
from application.trackers.kinds import Kind

FIRST = date(2026, 1, 1)


def svg(content: str, attributes: str = "") -> bytes:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        f' width="20" height="10" {attributes}>{content}</svg>'
    ).encode()


def operators(content: str) -> bytes:
    drawn = ink.read(svg(content))
    assert drawn is not None
    return b"\n".join(
        step if isinstance(step, bytes) else f"[{step:g}]".encode() for step in drawn.steps
    )


@pytest.mark.parametrize(
    "days", [(date(2026, 10, 1), date(2026, 10, 31)), (date(2020, 1, 1), date(2026, 10, 31))]
)
def test_every_chart_of_ours_is_drawn_here(days: tuple[date, date]) -> None:
    for row in facts(7, *days).rows:
        drawn = ink.read(draw(row, "print", "print"))
        assert drawn is not None
        assert drawn.width == 642.5
        assert drawn.height == 234.3 or (row.bars and 100 < drawn.height < 234.3)
        assert len(drawn.steps) > 10
        joined = b" ".join(step for step in drawn.steps if isinstance(step, bytes)).split()
        assert joined.count(b"q") == joined.count(b"Q")


def test_a_path_is_filled_and_stroked_with_what_it_inherits() -> None:
    content = '<g stroke="#ff0000" stroke-linejoin="round"><path d="M1 2L3 4z" fill="none"/></g>'
    assert operators(content) == b"1 0 0 RG 1 w 0 J 1 j 1 2 m 3 4 l h S"
    assert operators('<path d="M1 2h3v4h-3z"/>') == b"0 0 0 rg 1 2 m 4 2 l 4 6 l 1 6 l h f"


def test_a_quadratic_curve_stays_the_curve_it_is() -> None:
    assert operators('<path d="M0 0Q3 6 6 0"/>') == b"0 0 0 rg 0 0 m 2 4 4 4 6 0 c f"


def test_a_copy_stands_where_it_is_put_in_the_colour_of_its_place() -> None:
    content = (
        '<defs><path id="a" d="M1 1L2 2" transform="scale(.5)"/></defs>'
        '<use xlink:href="#a" x="3" y="4" fill="#0000ff"/>'
    )
    assert operators(content).split(b"\n") == [
        b"q 1 0 0 1 3 4 cm",
        b"q 0.5 0 0 0.5 0 0 cm",
        b"0 0 1 rg 1 1 m 2 2 l f",
        b"Q",
        b"Q",
    ]


def test_opacity_ends_with_what_has_it() -> None:
    said = operators('<path d="M1 1L2 2" opacity=".5"/><path d="M1 1L2 2"/>')
    assert said.startswith(b"[0.5]\n")
    assert said.count(b"[1]") == 1


@pytest.mark.parametrize(
    "content",
    [
        "<text>words</text>",
        '<image xlink:href="http://127.0.0.1/"/>',
        '<path d="M1 1A1 1 0 0 1 2 2"/>',
        '<path d="M1 1L2"/>',
        '<path d="M1 1L2 2" filter="x"/>',
        '<path d="M1 1L2 2" fill="red"/>',
        '<path d="M1 1L2 2" stroke="#000000" stroke-dasharray="1 2"/>',
        '<g transform="rotate(5)"><path d="M1 1L2 2"/></g>',
        '<use xlink:href="#nowhere"/>',
    ],
)
def test_what_is_not_known_here_is_left_to_weasyprint(content: str) -> None:
    assert ink.read(svg(content)) is None


def marks(many: int) -> list[Mark]:
    levels = (None, 0, 1, 2, 3, 4)
    return [Mark(FIRST + timedelta(days=n), 1.0, levels[n % 6]) for n in range(many)]


@pytest.mark.parametrize("many", [1, 28, 31, 32, 62, 92, 123, 182, 365, 366, 400, 401, 3653])
@pytest.mark.parametrize("first", [date(2026, 1, 1), date(2025, 12, 31)])
def test_squares_of_any_span_fit_beside_and_below_each_other(many: int, first: date) -> None:
    shifted = [Mark(first + timedelta(days=n), 1.0, n % 5) for n in range(many)]
    drawn = squares.draw(shifted, Kind.BOOLEAN)
    assert drawn is not None
    assert drawn.width <= squares.WIDTH
    # Two trackers share a page: 170 mm of width are 642 pixels.
    assert drawn.height <= 27 / 170 * squares.WIDTH


def test_a_square_without_an_entry_is_hollow_and_no_step_is() -> None:
    drawn = squares.draw(marks(31), Kind.NUMERICAL)
    assert drawn is not None
    assert drawn.svg.count('fill="none"') == 1
    steps = [squares.step(Kind.NUMERICAL, level) for level in range(5)]
    assert all(step in drawn.svg for step in steps)


@pytest.mark.parametrize("kind", list(Kind))
def test_steps_differ_without_colour(kind: Kind) -> None:
    def lightness(colour: str) -> float:
        red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    steps = [lightness(squares.step(kind, level)) for level in range(5)]
    assert all(one - below > 15 for one, below in pairwise(steps))
    assert 255 - steps[0] > 25


def test_a_calendar_says_what_it_shows() -> None:
    def alt(levels: list[int | None]) -> str:
        drawn = squares.draw(
            [Mark(FIRST + timedelta(days=n), None, one) for n, one in enumerate(levels)],
            Kind.MULTIPLE_CHOICE,
        )
        assert drawn is not None
        return drawn.alt

    assert alt([1, 1]) == "Calendar: 2 of 2 days have an entry."
    assert alt([1, None, 0]) == "Calendar: 2 of 3 days have an entry; none on 2 Jan."
    assert alt([1, None, None]) == "Calendar: 1 of 3 days has an entry; none on 2 Jan and 3 Jan."
    assert alt([None] * 20 + [3]) == "Calendar: 1 of 21 days has an entry."
    assert squares.draw([], Kind.BOOLEAN) is None
