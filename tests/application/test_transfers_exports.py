"""Exports as jobs: what the file says, and that it reads back the same in a new account."""

import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from application.jobs.models import Job, State
from application.logs import services as logs
from application.platform import clock, storage
from application.platform.database import transaction
from application.platform.errors import NotFound
from application.platform.extensions import db
from application.trackers import services as trackers
from application.trackers.schemas import NewTracker
from application.transfers import services, services_export

HEADER = "tracker,kind,unit,timestamp,value,choice,note\n"


@pytest.fixture(autouse=True)
def _context(app):
    with app.app_context():
        yield


def make(person, name, kind="numerical", **more):
    with transaction():
        return trackers.create(person.user_id, NewTracker(name=name, kind=kind, **more)).id


def record(person, tracker_id, value, when, note=""):
    with transaction():
        logs.record(person.user_id, tracker_id, value, logged_at=when, note=note)


@pytest.fixture
def export(app, queue):
    def export_(person, tracker_ids=None):
        with transaction():
            job_id = services.ask_export(person.user_id, tracker_ids).id
        queue.run(app)
        db.session.rollback()
        job = db.session.get_one(Job, job_id, populate_existing=True)
        assert job.state == State.DONE, job.error
        assert job.file
        return storage.path_of(job.file).read_bytes().decode(), job

    return export_


def test_it_writes_every_kind(alice, export):
    water = make(alice, "Water", unit="l")
    mood = make(alice, "Mood", "multiple_choice", choices=["Good", "-Bad"])
    walk = make(alice, "Walk", "time_duration")
    make(alice, "Empty", "boolean")
    record(alice, water, "1,5", "2026-07-01T18:05:00Z", 'a "note",\nin two lines')
    record(alice, water, 2, "2026-11-19", "=cmd")
    record(alice, mood, "-Bad", "2026-11-19T08:00:00+09:00")
    record(alice, walk, "1h30", "2026-11-19T08:00:00Z")
    text, job = export(alice)
    assert text == (
        HEADER
        + 'Water,numerical,l,2026-07-01T20:05:00+02:00,1.5,,"a ""note"",\nin two lines"\n'
        + "Water,numerical,l,2026-11-19T12:00+01:00,2,,'=cmd\n"
        + "Mood,multiple_choice,,2026-11-19T00:00:00+01:00,,'-Bad,\n"
        + "Mood,multiple_choice,,,,Good,\n"
        + "Walk,time_duration,,2026-11-19T09:00:00+01:00,5400,,\n"
        + "Empty,boolean,,,,,\n"
    )
    assert job.result == {"tracker_ids": None, "trackers": 4, "rows": 4}
    assert job.filename == f"tend-{clock.now().astimezone(ZoneInfo('Europe/Vienna')):%Y-%m-%d}.csv"
    assert job.size == len(text.encode())
    assert timedelta(hours=23) < job.expires_at - clock.now() < timedelta(hours=25)


def test_it_writes_some_trackers(alice, bob, export):
    water, _ = make(alice, "Water"), make(alice, "Walk")
    assert export(alice, [water])[0] == HEADER + "Water,numerical,,,,,\n"
    assert export(bob)[0] == HEADER
    with pytest.raises(NotFound), transaction():
        services.ask_export(bob.user_id, [water])


def test_the_same_export_under_way_is_given_again(alice, queue):
    water = make(alice, "Water")
    with transaction():
        first = services.ask_export(alice.user_id, None).id
        assert services.ask_export(alice.user_id, None).id == first
        assert services.ask_export(alice.user_id, [water]).id != first
    assert len(queue.take()) == 2


def test_a_stopped_export_leaves_no_file(app, alice, queue, monkeypatch):
    water = make(alice, "Water")
    for minute in range(5):
        record(alice, water, 1, f"2026-11-19T08:0{minute}:00Z")
    monkeypatch.setattr(services_export, "BEAT", 2)
    before = set(storage.folder().iterdir())
    with transaction():
        job = services.ask_export(alice.user_id, None)
        job.cancel_asked = True
        job_id = job.id
    queue.run(app)
    db.session.rollback()
    assert db.session.get_one(Job, job_id, populate_existing=True).state == State.CANCELLED
    assert set(storage.folder().iterdir()) == before


