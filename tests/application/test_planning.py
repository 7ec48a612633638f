"""Who is due: each local date once, never early, and nothing that was due before it was wanted."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from sqlalchemy import delete, update

from application.accounts.models import User
from application.accounts.services import change_settings
from application.deliveries import services
from application.platform.database import transaction
from application.platform.extensions import db
from application.registry import registry
from application.reminders import planning as reminders
from application.reports import planning as reports
from tests.application import crowd
from tests.things import share, tracker

DUE = datetime(2026, 11, 21, 19, 0, tzinfo=UTC)  # 20:00 in Vienna
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MIDNIGHT = DUE + 4 * HOUR


@pytest.fixture
def here(app):
    """Inside the application."""
    with app.app_context():
        yield


@pytest.fixture
def planned(sql):
    """The rows there are: (kind, period, how many)."""

    def planned_():
        rows = sql("SELECT kind, period FROM deliveries ORDER BY id")
        return sorted((kind, period, count) for (kind, period), count in Counter(rows).items())

    return planned_


def names(due):
    return sorted((one.user_id, one.period) for one in due)


def change(ids, **values):
    if not values:
        return
    with transaction():
        db.session.execute(update(User).where(User.id.in_(ids)).values(**values))


def settings(person, at, **changes):
    """The person changes settings at that instant, inside the application."""
    with time_machine.travel(at, tick=False), transaction():
        change_settings(person.user_id, changes)


def test_it_is_due_from_its_minute_to_the_end_of_the_day(here):
    ids = crowd.settle(2)
    assert not list(reminders.plan(DUE - timedelta(seconds=1)))
    due = list(reminders.plan(DUE))
    assert names(due) == [(user_id, "2026-11-21") for user_id in ids]
    assert {(d.channel, d.target, d.expires_at) for d in due} == {
        ("webhook", "chat.example.org", MIDNIGHT)
    }
    assert len(list(reminders.plan(MIDNIGHT - MINUTE))) == 2
    assert not list(reminders.plan(MIDNIGHT))


def test_who_has_a_row_is_not_due(here, planned):
    crowd.settle(3)
    assert services.plan(DUE) == 3
    assert services.plan(DUE) == 0
    assert services.plan(DUE + 3 * HOUR) == 0
    assert services.plan(DUE + DAY) == 3
    assert planned() == [("reminder", "2026-11-21", 3), ("reminder", "2026-11-22", 3)]


@pytest.mark.parametrize(
    ("values", "way"),
    [
        ({}, ("webhook", "chat.example.org")),
        ({"webhook": None}, None),
        ({"webhook_off_at": DUE - DAY}, None),
        ({"reminder_channel": "mail"}, ("mail", "person-0@example.org")),
        ({"reminder_channel": "mail", "webhook": None}, ("mail", "person-0@example.org")),
        ({"reminder_channel": "mail", "webhook_off_at": DUE}, ("mail", "person-0@example.org")),
        ({"reminder_at": None}, None),
        ({"reminder_at": time(20, 1)}, None),
        ({"active": False}, None),
        ({"reminder_since": DUE}, ("webhook", "chat.example.org")),
        ({"reminder_since": DUE + MINUTE}, None),
        ({"timezone": "Europe/London"}, None),
    ],
)
def test_it_goes_where_the_person_wants_it_or_nowhere(here, values, way):
    change(crowd.settle(1), **values)
    found = [(one.channel, one.target) for one in reminders.plan(DUE)]
    assert found == ([way] if way else [])


def test_who_follows_nothing_is_not_due(app, alice, bob, charlie):
    people = [person.user_id for person in (alice, bob, charlie)]

    def due(now):
        with app.app_context():
            return sorted(people.index(one.user_id) for one in reminders.plan(now))

    with app.app_context():
        change(people, webhook=crowd.HOOK, reminder_since=crowd.LONG_AGO)
    with time_machine.travel(DUE - DAY, tick=False):
        water = tracker(alice)["id"]
        share(alice, bob, water, "editor")
        share(alice, charlie, water, "viewer")
    assert due(DUE) == [0, 1]
    # A first tracker in the evening is not asked about in that minute.
    with time_machine.travel(DUE + HOUR, tick=False):
        tracker(charlie)
    assert due(DUE + HOUR + MINUTE) == [0, 1]
    assert due(DUE + DAY) == [0, 1, 2]


def test_a_clock_before_the_day_starts_is_due_once(here, planned):
    change(crowd.settle(1, clocks=[time(1)]), day_starts_at=3)
    one = DUE + 5 * HOUR  # 01:00
    for minutes in range(-5, 150):
        services.plan(one + minutes * MINUTE)
    assert planned() == [("reminder", "2026-11-22", 1)]


def test_an_evening_can_be_caught_up_until_the_day_ends(here):
    change(crowd.settle(1), day_starts_at=3)
    assert len(list(reminders.plan(DUE + 7 * HOUR - MINUTE))) == 1
    assert not list(reminders.plan(DUE + 7 * HOUR))


# Settings look ahead


@pytest.fixture
def reminded(app, alice):
    """Alice, with a webhook, a tracker and a reminder at eight since long."""
    with time_machine.travel(DUE - 9 * DAY, tick=False):
        tracker(alice)
    with app.app_context():
        change([alice.user_id], reminder_since=crowd.LONG_AGO)
        settings(alice, DUE - 9 * DAY, webhook=crowd.HOOK)
        yield alice


def due_at(instant):
    return [one.period for one in reminders.plan(instant)]


def test_turned_on_at_nine_it_begins_tomorrow(reminded):
    settings(reminded, DUE - HOUR, reminder_at=None)
    settings(reminded, DUE + HOUR, reminder_at=time(20))
    assert due_at(DUE + HOUR) == []
    assert due_at(DUE + DAY) == ["2026-11-22"]


def test_a_later_clock_does_not_send_a_date_twice(reminded, planned):
    assert services.plan(DUE) == 1
    settings(reminded, DUE + HOUR / 2, reminder_at=time(21, 30))
    assert services.plan(DUE + 1.5 * HOUR) == 0
    assert services.plan(DUE + DAY) == 0
    assert services.plan(DUE + DAY + 1.5 * HOUR) == 1
    assert planned() == [("reminder", "2026-11-21", 1), ("reminder", "2026-11-22", 1)]


def test_an_earlier_clock_that_is_over_begins_tomorrow(reminded):
    settings(reminded, DUE - HOUR, reminder_at=time(18))
    assert due_at(DUE - HOUR) == due_at(DUE) == []
    assert due_at(DUE + DAY) == ["2026-11-22"]


def test_the_same_settings_saved_again_change_nothing(reminded):
    same = {"reminder_at": time(20), "timezone": "Europe/Vienna", "webhook": crowd.HOOK}
    settings(reminded, DUE + MINUTE, **same)
    assert due_at(DUE + MINUTE) == ["2026-11-21"]


@pytest.mark.parametrize("before", [{"webhook": None}, {"webhook_off_at": DUE - DAY}])
def test_a_webhook_begins_tomorrow_and_a_changed_one_goes_on(reminded, before):
    change([reminded.user_id], **before)
    settings(reminded, DUE + HOUR, webhook=crowd.HOOK)
    change([reminded.user_id], webhook_off_at=None)
    assert due_at(DUE + HOUR) == []
    assert due_at(DUE + DAY) == ["2026-11-22"]
    settings(reminded, DUE + DAY + MINUTE, webhook="https://other.example.org/")
    assert due_at(DUE + DAY + MINUTE) == ["2026-11-22"]


def test_another_channel_begins_tomorrow(reminded):
    change([reminded.user_id], webhook=None)
    settings(reminded, DUE + HOUR, reminder_channel="mail")
    assert due_at(DUE + HOUR) == []
    assert due_at(DUE + DAY) == ["2026-11-22"]


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Pacific/Honolulu", "Pacific/Kiritimati"])
def test_who_travels_gets_each_date_at_most_once(reminded, planned, zone):
    assert services.plan(DUE) == 1
    settings(reminded, DUE + HOUR, timezone=zone)
    for hours in range(4 * 24):
        services.plan(DUE + (1 + hours) * HOUR)
    assert planned()[0] == ("reminder", "2026-11-21", 1)
    assert {count for _, _, count in planned()} == {1}
    assert ("reminder", "2026-11-23", 1) in planned()


# Clocks that jump, planners that stand still


def test_a_clock_that_jumps_a_day_and_back_sends_each_date_once(here, planned):
    crowd.settle(2)
    for now in (
        DUE,
        DUE + DAY,
        DUE + MINUTE,
        DUE - DAY,
        DUE + DAY - HOUR,
        DUE + DAY,
        DUE + 2 * DAY,
    ):
        services.plan(now)
    assert planned() == [("reminder", f"2026-11-{day}", 2) for day in (20, 21, 22, 23)]


def test_a_planner_that_was_down_catches_up_within_the_day_and_no_longer(here, planned):
    crowd.settle(2, zones=["Europe/Vienna", "America/New_York"], clocks=[time(17)])
    assert services.plan(DUE - 2 * HOUR) == 2 - 1  # Vienna's
    assert services.plan(DUE + DAY + 3.9 * HOUR) == 2  # 5 hours late for Vienna, not New York
    assert planned() == [("reminder", "2026-11-21", 1), ("reminder", "2026-11-22", 2)]


@pytest.mark.parametrize("kind", [reminders, reports])
def test_it_costs_as_many_statements_for_a_thousand_as_for_one(here, statements, kind):
    costs = []
    for now in (datetime(2026, 11, 3, 12, tzinfo=UTC), datetime(2026, 11, 3, 23, 58, tzinfo=UTC)):
        for count in (1, 999):
            with transaction():
                db.session.execute(delete(User))
            crowd.settle(
                count, zones=crowd.ZONES, clocks=[time(n, 7 * n) for n in range(9)], trackers=2
            )
            db.session.rollback()
            statements.clear()
            due = list(kind.plan(now))
            costs.append(len(statements))
        assert len(due) > 200
    assert max(costs) <= 5


def test_two_planners_at_once_write_one_row_each(app, here, sql):
    crowd.settle(300, zones=crowd.ZONES)
    db.session.rollback()
    barrier = Barrier(4)
    written: list[int] = []
    errors: list[BaseException] = []

    def beat():
        with app.app_context():
            try:
                barrier.wait()
                written.append(services.plan(DUE + HOUR))
            except BaseException as error:
                errors.append(error)
            finally:
                db.session.remove()

    threads = [Thread(target=beat) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    rows = sql("SELECT user_id, kind, period FROM deliveries")
    assert len(rows) == len(set(rows)) == sum(written) > 50


# Reports


FIRST = datetime(2026, 11, 1, 5, 0, tzinfo=UTC)  # 06:00 in Vienna


def test_a_report_is_due_on_the_first_at_six_and_for_a_week(here):
    [user_id] = crowd.settle(1, reminder_channel="webhook")
    assert not list(reports.plan(FIRST - timedelta(seconds=1)))
    [due] = reports.plan(FIRST)
    assert (due.user_id, due.period, due.channel) == (user_id, "2026-10", "mail")
    assert (due.target, due.expires_at) == ("person-0@example.org", FIRST + 7 * DAY)
    assert len(list(reports.plan(FIRST + 7 * DAY - MINUTE))) == 1
    assert not list(reports.plan(FIRST + 7 * DAY))


def test_each_zone_has_its_own_first(here):
    crowd.settle(3, zones=["Asia/Tokyo", "Europe/Berlin", "America/New_York"])
    tokyo = datetime(2026, 3, 31, 21, 0, tzinfo=UTC)
    found = [(h, len(list(reports.plan(tokyo + h * HOUR)))) for h in (-1, 0, 6, 7, 12, 13)]
    assert found == [(-1, 0), (0, 1), (6, 1), (7, 2), (12, 2), (13, 3)]


@pytest.mark.parametrize(
    ("values", "count"),
    [
        ({"report_on": False}, 0),
        ({"active": False}, 0),
        ({"report_since": FIRST}, 1),
        ({"report_since": FIRST + MINUTE}, 0),
        ({"created_at": FIRST - 6 * HOUR - MINUTE}, 1),  # before midnight in Vienna
        ({"created_at": FIRST - 6 * HOUR}, 0),
        ({"reminder_at": None, "webhook": None}, 1),
    ],
)
def test_a_report_goes_to_whom_the_month_says_something(here, values, count):
    change(crowd.settle(1), **values)
    assert len(list(reports.plan(FIRST + HOUR))) == count


def test_reports_turned_on_begin_with_the_next(app, alice, here):
    change([alice.user_id], created_at=crowd.LONG_AGO, report_since=crowd.LONG_AGO)
    settings(alice, FIRST - HOUR, report_on=False)
    settings(alice, FIRST + HOUR, report_on=True)
    assert not list(reports.plan(FIRST + HOUR))
    settings(alice, FIRST + DAY, report_on=True)  # saved again
    [due] = reports.plan(datetime(2026, 12, 1, 6, tzinfo=UTC))
    assert due.period == "2026-11"


def test_who_moves_on_the_first_still_gets_the_report(app, alice, here):
    change([alice.user_id], created_at=crowd.LONG_AGO, report_since=crowd.LONG_AGO)
    settings(alice, FIRST - HOUR, timezone="Asia/Tokyo")
    assert [one.period for one in reports.plan(FIRST - HOUR)] == ["2026-10"]


def test_a_date_that_never_was_has_no_reminder(here, planned, monkeypatch):
    long_ago = datetime(2000, 1, 1, tzinfo=UTC)
    monkeypatch.setattr(crowd, "LONG_AGO", long_ago)
    crowd.settle(1, zones=["Pacific/Apia"])
    for hours in range(96):
        services.plan(datetime(2011, 12, 28, 6, tzinfo=UTC) + hours * HOUR)
    days = [period for kind, period, _ in planned() if kind == "reminder"]
    assert days == ["2011-12-27", "2011-12-28", "2011-12-29", "2011-12-31"]


@pytest.mark.parametrize("name", ["Mars/Olympus", "../../etc/passwd", ""])
def test_a_zone_of_old_costs_nobody_else_their_turn(here, name):
    [lost, other] = crowd.settle(2)
    change([lost], timezone=name)
    assert [one.user_id for one in reminders.plan(DUE)] == [other]
    assert [one.user_id for one in reports.plan(FIRST)] == [other]


def test_an_account_that_goes_meanwhile_costs_nobody_else_their_turn(here, monkeypatch, planned):
    crowd.settle(2)
    asked: list[datetime] = []

    def found(now):
        due = list(reminders.plan(now))
        if not asked:
            with transaction():  # between the question and the rows
                db.session.execute(delete(User).where(User.id == due[0].user_id))
        asked.append(now)
        return due

    kind = replace(registry().deliveries["reminder"], plan=found)
    monkeypatch.setitem(registry().deliveries, "reminder", kind)
    assert services.plan(DUE) == 1
    assert planned() == [("reminder", "2026-11-21", 1)]
    assert len(asked) == 2
