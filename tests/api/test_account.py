"""account and about: settings, and leaving for good."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from application.jobs.models import Job, State
from application.platform import mail, storage
from application.platform.database import transaction
from application.trackers.kinds import Kind
from application.trackers.models import LinkState, Role, UserTracker
from tests.filled import add_entries, make_tracker
from tests.people import PASSWORD, Person, problem


def test_it_shows_the_account(alice: Person) -> None:
    with time_machine.travel(datetime(2026, 11, 21, 22, 59, tzinfo=UTC), tick=False):
        shown = alice.get("account").get_json()
    assert shown["username"] == "alice"
    assert shown["today"] == "2026-11-21"
    assert shown["day_ends_at"] == "2026-11-21T23:00:00Z"
    assert "password" not in shown
    assert "fs_uniquifier" not in shown


def test_its_day_follows_its_settings(alice: Person) -> None:
    answer = alice.patch("account", {"timezone": "Asia/Tokyo", "day_starts_at": 3})
    with time_machine.travel(datetime(2026, 11, 21, 17, 59, tzinfo=UTC), tick=False):
        shown = alice.get("account").get_json()
    assert answer.status_code == 200
    assert shown["today"] == "2026-11-21"
    assert shown["day_ends_at"] == "2026-11-21T18:00:00Z"


def test_it_changes_what_is_named_and_nothing_else(alice: Person) -> None:
    before = alice.get("account").get_json()
    changes = {
        "timezone": "Pacific/Kiritimati",
        "day_starts_at": 6,
        "week_starts_on": 7,
        "reminder_at": "07:30",
        "reminder_channel": "mail",
        "webhook": "https://ntfy.example/alice",
        "report_format": "pdf",
        "report_paper": "letter",
        "report_on": False,
    }
    for name, value in changes.items():
        answer = alice.patch("account", {name: value}).get_json()
        assert answer[name] == value
    after = alice.get("account").get_json()
    moving = {"today", "day_ends_at", "webhook_name"}
    assert {key: after[key] for key in after.keys() - moving} == {
        key: {**before, **changes}[key] for key in after.keys() - moving
    }
    assert (
        alice.patch("account", {"reminder_at": None, "webhook": None}).get_json()["reminder_at"]
        is None
    )
    assert alice.patch("account", {}).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("timezone", "Nowhere/Land"),
        ("timezone", None),
        ("timezone", "localtime"),
        ("day_starts_at", 7),
        ("day_starts_at", -1),
        ("day_starts_at", True),
        ("day_starts_at", "3"),
        ("day_starts_at", 2.5),
        ("day_starts_at", None),
        ("week_starts_on", 0),
        ("reminder_at", "24:00"),
        ("reminder_at", "7:30"),
        ("reminder_at", "20:00:00"),
        ("reminder_at", "٢٠:٠٠"),
        ("reminder_at", 20),
        ("webhook", "javascript:alert(1)"),
        ("webhook", "ftp://x.example"),
        ("webhook", "https://"),
        ("webhook", "https://[::1"),
        ("webhook", "https://x.example/a b"),
        ("webhook", "https://x.example/" + "a" * 2000),
        ("webhook", ""),
        ("reminder_channel", "pigeon"),
        ("reminder_channel", None),
        ("report_paper", "a5"),
        ("report_format", "docx"),
        ("report_on", 1),
        ("report_on", None),
        ("username", "al"),
        ("active", False),
        ("id", 1),
    ],
)
def test_it_refuses(alice: Person, field: str, value: Any) -> None:
    body = {"week_starts_on": 2} | {field: value}
    assert set(problem(alice.patch("account", body), 422)) == {field}
    assert alice.get("account").get_json()["week_starts_on"] == 1


def test_it_is_for_those_inside(visitor: Person) -> None:
    problem(visitor.get("account"), 401)
    problem(visitor.patch("account", {}), 401)
    problem(visitor.delete("account", {"password": PASSWORD}), 401)


def test_leaving_asks_the_password_again(alice: Person) -> None:
    assert set(problem(alice.delete("account", {"password": "wrong"}), 422)) == {"password"}
    assert set(problem(alice.delete("account", {}), 422)) == {"password"}
    assert set(problem(alice.delete("account"), 422)) == {"password"}
    assert alice.get("account").status_code == 200


def test_guessing_while_signed_in_is_limited(alice: Person) -> None:
    for _ in range(10):
        problem(alice.delete("account", {"password": "wrong"}), 422)
    problem(alice.delete("account", {"password": PASSWORD}), 429)


def test_leaving_leaves_nothing(app: Flask, alice: Person, sql: Callable[..., Any]) -> None:
    make_tracker(alice, Kind.NUMERICAL, [(date(2026, 11, 20), 1.0)])
    with app.app_context(), transaction() as session:
        name = storage.new_name(".csv")
        storage.path_of(name).write_text("mine")
        session.add(Job(owner_id=alice.user_id, kind="export", state=State.DONE, file=name))
        letter = mail.Letter("alice@example.org", "recovery", "x-1", {"username": "", "link": ""})
        mail.deliver(mail.compose(letter, app.config["TEND"]), app.config["TEND"])
        path = storage.path_of(name)
    assert alice.delete("account", {"password": PASSWORD}).status_code == 204
    tables = (
        "users",
        "user_versions",
        "user_sessions",
        "trackers",
        "user_trackers",
        "logs",
        "jobs",
    )
    assert {name: sql(f"SELECT count(*) FROM {name}") for name in tables} == {
        name: [(0,)] for name in tables
    }
    assert not path.exists()
    assert not list(app.config["TEND"].mail_folder.glob("*alice*"))
    problem(alice.get("account"), 401)


def test_what_was_shared_goes_to_another_owner(
    app: Flask, alice: Person, bob: Person, sql: Callable[..., Any]
) -> None:
    tracker_id = make_tracker(alice, Kind.NUMERICAL, [(date(2026, 11, 20), 1.0)])
    with app.app_context(), transaction() as session:
        session.add(
            UserTracker(
                user_id=bob.user_id,
                tracker_id=tracker_id,
                role=Role.OWNER,
                state=LinkState.ACCEPTED,
            )
        )
    add_entries(app, tracker_id, [(date(2026, 11, 21), 2.0)], bob)
    assert alice.delete("account", {"password": PASSWORD}).status_code == 204
    assert sql("SELECT owner_id FROM trackers") == [(bob.user_id,)]
    assert sql("SELECT user_id FROM logs ORDER BY value") == [(None,), (bob.user_id,)]


def test_the_name_is_free_again(visitor: Person, alice: Person) -> None:
    alice.delete("account", {"password": PASSWORD})
    again = {
        "username": "alice",
        "email": "alice@example.org",
        "password": PASSWORD,
        "timezone": "UTC",
    }
    assert visitor.post("accounts/register", again).status_code == 200


def test_anybody_may_know_what_this_is(visitor: Person, alice: Person) -> None:
    about = visitor.get("about").get_json()
    assert about["name"] == "Tend"
    assert about["registration"] == "open"
    assert about["mail"] == "folder"
    assert alice.get("about").get_json() == about


def test_every_answer_is_hardened(visitor: Person, alice: Person) -> None:
    for path in ("about", "account", "none-such", "/healthz", "/static/none-such", "/sign-in"):
        headers = visitor.get(path).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "Strict-Transport-Security" not in headers  # the test speaks http
    assert alice.get("account").headers["Cache-Control"] == "no-store"


def test_a_day_that_is_skipped_ends_well(alice: Person) -> None:
    """Apia had no 30 December 2011."""
    alice.patch("account", {"timezone": "Pacific/Apia"})
    from api.account import account_of
    from application.accounts.queries import Asker, find_user

    with alice.app.app_context():
        asker = Asker(alice.user_id, 0, 1, "Pacific/Apia", 0)
        with time_machine.travel(datetime(2011, 12, 30, 9, 0, tzinfo=UTC), tick=False):
            shown = account_of(asker, find_user(alice.user_id))
    assert shown.today == date(2011, 12, 29)
    assert shown.day_ends_at - datetime(2011, 12, 30, 9, 0, tzinfo=UTC) <= timedelta(days=1)
