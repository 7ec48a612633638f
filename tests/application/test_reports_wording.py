"""What a report says: names of periods, opening sentences, fullest days, resting trackers."""

from datetime import date

import pytest

from application.reports import wording
from application.reports.periods import BadPeriod, between, read
from application.reports.wording import Change, Logged, cut

TODAY = date(2026, 11, 21)


def more(what="Walk", size=0.5, now="14 days", before="9") -> Change:
    return Change(what, size, now, before)


def less(what="Sleep", size=-0.16, now="7 h a day", before="8 h") -> Change:
    return Change(what, size, now, before)


@pytest.mark.parametrize(
    ("text", "first", "last", "name", "title", "before"),
    [
        ("2026-10", "2026-10-01", "2026-10-31", "October", "October 2026", "September"),
        ("2026-01", "2026-01-01", "2026-01-31", "January", "January 2026", "December"),
        ("2024-02", "2024-02-01", "2024-02-29", "February", "February 2024", "January"),
        ("2025-12", "2025-12-01", "2025-12-31", "December", "December 2025", "November"),
        ("2026-Q3", "2026-07-01", "2026-09-30", "July to September", "July to September 2026",
         "April to June"),
        ("2026-Q1", "2026-01-01", "2026-03-31", "January to March", "January to March 2026",
         "October to December"),
        ("2025", "2025-01-01", "2025-12-31", "2025", "2025", "2024"),
        ("2026-10-03..2026-10-19", "2026-10-03", "2026-10-19", "3 to 19 October",
         "3 to 19 October 2026", "the 17 days before"),
        ("2026-09-28..2026-10-04", "2026-09-28", "2026-10-04", "28 September to 4 October",
         "28 September to 4 October 2026", "the 7 days before"),
        ("2025-12-28..2026-01-03", "2025-12-28", "2026-01-03",
         "28 December 2025 to 3 January 2026", "28 December 2025 to 3 January 2026",
         "the 7 days before"),
        ("2026-10-18..2026-10-18", "2026-10-18", "2026-10-18", "18 October", "18 October 2026",
         "the day before"),
    ],
)  # fmt: skip
def test_periods_have_their_days_and_names(text, first, last, name, title, before):
    period = read(text, TODAY)
    assert (str(period.first), str(period.last)) == (first, last)
    assert (period.name, period.title, period.before_name()) == (name, title, before)
    assert period.text == text


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("2026-12", "period"), ("2027", "period"), ("2026-Q5", "period"), ("2026-13", "period"),
        ("2026-1", "period"), ("", "period"), ("1899", "period"), ("9999", "period"),
        ("2026-Q4 ", "period"), ("٢٠٢٦", "period"), ("<b>", "period"),
        ("2026-11-01..2026-11-22", "to"), ("2026-11-22..2026-11-23", "from"),
        ("2026-10-02..2026-10-01", "from"), ("2016-11-20..2026-11-21", "from"),
        ("1899-12-31..1900-01-02", "from"), ("x..y", "period"),
    ],
)  # fmt: skip
def test_periods_that_cannot_be_name_their_field(text, field):
    with pytest.raises(BadPeriod) as refusal:
        read(text, TODAY)
    assert refusal.value.field == field


def test_ten_years_fit_and_a_day_more_does_not():
    assert read("2016-11-22..2026-11-21", TODAY).until(TODAY).days == 3652
    with pytest.raises(BadPeriod):
        read("2016-11-21..2026-11-21", TODAY)
    assert read("2016-02-29..2026-02-27", TODAY)
    with pytest.raises(BadPeriod):
        read("2016-02-29..2026-03-01", TODAY)


def test_a_month_under_way_ends_today_and_is_compared_with_as_many_days():
    november = read("2026-11", TODAY)
    assert november.until(TODAY).last == TODAY
    past = november.compared(TODAY)
    assert (past.first, past.last) == (date(2026, 10, 1), date(2026, 10, 21))
    march = read("2026-03", date(2026, 3, 31)).compared(date(2026, 3, 31))
    assert march.last == date(2026, 2, 28)
    october = read("2026-10", TODAY).compared(TODAY)
    assert october.days == 30


