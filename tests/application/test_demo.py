"""Tests of the demo year: all four kinds, believable, the same from the same seed."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from application.demo import crowd
from application.demo.year import DAYS, STORIES, live
from application.trackers.kinds import Kind
from tests.people import Person

TODAY = date(2026, 11, 21)


def test_it_covers_all_four_kinds_and_most_days() -> None:
    assert {story.kind for story in STORIES} == set(Kind)
    for story in STORIES:
        days = {entry.at.date() for entry in live(story, TODAY)}
        assert 60 < len(days) < DAYS
        assert max(days) < TODAY


def test_the_same_seed_tells_the_same_story() -> None:
    story = STORIES[0]
    assert list(live(story, TODAY)) == list(live(story, TODAY))
    assert list(live(story, TODAY, seed=8)) != list(live(story, TODAY))


def test_the_command_says_how_to_sign_in(app: Flask, visitor: Person) -> None:
    result = app.test_cli_runner().invoke(args=["demo"], catch_exceptions=False)
    said = result.output
    name, password = re.findall(r"(?:username|password)\s+(\S+)", said)
    answer = visitor.post("accounts/login", {"identity": name, "password": password})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    again = app.test_cli_runner().invoke(args=["demo"]).output
    assert re.findall(r"username\s+(\S+)", again) != [name]


def test_it_prints_a_report_to_look_at(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    args = ["demo-report", str(file), "--trackers", "1", "--paper", "letter"]
    app.test_cli_runner().invoke(args=args, catch_exceptions=False)
    assert file.read_bytes().startswith(b"%PDF-1.7")


@pytest.fixture
def two_zones(monkeypatch: pytest.MonkeyPatch) -> None:
    """A crowd in two zones, where the second person of a zone is a copy already."""
    monkeypatch.setattr(crowd, "ZONES", crowd.ZONES[:2])


@pytest.mark.usefixtures("two_zones")
def test_a_crowd_has_a_year_each(app: Flask, visitor: Person, sql: Any) -> None:
    result = app.test_cli_runner().invoke(
        args=["demo-crowd", "--people", "5"], catch_exceptions=False
    )
    assert "5 of 5 people" in result.output
    assert sql("SELECT count(*) FROM users") == [(5,)]
    assert (
        sql("SELECT owner_id, count(*) FROM trackers GROUP BY owner_id HAVING count(*) != 12") == []
    )
    # Numbers 1, 3 and 5 live in one zone: the same life, each with trackers of their own.
    same = sql(
        "SELECT users.username, trackers.name, trackers.last_value, trackers.last_logged_at,"
        " tracker_choices.label, count(logs.id), min(logs.logged_at), round(1000 * sum(logs.value))"
        " FROM users JOIN trackers ON trackers.owner_id = users.id"
        " JOIN logs ON logs.tracker_id = trackers.id AND logs.user_id = users.id"
        " JOIN user_trackers ON user_trackers.tracker_id = trackers.id"
        " AND user_trackers.user_id = users.id"
        " LEFT JOIN tracker_choices ON tracker_choices.id = trackers.last_choice_id"
        " AND tracker_choices.tracker_id = trackers.id"
        " WHERE users.username IN ('crowd-000001', 'crowd-000003', 'crowd-000005')"
        " GROUP BY users.username, trackers.id, tracker_choices.label ORDER BY 1, 2"
    )
    lives = [[row[1:] for row in same if row[0] == name] for name in sorted({r[0] for r in same})]
    assert [len(life) for life in lives] == [12, 12, 12]
    assert lives[0] == lives[1] == lives[2]
    assert all((life[1] == "Mood") <= (life[4] is not None) for life in same)
    # Answers point to choices of their own tracker.
    assert sql(
        "SELECT count(*) FROM logs JOIN tracker_choices ON tracker_choices.id = logs.choice_id"
        " WHERE tracker_choices.tracker_id != logs.tracker_id"
    ) == [(0,)]
    assert sql("SELECT count(*) FROM users WHERE report_on OR reminder_channel = 'mail'") == [(0,)]
    (password,) = re.findall(r"password\s+(\S+)", result.output)
    answer = visitor.post("accounts/login", {"identity": "crowd-000005", "password": password})
    assert answer.status_code == 200


@pytest.mark.usefixtures("two_zones")
def test_a_crowd_costs_the_same_statements_for_more_people(
    app: Flask, statements: list[str]
) -> None:
    counts = []
    for people in ("4", "8"):
        statements.clear()
        app.test_cli_runner().invoke(
            args=["demo-crowd", "--people", people], catch_exceptions=False
        )
        counts.append(len([one for one in statements if "INTO logs" in one and "SELECT" in one]))
    assert counts == [2, 2]


def test_a_crowd_grows_and_can_be_written_to(app: Flask, sql: Any) -> None:
    for people, mailed in (("2", ()), ("1", ("--mailed",))):
        args = ["demo-crowd", "--people", people, *mailed]
        app.test_cli_runner().invoke(args=args, catch_exceptions=False)
    assert sql("SELECT username, report_on, reminder_channel FROM users ORDER BY username") == [
        ("crowd-000001", 0, "webhook"),
        ("crowd-000002", 0, "webhook"),
        ("crowd-000003", 1, "mail"),
    ]


def test_a_crowd_does_not_come_among_people_unasked(app: Flask, alice: Person, sql: Any) -> None:
    args = ["demo-crowd", "--people", "1"]
    result = app.test_cli_runner().invoke(args=args)
    assert result.exit_code == 1
    assert "1 real people" in result.output
    assert sql("SELECT count(*) FROM users") == [(1,)]
    app.test_cli_runner().invoke(args=[*args, "--beside-people"], catch_exceptions=False)
    assert sql("SELECT count(*) FROM users") == [(2,)]
