"""What a reminder says: whose trackers have no entry, what the last was, and when it is silent."""

import email
import email.policy
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from application.deliveries.messages import Content, Message, Skip
from application.platform import mail
from application.platform.extensions import db
from application.reminders import words
from application.reminders.compose import compose
from application.reminders.words import Item
from tests.application import crowd
from tests.things import log, share, tracker

EVENING = datetime(2026, 11, 21, 19, 0, tzinfo=UTC)  # a Saturday, 20:00 in Vienna
PERIOD = "2026-11-21"
TODAY = date(2026, 11, 21)


@pytest.fixture(autouse=True)
def _that_evening():
    with time_machine.travel(EVENING, tick=False):
        yield


def message(user_id, message_id=1, period=PERIOD, channel="webhook"):
    return Message(
        id=message_id,
        user_id=user_id,
        kind="reminder",
        period=period,
        channel=channel,
        message_id=f"tend_{message_id}",
        params={},
        attempts=1,
    )


@pytest.fixture
def said(app):
    """What the person is told this evening: a Content or a Skip."""

    def said_(person, now=EVENING, **more):
        with app.app_context():
            return compose([message(person.user_id, **more)], now)[1]

    return said_


def days_ago(days, clock="12:00"):
    return f"{TODAY - timedelta(days=days)}T{clock}"


def test_it_names_what_has_no_entry_and_the_last_one_of_each(alice, said):
    log(alice, tracker(alice, name="Water")["id"], 1.5, logged_at=days_ago(1))
    log(alice, tracker(alice, "time_duration", name="Reading")["id"], 2400, logged_at=days_ago(2))
    log(alice, tracker(alice, "boolean")["id"], True)
    content = said(alice)
    assert content.text == (
        "Good evening, Alice. Water and Reading have no entry for today. "
        "Last: 1.5 l yesterday, 40 min on Thursday. If you like: http://localhost:8000/today"
    )
    assert content.title == "Water and Reading have no entry for today."
    assert content.link == "http://localhost:8000/today"


def test_it_brings_the_same_as_data(alice, said):
    water = tracker(alice)["id"]
    log(alice, water, 1.5, logged_at=days_ago(1))
    mood = tracker(alice, "multiple_choice")["id"]
    log(alice, mood, "Calm", logged_at=days_ago(3))
    never = tracker(alice, "boolean")["id"]
    assert said(alice).data == {
        "day": PERIOD,
        "trackers": [
            {
                "id": water,
                "name": "Water",
                "kind": "numerical",
                "last_value": 1.5,
                "last_logged_at": "2026-11-20T11:00:00+00:00",
                "last_words": "1.5 l yesterday",
            },
            {
                "id": mood,
                "name": "Mood",
                "kind": "multiple_choice",
                "last_value": "Calm",
                "last_logged_at": "2026-11-18T11:00:00+00:00",
                "last_words": "Calm on Wednesday",
            },
            {
                "id": never,
                "name": "Medication",
                "kind": "boolean",
                "last_value": None,
                "last_logged_at": None,
                "last_words": None,
            },
        ],
    }


def test_it_is_silent_when_everything_was_logged(alice, said):
    log(alice, tracker(alice)["id"], 2)
    assert said(alice) == Skip("Everything was logged.")


def test_it_is_silent_when_nothing_is_watched(alice, said):
    assert said(alice) == Skip(words.SAY_NOTHING_WATCHED)
    left_out = tracker(alice, name="Left out")["id"]
    assert alice.patch(f"trackers/{left_out}", {"remind": False}).status_code == 200
    resting = tracker(alice, name="Resting")["id"]
    assert alice.patch(f"trackers/{resting}", {"archived": True}).status_code == 200
    gone = tracker(alice, name="Gone")["id"]
    assert alice.delete(f"trackers/{gone}").status_code == 200
    assert said(alice) == Skip(words.SAY_NOTHING_WATCHED)