@pytest.mark.parametrize(
    ("period", "said", "sentence"),
    [
        ("2026-10", {"days": 31, "logged": 29},
         "October was a steady month: you logged on 29 of 31 days."),
        ("2026-10", {"days": 31, "logged": 29, "changes": [more()]},
         "October was a steady month: you logged on 29 of 31 days, with more Walk than in"
         " September (14 days, before 9)."),
        ("2026-10", {"days": 31, "logged": 29, "changes": [more(), less()]},
         "October went both ways: more Walk than in September (14 days, before 9), and a little"
         " less Sleep (7 h a day, before 8 h)."),
        ("2026-10", {"days": 31, "logged": 6},
         "October was a quiet month: six days have entries, and they are all here."),
        ("2026-10", {"days": 31, "logged": 1, "changes": [more()]},
         "October was a quiet month: one day has an entry, and it is here."),
        ("2026-10", {"days": 31, "logged": 15, "changes": [less()]},
         "October in short: you logged on 15 of 31 days, with a little less Sleep than in"
         " September (7 h a day, before 8 h)."),
        ("2026-10", {"days": 31, "logged": 0},
         "October has no entries, and that is fine. Your trackers are where you left them."),
        ("2026-10", {"days": 31, "logged": 0, "trackers": False},
         "October has no entries, and that is fine."),
        ("2026-10", {"days": 31, "logged": 30, "others": True},
         "October was a steady month: 30 of 31 days have entries."),
        ("2026-11", {"days": 21, "logged": 20, "changes": [more()]},
         "So far November is a steady month: you logged on 20 of 21 days, with more Walk than in"
         " the same days of October (14 days, before 9)."),
        ("2026-11", {"days": 21, "logged": 0},
         "November has no entries so far, and that is fine. Your trackers are where you left"
         " them."),
        ("2026-11", {"days": 21, "logged": 20, "changes": [more(), less()]},
         "So far November goes both ways: more Walk than in the same days of October (14 days,"
         " before 9), and a little less Sleep (7 h a day, before 8 h)."),
        ("2026-Q3", {"days": 92, "logged": 92, "changes": [less()]},
         "July to September was a steady quarter: you logged on 92 of 92 days, with a little less"
         " Sleep than from April to June (7 h a day, before 8 h)."),
        ("2025", {"days": 365, "logged": 50},
         "2025 was a quiet year: 50 days have entries, and they are all here."),
        ("2026-10-03..2026-10-19", {"days": 17, "logged": 16},
         "3 to 19 October was a steady stretch: you logged on 16 of 17 days."),
        ("2026-10-18..2026-10-18", {"days": 1, "logged": 1},
         "18 October has entries, and here they are."),
        ("2024-02", {"days": 29, "logged": 29},
         "February 2024 was a steady month: you logged on 29 of 29 days."),
    ],
)  # fmt: skip
def test_the_opening_sentence(period, said, sentence):
    values = {"changes": [], **said}
    assert wording.opening(read(period, TODAY), today=TODAY, **values) == sentence


def test_small_changes_do_not_make_it_go_both_ways():
    said = wording.opening(
        read("2026-10", TODAY), days=31, logged=31, changes=[more(size=0.1), less()], today=TODAY
    )
    assert said.startswith("October was a steady month")
    assert "less Sleep" in said


def day(number, trackers, entries) -> Logged:
    return Logged(date(2026, 10, number), trackers, entries)


def test_the_fullest_and_the_lightest_day():
    logged = [day(6, 1, 1), day(18, 4, 6), day(19, 4, 5), day(20, 1, 1)]
    assert wording.fullest_and_lightest(logged, 4, "Walk 1 h 20 min", years=False) == (
        "Sunday 18 October had the most: all four logged, Walk 1 h 20 min.",
        "Tuesday 6 October had the least: one of four logged.",
    )
    assert wording.fullest_and_lightest([day(6, 1, 1), day(7, 1, 3)], 1, "", years=True) == (
        "Wednesday 7 October 2026 had the most: three entries.",
        "Tuesday 6 October 2026 had the least: one entry.",
    )
    alike = [day(6, 1, 1), day(7, 1, 1)]
    assert wording.fullest_and_lightest(alike, 1, "", years=False) == (
        "The days with entries were alike.",
        "",
    )
    assert wording.fullest_and_lightest([], 3, "", years=False) == ("", "")
    only = wording.fullest_and_lightest([day(6, 1, 1)], 3, "", years=False)
    assert only == ("Tuesday 6 October has all of it.", "")


def test_what_rests_is_told_without_blame_and_not_without_end():
    assert wording.resting([("Journal", True), ("Plants", False)]) == (
        "Journal had no entry. It can stay, rest in the archive, or go.",
        "Plants had no entry.",
    )
    many = wording.resting([(f"Tracker {n}", True) for n in range(200)])
    assert len(many) == 7
    assert many[-1] == "194 more trackers have no entry."


def test_long_texts_are_cut_at_a_word():
    assert cut("a long  walk\nby the river", 40) == "a long walk by the river"
    assert cut("a long walk by the river", 15) == "a long walk by…"
    assert cut("x" * 100, 40) == "x" * 40 + "…"
    assert cut("one two three, four", 15) == "one two three…"


def test_a_range_before_a_range_is_as_long():
    past = between(date(2026, 3, 1), date(2026, 3, 3)).before()
    assert (past.first, past.last) == (date(2026, 2, 26), date(2026, 2, 28))
