"""The pictures: the same bytes for the same figures, whole for every size, and never another's."""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.font_manager import findfont, get_font

from application.insights import fonts
from application.insights.charts import Day, Size, Theme, bars, line, rolling_mean
from application.insights.theme import HUES, SIZES
from application.trackers.kinds import Kind

FIRST = date(2026, 10, 23)
MOOD = [("Calm", 12), ("Good", 9), ("Flat", 5), ("Low", 2)]


def days(*values: float | None, first: date = FIRST) -> list[Day]:
    return [Day(first + timedelta(days=place), value) for place, value in enumerate(values)]


def water(*values: float | None, size: Size = "wide", theme: Theme = "light") -> bytes:
    return line(days(*values), kind=Kind.NUMERICAL, unit="l", size=size, theme=theme)


def moods(
    rows: list[tuple[str, int]], kind: Kind = Kind.MULTIPLE_CHOICE, size: Size = "wide"
) -> bytes:
    return bars(rows, kind=kind, size=size, theme="light")


def words(picture: bytes) -> list[str]:
    """Texts in drawing order: matplotlib leaves each as a comment before its outlines."""
    ElementTree.fromstring(picture)
    return re.findall(r"<!-- (.*?) -->", picture.decode())


@pytest.mark.parametrize(("size", "theme"), [*product(get_args(Size), get_args(Theme))])
def test_it_draws_every_size_and_theme(size: Size, theme: Theme) -> None:
    for kind in Kind:
        if kind in (Kind.NUMERICAL, Kind.TIME_DURATION):
            values = days(60.0, None, 120.0, 90.0)
            picture = line(values, kind=kind, unit="kg", size=size, theme=theme)
        else:
            picture = bars(MOOD, kind=kind, size=size, theme=theme)
        root = ElementTree.fromstring(picture)
        measures = SIZES[size]
        assert float(root.get("width", "")) == measures.width
        assert float(root.get("height", "")) == measures.height
        assert HUES[theme][kind].colour.lower() in picture.decode()
        assert b"<text" not in picture, "letters are outlines: the page's font is not in an <img>"
        assert b"<metadata" not in picture
        assert b"style" not in picture, "our CSP would drop it where the picture stands alone"


def test_it_says_unit_dates_and_what_the_marks_mean() -> None:
    said = words(water(*[1.5] * 30))
    assert "Litres a day" in said
    assert said[-7:-3] == ["26 Oct", "2 Nov", "9 Nov", "16 Nov"]
    assert {"each day", "7-day mean"} <= set(said)
    assert "12 days" in words(moods(MOOD))
    assert "1 day" in words(moods([("Yes", 1), ("No", 0)], Kind.BOOLEAN))


def test_it_draws_the_same_bytes_for_the_same_figures() -> None:
    assert water(1, None, 2) == water(1, None, 2)
    assert water(1, None, 2) != water(1, None, 3)
    script = (
        "import sys, hashlib\nfrom application.insights.charts import bars\n"
        "from application.trackers.kinds import Kind\n"
        f"p = bars({MOOD!r}, kind=Kind.MULTIPLE_CHOICE, size='wide', theme='light')\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
        "sys.stdout.write(hashlib.sha256(p).hexdigest())"
    )
    runs = {
        subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout
        for _ in range(2)
    }
    assert len(runs) == 1, "another process draws it differently"


def test_it_never_mixes_up_the_pictures_of_threads() -> None:
    alone = [water(*range(place + 2)) for place in range(24)]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda place: water(*range(place + 2)), range(24)))
    assert together == alone


def test_it_draws_a_friendly_empty_picture() -> None:
    for size in get_args(Size):
        assert words(water(None, None, size=size))[-2:] == [
            "Nothing here yet",
            "The line starts with the first entry.",
        ]
        assert "Nothing here yet" in words(moods([("Calm", 0)], size=size))
    assert "Nothing here yet" in words(water())
    assert "Nothing here yet" in words(moods([]))


def test_it_draws_one_entry() -> None:
    assert "7-day mean" in words(water(1.5))
    assert water(1.5, None) != water(None, 1.5)


@pytest.mark.parametrize(
    "values",
    [
        [-3.5, -1.0, 2.0],
        [-999_999_999_999_999.0, 999_999_999_999_999.0],
        [123456789012345.0, 123456789012346.0],
        [0.000000000000001, 0.000000000000002],
        [1e15, 1.0, None],
        [0.0, 0.0],
        [-2.0],
        [5e-324, 1e300],
    ],
)
def test_it_draws_any_number_a_tracker_takes(values: list[float | None]) -> None:
    for size in get_args(Size):
        labels = words(water(*values, size=size))
        assert "nan" not in "".join(labels)


