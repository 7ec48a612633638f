"""Lines and dates of a chart: few, round, readable, never one over the other."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from application.insights.ticks import dates, number, scale, time_unit, title
from application.trackers.kinds import Kind


def labels(*values: float, kind: Kind = Kind.NUMERICAL) -> list[str]:
    return [label for _, label in scale(values, kind).lines]


def test_it_starts_from_zero_with_at_most_four_steps() -> None:
    assert labels(1.1, 2.3) == ["0", "1", "2"]
    assert labels(3, 9) == ["0", "2.5", "5", "7.5"]
    assert labels(2000, 14000) == ["0", "5,000", "10,000", "15,000"]
    assert labels(-12, 8) == ["−10", "0"]
    assert labels(0, 9e14) == ["0", "250 tn", "500 tn", "750 tn"]


def test_it_starts_from_the_data_when_all_of_it_lies_near_its_mean() -> None:
    assert labels(70, 71, 72) == ["70", "71", "72"]
    assert labels(1_000_000, 1_000_002) == ["1,000,000", "1,000,001", "1,000,002"]
    assert scale([3.0], Kind.NUMERICAL).low == pytest.approx(2.7)


def test_it_counts_time_as_a_clock_does() -> None:
    assert labels(600, 4800, kind=Kind.TIME_DURATION) == ["0", "30", "60"]
    assert labels(0, 60, kind=Kind.TIME_DURATION) == ["0", "20", "40", "60"]
    assert labels(3600, 9 * 3600, kind=Kind.TIME_DURATION) == ["0", "3", "6", "9"]
    assert time_unit([])[1] == "Hours"


@example([5e-324], Kind.NUMERICAL)
@example([-5e-324, 0.0], Kind.NUMERICAL)
@example([0.0], Kind.TIME_DURATION)
@given(st.lists(st.floats(-1e15, 1e15), min_size=1, max_size=20), st.sampled_from(Kind))
def test_it_always_finds_lines_within_the_axis(values: list[float], kind: Kind) -> None:
    if kind is Kind.TIME_DURATION:
        values = [abs(value) for value in values]
    axis = scale(values, kind)
    assert axis.low < axis.high
    assert axis.low <= min(values) <= max(values) <= axis.high
    assert len(axis.lines) <= 6
    tolerance = (axis.high - axis.low) / 1000
    assert all(axis.low - tolerance <= at <= axis.high + tolerance for at, _ in axis.lines)


def test_it_writes_numbers_short() -> None:
    assert [number(value) for value in (0, -2.5, 12345, 1.5e6, 2e9, 3e12, 4e15)] == [
        "0", "−2.5", "12,345", "1.5 M", "2 bn", "3 tn", "4 q",
    ]  # fmt: skip
    assert number(1e-7) == "1e-07"
    assert number(1e21) == "1e+21"


def test_it_names_the_unit() -> None:
    assert title(Kind.NUMERICAL, "l", []) == "Litres a day"
    assert title(Kind.NUMERICAL, "glasses", []) == "Glasses a day"
    assert title(Kind.NUMERICAL, "bpm", []) == "bpm a day"
    assert title(Kind.NUMERICAL, " ", []) == "Total a day"
    assert title(Kind.TIME_DURATION, "", [90.0]) == "Seconds a day"
    assert title(Kind.TIME_DURATION, "", [1800.0]) == "Minutes a day"


def marks(span: int, width: float = 700, most: int = 12) -> list[str]:
    last = date(2026, 11, 21)
    first = last - timedelta(days=span - 1)
    return [text for _, text in dates(first, last, width, lambda text: 8.0 * len(text), most)]


def test_it_chooses_days_mondays_months_quarters_and_years() -> None:
    assert marks(7) == [f"{day} Nov" for day in range(15, 22)]
    assert marks(30) == ["26 Oct", "2 Nov", "9 Nov", "16 Nov"]
    assert marks(30, width=250, most=3) == ["26 Oct", "9 Nov"]
    assert marks(365)[:3] == ["Dec", "2026", "Feb"]
    assert marks(800)[:4] == ["Oct", "2025", "Apr", "Jul"]
    assert marks(3650) == [str(year) for year in range(2017, 2027)]
    assert marks(1) == ["21 Nov"]
    assert marks(7, width=40) == ["21 Nov"] or len(marks(7, width=40)) == 1


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(1, 46000), st.integers(80, 800))
def test_it_never_writes_one_date_over_another(first: date, span: int, width: int) -> None:
    last = first + timedelta(days=span - 1)
    found = dates(first, last, width, lambda text: 8.0 * len(text), 12)
    pitch = width / max(span - 1, 1)
    assert found
    assert all(0 <= place < span for place, _ in found)
    for (left, one), (right, other) in pairwise(found):
        assert (right - left) * pitch >= 4.0 * (len(one) + len(other))
