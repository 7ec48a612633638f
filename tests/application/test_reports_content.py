"""The figures of a report, recounted in plain Python from the entries that the test placed."""

import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from statistics import fmean

import pytest

from application.insights.ranges import Span
from application.platform.database import transaction
from application.reports import content
from application.reports.facts import from_json, to_json
from application.reports.periods import read
from application.reports.queries_content import find_person
from application.trackers.kinds import Kind
from application.trackers.models import Role, UserTracker
from tests import filled, things
from tests.people import Person

MADE = datetime(2026, 11, 1, 5, tzinfo=UTC)
TODAY = date(2026, 11, 1)
MOODS = ("Calm", "Good", "Flat", "Low")


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def build(person: Person, period="2026-10", made=MADE, tracker_ids=None):
    with person.app.app_context():
        zone_day = made.date()
        return content.build(person.user_id, read(period, zone_day), made, tracker_ids)


def some(kind: Kind, luck: random.Random, first: date, last: date):
    """Entries of two thirds of the days, some of them twice."""
    found: list[tuple[date, float | str]] = []
    for day in days(first, last):
        for _ in range(luck.choice((0, 1, 1, 1, 2, 0))):
            if kind is Kind.MULTIPLE_CHOICE:
                found.append((day, luck.choice(MOODS)))
            elif kind is Kind.BOOLEAN:
                found.append((day, float(luck.random() < 0.7)))
            else:
                found.append((day, float(luck.randrange(1, 40) * 60)))
    return found


def run_at_end(logged: set[date], last: date) -> int:
    many = 0
    while last - timedelta(days=many) in logged:
        many += 1
    return many


def longest_touching(logged: set[date], first: date, last: date) -> int:
    return max((run_at_end(logged, day) for day in days(first, last) if day in logged), default=0)


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("period", ["2026-10", "2026-Q3", "2026-09-20..2026-10-07"])
def test_figures_are_a_plain_recount(app, alice, kind, period):
    luck = random.Random(f"{kind}{period}")
    entries = some(kind, luck, date(2026, 3, 1), date(2026, 10, 31))
    filled.make_tracker(alice, kind, entries, MOODS if kind is Kind.MULTIPLE_CHOICE else ())
    facts = build(alice, period)
    span = read(period, TODAY)
    within = [(day, value) for day, value in entries if span.first <= day <= span.last]
    by_day = defaultdict(list)
    for day, value in within:
        by_day[day].append(value)
    [row] = facts.rows
    assert row.days == (span.last - span.first).days + 1
    assert row.days_logged == facts.days_logged == len(by_day)
    counting = {d for d, value in entries if kind is not Kind.BOOLEAN or value == 1.0}
    assert row.streak == run_at_end(counting, span.last)
    assert row.best_streak == longest_touching(counting, span.first, span.last)
    assert [mark.day for mark in row.marks] == days(span.first, span.last)
    assert {mark.day for mark in row.marks if mark.level is not None} == set(by_day)
    if kind is Kind.MULTIPLE_CHOICE:
        assert dict(row.bars) == {
            mood: sum(mood in values for values in by_day.values()) for mood in MOODS
        }
    elif kind is Kind.BOOLEAN:
        yes = sum(1.0 in values for values in by_day.values())
        assert row.bars == (("Yes", yes), ("No", len(by_day) - yes))
        assert row.figures.startswith(f"yes on {yes} days")
    else:
        sums = {day: sum(values) for day, values in by_day.items()}
        assert {m.day: m.value for m in row.marks if m.value is not None} == sums
        total = sum(sums.values())
        if kind is Kind.TIME_DURATION:
            assert f"mean {round(fmean(sums.values()) / 60)}\u00a0min a day" in row.figures
            hours, minutes = divmod(round(total / 60), 60)
            spoken = f"total {hours}\u00a0h" + (f" {minutes}\u00a0min" if minutes else "")
            assert row.figures.endswith(spoken)
        else:
            assert row.figures.endswith(f"total {total:,.0f}\u00a0l")


def test_marks_have_the_steps_of_the_page(app, alice):
    """The cases of static/src/lib/calendar.spec.ts, whose steps are one higher."""
    first = date(2026, 10, 1)

    def levels(*values):
        tracker = filled.make_tracker(
            alice, Kind.NUMERICAL, [(first + timedelta(days=n), v) for n, v in enumerate(values)]
        )
        row = build(alice, tracker_ids=[tracker]).rows[0]
        return [mark.level for mark in row.marks[: len(values)]]

    assert levels(0.0, 1.0, 5.0) == [0, 0, 4]
    assert levels(80.0, 81.0, 82.0) == [0, 2, 4]
    assert levels(80.0, 80.0) == [4, 4]