def test_an_entry_that_was_deleted_does_not_count(alice, said):
    entry = log(alice, tracker(alice)["id"], 2)
    assert alice.delete(f"logs/{entry['id']}").status_code == 204
    content = said(alice)
    assert isinstance(content, Content)
    assert "Last" not in content.text


def test_a_running_timer_is_not_asked_about(alice, said):
    walk = tracker(alice, "time_duration")["id"]
    assert isinstance(said(alice), Content)
    assert alice.post(f"trackers/{walk}/timer").status_code in (200, 201)
    assert said(alice) == Skip("Everything was logged.")


def test_two_who_share_a_tracker_each_get_their_own(alice, bob, charlie, said):
    water = tracker(alice)["id"]
    share(alice, bob, water, "editor")
    share(alice, charlie, water, "viewer")
    log(alice, water, 3)
    log(bob, water, 1, logged_at=days_ago(1))
    assert said(alice) == Skip("Everything was logged.")
    # Bob's own last entry, not Alice's of today.
    assert "Water has no entry for today. Last: 1 l yesterday." in said(bob).text
    assert said(charlie) == Skip(words.SAY_NOTHING_WATCHED)


def test_it_asks_about_the_day_before_until_the_day_starts(alice, said):
    settings = {"day_starts_at": 3, "reminder_at": "01:00"}
    assert alice.patch("account", settings).status_code == 200
    water = tracker(alice)["id"]
    night = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)  # 01:00, still Friday
    log(alice, water, 1, logged_at=days_ago(2))
    content = said(alice, night)
    assert content.text.startswith("Good evening, Alice. Water has no entry for today.")
    assert content.data["day"] == "2026-11-20"
    assert "yesterday" in content.text
    log(alice, water, 1, logged_at=days_ago(1))
    assert said(alice, night) == Skip("Everything was logged.")
    log(alice, tracker(alice, name="Tea")["id"], 1, logged_at=days_ago(0))
    assert "Tea has no entry for today." in said(alice, night).text


def test_it_is_silent_when_the_day_is_over_or_the_reminder_off(alice, said):
    tracker(alice)
    assert isinstance(said(alice, EVENING + timedelta(hours=3, minutes=59)), Content)
    assert said(alice, EVENING + timedelta(hours=4)) == Skip("The day was over.")
    assert alice.patch("account", {"reminder_at": None}).status_code == 200
    assert said(alice) == Skip("The reminder is turned off.")
    alice.user_id += 1000  # nobody
    assert said(alice) == Skip("The reminder is turned off.")


def test_the_last_minute_of_the_day_asks_about_yesterday_when_it_comes_after_it(alice, said):
    assert alice.patch("account", {"reminder_at": "23:59"}).status_code == 200
    water = tracker(alice)["id"]
    log(alice, water, 1, logged_at=days_ago(1))
    content = said(alice, datetime(2026, 11, 21, 23, 0, 30, tzinfo=UTC))
    assert "Water has no entry for yesterday. Last: 1 l on Friday." in content.text


def test_hostile_names_stay_one_line(alice, said, sql, app):
    water = tracker(alice, name="<b>*Water*</b> {{7*7}}")["id"]
    with app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE trackers SET unit = 'l' || chr(13) || chr(10) || 'X'"
            if db.engine.dialect.name == "postgresql"
            else "UPDATE trackers SET unit = 'l' || char(13, 10) || 'X'"
        )
    log(alice, water, 1, logged_at=days_ago(1))
    content = said(alice)
    assert "<b>*Water*</b> {{7*7}} has no entry for today. Last: 1 l X yesterday." in content.text
    assert not set("\r\n") & set(content.text + content.title)


