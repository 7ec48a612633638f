"""Which days a range means."""

from datetime import date, timedelta

import pytest

from application.insights.ranges import BadRange, Span, resolve

TODAY = date(2026, 11, 21)


def span(name=None, first=None, last=None, logged=None) -> Span:
    return resolve(name, first, last, today=TODAY, logged=logged)


@pytest.mark.parametrize(("name", "days"), [("7d", 7), ("30d", 30), ("90d", 90), ("1y", 365)])
def test_it_ends_named_ranges_today(name, days) -> None:
    found = span(name)
    assert (found.last, found.days, found.name) == (TODAY, days, name)


def test_it_means_thirty_days_when_nothing_is_said() -> None:
    assert span() == Span(date(2026, 10, 23), TODAY, "30d")


def test_it_begins_all_with_the_first_entry() -> None:
    assert span("all", logged=(date(2020, 1, 1), date(2026, 1, 1))).first == date(2020, 1, 1)
    tomorrow = TODAY + timedelta(days=1)
    assert span("all", logged=(TODAY, tomorrow)).last == tomorrow
    assert span("all", logged=(tomorrow, tomorrow)).first == TODAY
    assert span("all").days == 1


def test_it_takes_chosen_days() -> None:
    assert span(None, TODAY, TODAY).days == 1
    assert span(None, date(2026, 11, 1)).last == TODAY
    assert span(None, TODAY, TODAY + timedelta(days=1)).days == 2
    assert span(None, date(1900, 1, 1), date(2025, 12, 31)).name is None


@pytest.mark.parametrize(
    ("name", "first", "last", "field"),
    [
        ("30d", TODAY, None, "range"),
        ("all", None, TODAY, "range"),
        (None, None, TODAY, "from"),
        (None, TODAY, date(2026, 11, 20), "from"),
        (None, date(1899, 12, 31), TODAY, "from"),
        (None, date(1, 1, 1), date(1, 1, 2), "from"),
        (None, TODAY, date(2026, 11, 23), "to"),
        (None, date(9999, 12, 31), None, "from"),
    ],
)
def test_it_refuses_days_that_are_none(name, first, last, field) -> None:
    with pytest.raises(BadRange) as caught:
        span(name, first, last)
    assert caught.value.field == field
