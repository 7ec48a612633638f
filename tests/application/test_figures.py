"""The figures: by hand, and against a plain recount, on both databases."""

import statistics
from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application.insights import figures, queries
from application.insights.ranges import Span
from application.trackers.kinds import Kind
from tests.filled import Entry, add_entries, archive_choice, make_tracker
from tests.people import Person

TODAY = date(2026, 11, 21)
MONTH = Span(TODAY - timedelta(days=29), TODAY, "30d")


def back(days: int) -> date:
    return TODAY - timedelta(days=days)


def ask(person: Person, tracker_id: int, what: Callable[..., Any], *more: Any) -> Any:
    with person.app.app_context():
        tracker = queries.find_followed(person.user_id, tracker_id)
        found = what(tracker, *more)
    return found.model_dump(mode="json")


def stats(person: Person, tracker_id: int, span: Span = MONTH, today: date = TODAY) -> Any:
    return ask(person, tracker_id, figures.stats, span, today)


def days(person: Person, tracker_id: int, span: Span = MONTH) -> Any:
    return ask(person, tracker_id, figures.days, span)["items"]


def yes_days(person: Person, *entries: Entry) -> tuple[int, int]:
    found = stats(person, make_tracker(person, Kind.BOOLEAN, entries))
    return found["streak"], found["best_streak"]


def test_it_counts_numbers_by_hand(alice: Person) -> None:
    entries: list[Entry] = [(back(0), 1.5), (back(0), 0.5), (back(2), 3.0), (back(29), 0.1)]
    tracker = make_tracker(alice, Kind.NUMERICAL, [*entries, (back(30), 99.0)])
    add_entries(alice.app, tracker, [(back(1), 50.0)], alice, deleted=True)
    assert stats(alice, tracker) == {
        "kind": "numerical", "range": "30d", "from": "2026-10-23", "to": "2026-11-21",
        "days": 30, "days_logged": 3, "count": 4,
        "min": 0.1, "max": 3, "mean": 1.275, "median": 1, "total": 5.1,
        "by_day": {"min": 0.1, "max": 3, "mean": 1.7, "median": 2},
    }  # fmt: skip


def test_it_counts_durations_in_seconds(alice: Person) -> None:
    tracker = make_tracker(alice, Kind.TIME_DURATION, [(back(0), 5400.0), (back(1), 1800.0)])
    found = stats(alice, tracker)
    assert (found["total"], found["mean"], found["median"]) == (7200, 3600, 3600)


@pytest.mark.parametrize("kind", list(Kind))
def test_it_answers_without_any_entry(alice: Person, kind: Kind) -> None:
    tracker = make_tracker(alice, kind, choices=["Calm", "Low"])
    found = stats(alice, tracker)
    assert (found["count"], found["days_logged"], found["days"]) == (0, 0, 30)
    assert found.get("mean") is None
    assert found.get("share") is None
    assert found.get("total", 0) == found.get("streak", 0) == found.get("best_streak", 0) == 0
    assert found.get("most_used", []) == found.get("least_used", []) == []
    assert [day["value"] for day in days(alice, tracker)] == [None] * 30


def test_it_keeps_fifteen_digits(alice: Person) -> None:
    tracker = make_tracker(alice, Kind.NUMERICAL, [(back(0), 999999999999999.0)])
    found = stats(alice, tracker)
    assert found["min"] == found["mean"] == found["median"] == found["total"] == 999999999999999
    tracker = make_tracker(alice, Kind.NUMERICAL, [(back(0), 0.1)] * 3)
    assert stats(alice, tracker)["total"] == 0.3


def test_it_counts_yes_and_no_by_hand(alice: Person) -> None:
    entries: list[Entry] = [(back(3), 1), (back(2), 0), (back(2), 1), (back(1), 0)]
    found = stats(alice, make_tracker(alice, Kind.BOOLEAN, entries))
    assert {name: found[name] for name in ("count", "yes", "no", "share")} == {
        "count": 4, "yes": 2, "no": 2, "share": 0.5,
    }  # fmt: skip
    assert (found["days_logged"], found["yes_days"], found["no_days"]) == (3, 2, 1)
    assert (found["streak"], found["best_streak"]) == (0, 2)


def test_it_counts_days_in_a_row(alice: Person) -> None:
    assert yes_days(alice, (back(0), 1)) == (1, 1)
    assert yes_days(alice, (back(0), 1), (back(0), 1), (back(1), 1)) == (2, 2)
    assert yes_days(alice, (back(1), 1), (back(2), 1)) == (2, 2), "today is not over"
    assert yes_days(alice, (back(0), 0), (back(1), 1), (back(2), 1)) == (0, 2)
    assert yes_days(alice, (back(2), 1), (back(3), 1)) == (0, 2), "yesterday had no entry"
    assert yes_days(alice, (back(0), 1), *((back(n), 1) for n in range(4, 9))) == (1, 5)
    assert yes_days(alice, (back(1), 0)) == (0, 0)


def test_it_does_not_cut_a_run_at_the_first_day(alice: Person) -> None:
    run: list[Entry] = [(back(place), 1) for place in range(40)]
    tracker = make_tracker(alice, Kind.BOOLEAN, [*run, *((back(n), 1) for n in range(50, 150))])
    week = Span(back(6), TODAY, "7d")
    found = stats(alice, tracker, week)
    assert (found["yes"], found["streak"], found["best_streak"]) == (7, 40, 40)
    past = stats(alice, tracker, Span(back(60), back(45)))
    assert (past["streak"], past["best_streak"]) == (0, 100)