HOSTILE = [
    "",
    "'",
    "'=1",
    "=1+1",
    "\t",
    "a\r\nb",
    'q"q',
    "ünï🌧",
    ",;",
    "\u202eabc",
    "-1",
    "＝",
    "x" * 2000,
]


def answer(kind, labels, dice):
    if kind == "numerical":
        return dice.choice([0, -1.5, 0.1, 1e-7, 123456789012345, 7])
    if kind == "multiple_choice":
        return dice.choice(labels[:4])
    return dice.random() < 0.5 if kind == "boolean" else dice.randrange(10**6)


def fill(person, dice):
    """An account with every kind, hostile texts, doubles and entries without a time."""
    for number, kind in enumerate(["numerical", "boolean", "time_duration", "multiple_choice"] * 2):
        labels = ["Good", "-Bad", "a,b", 'q"', "Never"] if kind == "multiple_choice" else []
        unit = "°C" if kind == "numerical" else ""
        tracker_id = make(person, f"={kind} {number}, '", kind, choices=labels, unit=unit)
        for _ in range(30):
            value = answer(kind, labels, dice)
            moment = datetime(2024, 3, 30) + timedelta(minutes=17 * dice.randrange(200))
            when = moment.isoformat() if dice.random() < 0.7 else str(moment.date())
            for _ in range(dice.choice([1, 1, 1, 2])):
                record(person, tracker_id, value, when, dice.choice(HOSTILE))


def rows_of(sql, person):
    return sorted(
        sql(
            "SELECT t.name, t.kind, t.unit, l.logged_at, l.local_day, l.utc_offset, l.timed,"
            " l.value, c.label, l.note FROM trackers t JOIN logs l ON l.tracker_id = t.id"
            " LEFT JOIN tracker_choices c ON c.id = l.choice_id WHERE t.owner_id = :owner",
            owner=person.user_id,
        ),
        key=repr,
    )


def labels_of(sql, person):
    return sql(
        "SELECT t.name, c.label FROM trackers t LEFT JOIN tracker_choices c ON c.tracker_id = t.id"
        " WHERE t.owner_id = :owner ORDER BY t.name, c.label",
        owner=person.user_id,
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_a_new_account_gets_back_the_same(app, alice, bob, export, queue, sql, seed):
    fill(alice, random.Random(seed))
    text, _ = export(alice)
    for person, counts in ((alice, "same"), (bob, "new")):
        name = storage.new_name(".csv")
        storage.path_of(name).write_text(text, encoding="utf-8", newline="")
        with transaction():
            job_id = services.ask_import(person.user_id, name, "x.csv", None, {}).id
        queue.run(app)
        db.session.rollback()
        job = db.session.get_one(Job, job_id, populate_existing=True)
        found = job.result["counts"]
        assert found == dict.fromkeys(found, 0) | {counts: len(rows_of(sql, alice))}
        with transaction():
            services.confirm(person.user_id, job_id, "keep", {})
        queue.run(app)
    assert rows_of(sql, bob) == rows_of(sql, alice)
    assert labels_of(sql, bob) == labels_of(sql, alice)
    assert export(bob)[0] == text


def test_a_shared_tracker_of_the_same_name_says_whose_it_is(alice, bob, export, sql):
    make(alice, "Water")
    theirs = make(bob, "water")
    with transaction() as session:
        from application.trackers.models import LinkState, Role, UserTracker

        session.add(
            UserTracker(
                user_id=alice.user_id,
                tracker_id=theirs,
                role=Role.VIEWER,
                state=LinkState.ACCEPTED,
                position=9,
            )
        )
    text = export(alice)[0]
    assert text == HEADER + "Water,numerical,,,,,\nwater (bob),numerical,,,,,\n"
