"""Trackers with entries, written straight into the tables: what a test counts, it has placed."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from flask import Flask

from application.accounts import versions
from application.logs.models import Log
from application.platform.database import transaction
from application.platform.extensions import db
from application.trackers.kinds import Kind
from application.trackers.models import LinkState, Role, Tracker, TrackerChoice, UserTracker
from tests.people import Person

Entry = tuple[date, float | str]


def make_tracker(
    person: Person, kind: Kind, entries: Iterable[Entry] = (), choices: Iterable[str] = ()
) -> int:
    """A tracker of `person`, its choices and entries (a choice by its label); the id."""
    with person.app.app_context(), transaction() as session:
        name = f"{kind} {datetime.now(UTC).timestamp()}"
        tracker = Tracker(owner_id=person.user_id, name=name, name_key=name, kind=kind, unit="l")
        session.add(tracker)
        session.flush()
        session.add(UserTracker(user_id=person.user_id, tracker_id=tracker.id, role=Role.OWNER))
        for position, label in enumerate(choices):
            session.add(
                TrackerChoice(
                    tracker_id=tracker.id, label=label, label_key=label, position=position
                )
            )
        tracker_id = tracker.id
        versions.bump([person.user_id])
    add_entries(person.app, tracker_id, entries, person)
    return tracker_id


def add_entries(
    app: Flask,
    tracker_id: int,
    entries: Iterable[Entry],
    person: Person,
    *,
    deleted: bool = False,
) -> None:
    """Entries in the order of the day in which they are given."""
    with app.app_context(), transaction() as session:
        choices = {
            choice.label: choice.id
            for choice in session.query(TrackerChoice).filter_by(tracker_id=tracker_id)
        }
        for place, (day, value) in enumerate(entries):
            at = datetime.combine(day, time(6), UTC) + timedelta(seconds=place)
            session.add(
                Log(
                    tracker_id=tracker_id,
                    user_id=person.user_id,
                    logged_at=at,
                    local_day=day,
                    value=None if isinstance(value, str) else value,
                    choice_id=choices[value] if isinstance(value, str) else None,
                    deleted_at=at if deleted else None,
                )
            )
        versions.bump([person.user_id])


def share(tracker_id: int, person: Person, state: LinkState = LinkState.ACCEPTED) -> None:
    """Let `person` look at a tracker."""
    with person.app.app_context(), transaction() as session:
        session.add(
            UserTracker(
                user_id=person.user_id, tracker_id=tracker_id, role=Role.VIEWER, state=state
            )
        )
        versions.bump([person.user_id])


def change(person: Person, tracker_id: int, **columns: object) -> None:
    """Set columns of a tracker, such as archived_at or deleted_at."""
    with person.app.app_context(), transaction():
        tracker = db.session.get_one(Tracker, tracker_id)
        for name, value in columns.items():
            setattr(tracker, name, value)
        versions.bump([person.user_id])


def archive_choice(person: Person, tracker_id: int, label: str) -> None:
    """No longer offer a choice."""
    with person.app.app_context(), transaction() as session:
        choice = session.query(TrackerChoice).filter_by(tracker_id=tracker_id, label=label).one()
        choice.archived_at = datetime.now(UTC)
        versions.bump([person.user_id])