@pytest.mark.parametrize(
    ("now", "before", "change"),
    [(2.0, 1.5, "+0.5\u00a0l"), (1.5, 2.0, "\u22120.5\u00a0l"), (2.0, 2.05, "as before"),
     (2.0, 2.0, "as before"), (-2.0, -4.0, "+2\u00a0l"), (2.0, 0.0, "+2\u00a0l"),
     (2.0, None, "")],
)  # fmt: skip
def test_change_carries_sign_and_unit(app, alice, now, before, change):
    entries = [(day, now) for day in days(date(2026, 10, 1), date(2026, 10, 9))]
    if before is not None:
        entries += [(day, before) for day in days(date(2026, 9, 1), date(2026, 9, 9))]
    filled.make_tracker(alice, Kind.NUMERICAL, entries)
    assert build(alice).rows[0].change == change


def test_days_of_unequal_months_are_compared_as_shares(app, alice):
    every = [(day, 1.0) for day in days(date(2026, 1, 1), date(2026, 2, 28))]
    filled.make_tracker(alice, Kind.BOOLEAN, every)
    row = build(alice, "2026-02").rows[0]
    assert (row.days_logged, row.days, row.change) == (28, 28, "as before")


def test_a_leap_february_has_29_days(app, alice):
    entries = [(day, 1.0) for day in days(date(2024, 1, 20), date(2024, 3, 3))]
    filled.make_tracker(alice, Kind.NUMERICAL, entries)
    facts = build(alice, "2024-02")
    assert (facts.days, facts.days_logged, facts.rows[0].streak) == (29, 29, 41)
    assert facts.last == date(2024, 2, 29)


@pytest.mark.parametrize(("period", "long"), [("2026-03", 31), ("2026-10", 31)])
def test_months_in_which_clocks_change_have_all_their_days(app, alice, period, long):
    first = read(period, TODAY).first
    hours = [(day, 8 * 3600.0) for day in days(first - timedelta(days=40), TODAY)]
    filled.make_tracker(alice, Kind.TIME_DURATION, hours)
    row = build(alice, period).rows[0]
    assert (row.days_logged, len(row.marks)) == (long, long)
    assert row.figures == "8\u00a0h each day"


def test_a_tracker_counts_from_its_first_day(app, alice):
    young = [(day, 1.0) for day in days(date(2026, 10, 22), date(2026, 10, 31))]
    filled.make_tracker(alice, Kind.NUMERICAL, young)
    facts = build(alice)
    assert facts.person == "Alice"
    assert (facts.rows[0].days_logged, facts.rows[0].days, facts.days) == (10, 10, 10)
    assert "10 of 10 days" in facts.sentence


def test_what_lies_in_the_trash_or_outside_counts_nowhere(app, alice):
    tracker = filled.make_tracker(alice, Kind.NUMERICAL, [(date(2026, 10, 5), 1.0)])
    filled.add_entries(app, tracker, [(date(2026, 10, 6), 9.0)], alice, deleted=True)
    filled.add_entries(app, tracker, [(TODAY, 9.0), (date(2026, 9, 30), 9.0)], alice)
    gone = filled.make_tracker(alice, Kind.NUMERICAL, [(date(2026, 10, 5), 1.0)])
    filled.change(alice, gone, deleted_at=MADE)
    facts = build(alice)
    assert [row.tracker_id for row in facts.rows] == [tracker]
    assert (facts.days_logged, facts.rows[0].figures) == (1, "1\u00a0l on one day")


def test_an_archived_tracker_is_told_where_it_has_entries(app, alice):
    old = filled.make_tracker(alice, Kind.NUMERICAL, [(date(2026, 9, 5), 1.0)])
    filled.change(alice, old, archived_at=MADE)
    assert build(alice).rows == () == build(alice).resting
    assert [row.tracker_id for row in build(alice, "2026-09").rows] == [old]


def test_a_month_without_entries_is_empty_and_kind(app, alice):
    things.tracker(alice, name="Journal", kind="boolean")
    filled.make_tracker(alice, Kind.NUMERICAL, [(date(2026, 9, 5), 1.0)])
    facts = build(alice, "2026-10")
    assert facts.empty
    assert facts.rows == ()
    assert facts.sentence == (
        "October has no entries, and that is fine. Your trackers are where you left them."
    )
    assert (facts.fullest, facts.lightest, facts.notes) == ("", "", ())


def test_somebody_who_has_nothing_yet_has_an_empty_report(app, alice):
    facts = build(alice)
    assert facts.empty
    assert facts.sentence == "October has no entries, and that is fine."
    assert from_json(to_json(facts)) == facts


def test_what_rests_is_named(app, alice):
    filled.make_tracker(alice, Kind.NUMERICAL, [(date(2026, 10, 5), 1.0)])
    journal = filled.make_tracker(alice, Kind.BOOLEAN, [(date(2026, 9, 5), 1.0)])
    filled.change(alice, journal, name="Journal", name_key="journal")
    assert build(alice).resting == (
        "Journal had no entry. It can stay, rest in the archive, or go.",
    )


