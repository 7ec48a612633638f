"""Tests of the demo year: all four kinds, believable, the same from the same seed."""

import re
from datetime import date
from pathlib import Path

from flask import Flask

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