def test_it_gives_no_grace_to_a_day_that_is_over(alice: Person) -> None:
    tracker = make_tracker(alice, Kind.BOOLEAN, [(back(11), 1), (back(12), 1)])
    assert stats(alice, tracker, Span(back(20), back(10)))["streak"] == 0
    assert stats(alice, tracker, Span(back(20), back(11)))["streak"] == 2


def test_it_counts_choices_and_names_all_ties(alice: Person) -> None:
    entries: list[Entry] = [(back(1), "Good"), (back(1), "Good"), (back(1), "Calm"),
                            (back(2), "Calm"), (back(3), "Low")]  # fmt: skip
    labels = ["Calm", "Good", "Flat", "Low", "Odd"]
    tracker = make_tracker(alice, Kind.MULTIPLE_CHOICE, entries, labels)
    archive_choice(alice, tracker, "Low")
    archive_choice(alice, tracker, "Odd")
    found = stats(alice, tracker)
    assert (found["count"], found["days_logged"]) == (5, 3)
    assert [(one["label"], one["count"], one["days"]) for one in found["choices"]] == [
        ("Calm", 2, 2), ("Good", 2, 1), ("Flat", 0, 0), ("Low", 1, 1),
    ]  # fmt: skip
    assert found["most_used"] == ["Calm", "Good"]
    assert found["least_used"] == ["Flat"], "among those that are offered, unused ones too"


def test_it_lists_every_day(alice: Person) -> None:
    tracker = make_tracker(
        alice, Kind.NUMERICAL, [(back(0), 2.0), (back(0), 0.5), (back(2), 0.5), (back(8), 6.0)]
    )
    found = days(alice, tracker, Span(back(3), TODAY))
    assert [(day["count"], day["value"], day["mean7"]) for day in found] == [
        (0, None, 6), (1, 0.5, 0.5 + 2.75), (0, None, 0.5), (2, 2.5, 1.5),
    ]  # fmt: skip
    assert found[0]["day"] == "2026-11-18"


def test_it_lists_days_of_answers(alice: Person) -> None:
    tracker = make_tracker(alice, Kind.BOOLEAN, [(back(0), 1), (back(0), 0), (back(1), 0)])
    assert [day["value"] for day in days(alice, tracker, Span(back(2), TODAY))] == [
        None, False, True,
    ]  # fmt: skip
    mood = make_tracker(
        alice, Kind.MULTIPLE_CHOICE,
        [(back(0), "Low"), (back(0), "Calm"), (back(0), "Low")], ["Calm", "Low"],
    )  # fmt: skip
    today = days(alice, mood, Span(TODAY, TODAY))[0]
    assert (today["value"], today["count"]) == ("Low", 3)
    assert today["counts"] == {"Calm": 1, "Low": 2}


VALUES = st.lists(
    st.tuples(
        st.integers(-2, 40),
        st.decimals(-1000, 1000, places=2).map(float) | st.sampled_from([0.0, 1.0]),
    ),
    max_size=30,
)
SPANS = st.tuples(st.integers(0, 35), st.integers(1, 35)).map(
    lambda pair: Span(back(pair[0] + pair[1] - 1), back(pair[0]))
)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(VALUES, SPANS)
def test_it_agrees_with_a_recount_of_numbers(
    alice: Person, entries: list[tuple[int, float]], span: Span
) -> None:
    placed: list[Entry] = [(back(n), value) for n, value in entries]
    found = stats(alice, make_tracker(alice, Kind.NUMERICAL, placed), span)
    kept = [(day, float(value)) for day, value in placed if span.first <= day <= span.last]
    values = [value for _, value in kept]
    by_day: dict[date, float] = defaultdict(float)
    for day, value in kept:
        by_day[day] += value
    assert (found["count"], found["days_logged"]) == (len(values), len(by_day))
    assert found["total"] == pytest.approx(sum(values), abs=1e-9)
    for part, numbers in ((found, values), (found["by_day"], list(by_day.values()))):
        for name, recount in (
            ("min", min), ("max", max), ("mean", statistics.mean), ("median", statistics.median),
        ):  # fmt: skip
            again = pytest.approx(recount(numbers), abs=1e-9) if numbers else None
            assert part[name] == again, name


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.integers(-2, 40), st.sampled_from([0.0, 1.0])), max_size=60), SPANS)
def test_it_agrees_with_a_recount_of_runs(
    alice: Person, entries: list[tuple[int, float]], span: Span
) -> None:
    placed: list[Entry] = [(back(n), value) for n, value in entries]
    found = stats(alice, make_tracker(alice, Kind.BOOLEAN, placed), span)
    logged = {day for day, _ in placed}
    yes = {day for day, value in placed if value and day <= span.last}

    def run_to(day: date) -> int:
        length = 0
        while day - timedelta(days=length) in yes:
            length += 1
        return length

    each = [span.first + timedelta(days=place) for place in range(span.days)]
    assert found["best_streak"] == max(map(run_to, each))
    open_day = span.last == TODAY and TODAY not in logged
    assert found["streak"] == run_to(span.eve if open_day else span.last)
    assert found["yes_days"] == len(yes & set(each))
    assert found["days_logged"] == len(logged & set(each))


def test_it_counts_in_one_statement_a_kind(
    app: Flask, alice: Person, statements: list[str]
) -> None:
    asked = {Kind.NUMERICAL: 1, Kind.TIME_DURATION: 1, Kind.BOOLEAN: 2, Kind.MULTIPLE_CHOICE: 2}
    for kind, many in asked.items():
        tracker = make_tracker(alice, kind, choices=["a"])
        with app.app_context():
            followed = queries.find_followed(alice.user_id, tracker)
            statements.clear()
            figures.stats(followed, MONTH, TODAY)
        assert len(statements) == many, kind