def link(app, person: Person, tracker_id: int, role: Role) -> None:
    with app.app_context(), transaction() as session:
        session.add(UserTracker(user_id=person.user_id, tracker_id=tracker_id, role=role))


def test_a_shared_tracker_counts_everybodys_entries_as_its_page_does(app, alice, bob, charlie):
    first = [(date(2026, 10, day), 1.0) for day in range(1, 6)]
    tracker = filled.make_tracker(alice, Kind.NUMERICAL, first)
    filled.add_entries(app, tracker, [(date(2026, 10, 20), 1.0)], bob)
    link(app, bob, tracker, Role.EDITOR)
    link(app, charlie, tracker, Role.VIEWER)
    mine, theirs = build(alice), build(bob)
    assert [row.days_logged for row in mine.rows + theirs.rows] == [6, 6]
    assert "six days have entries" in mine.sentence
    assert any("everybody" in line for line in mine.counted)
    assert build(charlie).empty


def test_notes_are_ones_own_the_longest_and_from_all_of_the_month(app, alice, bob):
    tracker = things.tracker(alice, "boolean")["id"]
    things.share(alice, bob, tracker, "editor")
    for day in range(1, 31):
        note = f"Day {day}:   a walk\nby the river" if day % 3 == 0 else ""
        things.log(alice, tracker, True, logged_at=f"2026-10-{day:02}", note=note)
    long = "word " * 300
    things.log(alice, tracker, True, logged_at="2026-10-14", note=long)
    things.log(alice, tracker, True, logged_at="2026-10-15", note=long)
    things.log(alice, tracker, True, logged_at="2026-10-16", note=" \n\t… ")
    things.log(bob, tracker, True, logged_at="2026-10-17", note="Bob was here, and wrote a lot.")
    notes = build(alice).notes
    assert len(notes) == 6
    assert [note.day for note in notes] == sorted(note.day for note in notes)
    assert notes[0].day.day <= 6
    assert notes[-1].day.day >= 26
    assert not any("Bob" in note.text or "\n" in note.text for note in notes)
    [cut] = [note.text for note in notes if note.text.startswith("word")]
    assert cut.endswith("word…")
    assert len(cut) <= 281


def test_chosen_trackers_alone_are_told(app, alice):
    water, walk = (
        filled.make_tracker(alice, Kind.NUMERICAL, [(date(2026, 10, day), 1.0)]) for day in (5, 6)
    )
    facts = build(alice, tracker_ids=[walk])
    assert [row.tracker_id for row in facts.rows] == [walk]
    assert facts.days_logged == 1
    assert water not in {row.tracker_id for row in facts.rows}


def test_a_day_that_starts_at_three_is_not_over_at_one(app, alice):
    assert alice.patch("account", {"day_starts_at": 3}).status_code == 200
    every = [(day, 1.0) for day in days(date(2026, 9, 1), date(2026, 10, 30))]
    filled.make_tracker(alice, Kind.NUMERICAL, every)
    night = datetime(2026, 11, 1, 0, 30, tzinfo=UTC)  # half past one in Vienna: still October
    with app.app_context():
        facts = content.build(alice.user_id, read("2026-10", date(2026, 10, 31)), night)
        assert find_person(alice.user_id).timezone == "Europe/Vienna"
    assert facts.sentence.startswith("So far October is")
    assert (facts.last, facts.rows[0].streak) == (date(2026, 10, 31), 60)


def test_two_hundred_trackers_and_a_year_take_a_bounded_number_of_statements(
    app, alice, statements
):
    kinds = list(Kind)
    year = [date(2026, 1, 1) + timedelta(days=n * 9) for n in range(30)]
    for number in range(200):
        kind = kinds[number % 4]
        value = "Calm" if kind is Kind.MULTIPLE_CHOICE else 1.0
        filled.make_tracker(
            alice, kind, [(day, value) for day in year], MOODS if value == "Calm" else ()
        )
    statements.clear()
    facts = build(alice, "2026")
    assert len(facts.rows) == 200
    assert len(statements) <= 9 * 200 + 10
    assert sum(bool(row.marks) for row in facts.rows) == 200


def test_ten_years_draw_as_many_trackers_as_can_be_kept(app, alice, monkeypatch):
    monkeypatch.setattr(content, "MARKS_AT_MOST", 31)
    for _ in range(2):
        filled.make_tracker(alice, Kind.NUMERICAL, [(date(2026, 10, 5), 1.0)])
    facts = build(alice)
    assert [len(row.marks) for row in facts.rows] == [31, 0]
    assert "Charts are there for the first 1; the table has every tracker." in facts.counted


def test_spans_cut_at_today(app):
    assert read("2026", TODAY).until(TODAY) == Span(date(2026, 1, 1), TODAY)