def test_it_draws_as_many_days_as_there_are() -> None:
    for many in (120, 121, 365, 800, 4000):
        values = [1.0 + place % 7 if place % 5 else None for place in range(many)]
        picture = water(*values)
        assert len(picture) < 250_000
        assert b"NaN" not in picture
    assert [
        one
        for one in words(line(days(*[1.0] * 1000, first=date(2023, 12, 2)), kind=Kind.NUMERICAL,
                              unit="", size="wide", theme="light"))
        if one.startswith("20")
    ] == ["2024", "2025", "2026"]  # fmt: skip


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("$\\frac{1}{2}$", "$\\frac{1}{2}$"),
        ("costs $5 or $6", "costs $5 or $6"),
        ("a\x00b\x1bc\ud800", "abc"),
        ("two\nlines\tand  more", "two lines and more"),
        ("x" * 60, None),
        ("日本語", None),
        ("👩‍👧", None),
        ("", ""),
    ],
)
def test_it_writes_the_labels_of_people_as_they_are(label: str, shown: str | None) -> None:
    said = words(moods([(label, 3)]))
    assert "3 days" in said
    if shown:
        assert shown in said


def test_it_keeps_markup_in_labels_harmless() -> None:
    picture = moods([('--></svg><script>alert(1)</script>&"', 3)])
    tags = {element.tag.split("}")[1] for element in ElementTree.fromstring(picture).iter()}
    assert tags <= {"svg", "defs", "style", "g", "path", "use", "clipPath", "rect"}


def test_it_cuts_a_label_that_does_not_fit() -> None:
    longest = max(words(moods([("x" * 60, 3)], size="narrow")), key=len)
    assert longest.endswith("x…")
    unit = words(line(days(1.0, 2.0), kind=Kind.NUMERICAL, unit="y" * 100, size="narrow",
                      theme="dark"))  # fmt: skip
    assert any(one.endswith("y…") for one in unit)


def test_it_gathers_the_rest_of_many_choices() -> None:
    twelve = [(f"Choice {place}", place) for place in range(1, 13)]
    assert not any("more" in one for one in words(moods(twelve)))
    said = words(moods([*twelve, ("Choice 13", 13)]))
    assert "2 more" in said
    assert "Choice 3" in said
    assert "Choice 2" not in said
    assert said[said.index("2 more") + 1] == "3 days"
    assert "989 more" in words(moods([(str(place), 1) for place in range(1000)]))


def test_it_takes_the_mean_of_the_logged_days_among_the_last_seven() -> None:
    assert rolling_mean(days(1.0, None, 3.0)) == [1.0, 1.0, 2.0]
    assert rolling_mean(days(None, 2.0, *[None] * 7)) == [None, *[2.0] * 7, None]
    assert rolling_mean(days(*map(float, range(1, 9))))[-2:] == [4.0, 5.0]
    assert rolling_mean([]) == []


def test_it_draws_given_means_instead_of_its_own() -> None:
    given_means = line(days(1.0, 2.0), kind=Kind.NUMERICAL, unit="l", size="wide", theme="light",
                       means=[2.0, 2.0])  # fmt: skip
    assert given_means != water(1.0, 2.0)


def test_means_that_began_higher_stay_in_the_picture() -> None:
    picture = line(days(70.2, 70.3), kind=Kind.NUMERICAL, unit="kg", size="wide", theme="light",
                   means=[74.0, 73.0])  # fmt: skip
    assert any(word.startswith("74") for word in words(picture))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.none() | st.floats(-1e15, 1e15), max_size=40),
    st.text(max_size=30),
    st.sampled_from(get_args(Size)),
)
def test_it_draws_whatever_was_logged(values: list[float | None], unit: str, size: Size) -> None:
    picture = line(days(*values), kind=Kind.NUMERICAL, unit=unit, size=size, theme="dark")
    assert b"nan" not in re.sub(rb"<!--.*?-->", b"", picture)
    ElementTree.fromstring(picture)


def test_it_makes_the_typeface_readable_under_its_own_name(tmp_path: Path) -> None:
    woff = tmp_path / "figtree.woff2"
    with TTFont(findfont("DejaVu Sans")) as font:
        font.flavor = "woff2"
        font.save(woff)
    made = fonts.convert(woff, "Tend Sans", 400, tmp_path / "cache")
    assert get_font(str(made)).family_name == "Tend Sans"
    before = made.stat().st_mtime_ns
    assert fonts.convert(woff, "Tend Sans", 400, tmp_path / "cache") == made
    assert made.stat().st_mtime_ns == before
    assert [path.suffix for path in made.parent.iterdir()] == [".ttf"]


def test_it_does_without_the_typeface_when_the_page_is_not_built(tmp_path: Path) -> None:
    assert fonts._register([tmp_path], tmp_path) == []