def test_a_mail_says_the_same_and_can_be_stopped(alice, said, app):
    log(alice, tracker(alice, name="<b>Water</b>")["id"], 1.5, logged_at=days_ago(1))
    tracker(alice, "boolean")
    assert said(alice).letter is None
    letter = said(alice, channel="mail").letter
    with app.app_context():
        whole = mail.compose(letter, app.config["TEND"]).as_string()
    assert letter.to == "alice@example.org"
    assert letter.unsubscribe.startswith("http://localhost:8000/unsubscribe/")
    assert "Message-ID: <tend_1@localhost>" in whole
    assert f"List-Unsubscribe: <{letter.unsubscribe}>" in " ".join(whole.split())
    plain, html = (
        part.get_content()
        for part in email.message_from_string(whole, policy=email.policy.default).walk()
        if part.get_content_maintype() == "text"
    )
    for part, name in ((plain, "<b>Water</b>"), (html, "&lt;b&gt;Water&lt;/b&gt;")):
        assert "Good evening, Alice." in part
        assert f"{name} and Medication have no entry for today." in part
        assert "Last: 1.5 l yesterday" in part
        assert "http://localhost:8000/today" in part
        assert letter.unsubscribe in part


def test_a_batch_costs_the_same_for_one_and_for_a_hundred(app, statements):
    with app.app_context():
        ids = crowd.settle(100, trackers=12)
        db.session.rollback()
        costs = []
        for batch in (ids[:1], ids):
            statements.clear()
            answers = compose([message(user_id, user_id) for user_id in batch], EVENING)
            costs.append(len(statements))
            assert set(answers) == set(batch)
            assert all(isinstance(answer, Content) for answer in answers.values())
    assert costs == [3, 3]


def test_two_periods_of_one_person_in_one_batch(alice, app):
    log(alice, tracker(alice)["id"], 1)
    batch = [message(alice.user_id, 1), message(alice.user_id, 2, "2026-11-20")]
    with app.app_context():
        answers = compose(batch, EVENING)
        assert answers == {1: Skip("Everything was logged."), 2: Skip("The day was over.")}
        assert compose([], EVENING) == {}


# Words


@pytest.mark.parametrize(
    ("hour", "said"),
    [
        (0, "Good evening, Mira."),
        (4, "Good evening, Mira."),
        (5, "Good morning, Mira."),
        (10, "Good morning, Mira."),
        (11, "Hello, Mira."),
        (16, "Hello, Mira."),
        (17, "Good evening, Mira."),
    ],
)
def test_it_greets_by_the_hour(hour, said):
    assert words.greet("Mira", hour) == said


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (TODAY, "today"),
        (date(2026, 11, 20), "yesterday"),
        (date(2026, 11, 19), "on Thursday"),
        (date(2026, 11, 15), "on Sunday"),
        (date(2026, 11, 14), "on 14 November"),
        (date(2026, 2, 1), "on 1 February"),
        (date(2025, 11, 21), "on 21 November 2025"),
    ],
)
def test_it_says_when(day, said):
    assert words.when(day, TODAY) == said


def test_many_trackers_stay_readable():
    items = [Item(f"Tracker {n}", f"{n} l yesterday" if n % 2 else "") for n in range(11)]
    assert words.sentence(items, "today") == (
        "Tracker 0, Tracker 1, Tracker 2, Tracker 3, Tracker 4, Tracker 5, Tracker 6, Tracker 7 "
        "and 3 more have no entry for today."
    )
    assert words.lasts(items) == (
        "Last: Tracker 1 1 l yesterday; Tracker 3 3 l yesterday; Tracker 5 5 l yesterday; "
        "Tracker 7 7 l yesterday."
    )
    long = [Item("W" * 100, f"{'v' * 60} yesterday") for _ in range(200)]
    assert len(words.whole("Good evening.", long, "today", "https://x/today")) < 1500


def test_one_of_two_that_was_logged_before_is_named():
    items = [Item("Water", "1.5 l yesterday"), Item("Reading")]
    assert words.lasts(items) == "Last: Water 1.5 l yesterday."
    assert words.lasts(items[1:]) == ""
    assert words.lasts(items[:1]) == "Last: 1.5 l yesterday."
