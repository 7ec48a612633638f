"""W9: a database of each released schema comes up to this one, and goes one down, with its rows."""

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, inspect, text

from application.deliveries.models import Delivery
from application.platform import clock
from application.platform.database import transaction
from application.platform.extensions import db
from config import ROOT
from tests.faults.rows.outcome import judged
from tests.people import Person, Queue
from tests.things import log, share, tracker

VALUES: dict[str, list[Any]] = {
    "numerical": [0, -1.5, 1e-7, 123456789012345],
    "multiple_choice": ["Calm", "Low"],
    "boolean": [True, False],
    "time_duration": [0, 5400, 10**6],
}
OURS = "alembic_version"
Shape = dict[str, list[str]]


def fill(alice: Person, bob: Person) -> None:
    """Something in every table that a person can write into."""
    made = {kind: tracker(alice, kind)["id"] for kind in VALUES}
    for kind, values in VALUES.items():
        for day, value in enumerate(values, start=1):
            when = f"2026-07-{day:02}T0{day}:00:00+05:30" if day % 2 else f"2026-07-{day:02}"
            log(alice, made[kind], value, logged_at=when, note=f"ünï🌧 'q' {day}")
    gone = log(alice, made["numerical"], 9, note="gone")["id"]
    assert alice.delete(f"logs/{gone}").status_code == 204
    share(alice, bob, made["numerical"], "editor")
    log(bob, made["numerical"], 3)
    key = {"Idempotency-Key": "once"}
    assert alice.post("exports", {}, headers=key).status_code == 202
    assert alice.post("reports", {"period": "2026-07"}).status_code == 202
    now = clock.now()
    with alice.app.app_context(), transaction() as session:
        session.add(
            Delivery(
                user_id=alice.user_id,
                kind="reminder",
                period="2026-11-20",
                channel="mail",
                target="alice@example.org",
                message_id="m-1",
                params={"why": "ünï"},
                next_at=now,
                expires_at=now + timedelta(days=1),
            )
        )


def shape_of(connection: Connection) -> Shape:
    found = inspect(connection)
    return {
        name: [column["name"] for column in found.get_columns(name)]
        for name in found.get_table_names()
        if name != OURS
    }


def read(connection: Connection, shape: Shape) -> dict[str, tuple[int, str]]:
    """Of each table how many rows, and a checksum over these columns of them."""
    found = {}
    for name, columns in shape.items():
        listed = ", ".join(f'"{column}"' for column in sorted(columns))
        rows = sorted(
            repr(tuple(r)) for r in connection.execute(text(f"SELECT {listed} FROM {name}"))
        )
        found[name] = (len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest()[:16])
    return found


def common(*shapes: Shape) -> Shape:
    """The tables and columns that all of them have."""
    names = set.intersection(*(set(shape) for shape in shapes))
    return {
        name: sorted(set.intersection(*(set(shape[name]) for shape in shapes))) for name in names
    }


def look() -> Shape:
    db.engine.dispose()
    with db.engine.connect() as connection:
        return shape_of(connection)


def checksums(shape: Shape) -> dict[str, tuple[int, str]]:
    db.engine.dispose()
    with db.engine.connect() as connection:
        return read(connection, shape)


def released(app: Flask) -> dict[str, Shape]:
    """Every schema there is, the newest first, as its migrations make it."""
    scripts = ScriptDirectory(str(Path(ROOT) / "application" / "migrations"))
    shapes = {}
    with app.app_context():
        for script in scripts.walk_revisions():
            downgrade(revision=script.revision)
            shapes[script.revision] = look()
        upgrade()
        db.engine.dispose()
    return shapes


@pytest.mark.row("W9")
def test_w9_every_schema_comes_up_and_goes_one_down(
    app: Flask, request: pytest.FixtureRequest, queue: Queue
) -> None:
    """A filled database as each released schema has it, up to this release, and one down again.

    Pass: every table that the schemas share has as many rows as before, and the same checksum.
    """
    where = str(app.config["SQLALCHEMY_DATABASE_URI"]).split(":")[0].split("+")[0]
    shapes = released(app)
    newest = list(shapes.values())[:2]  # this release's, and the one below
    fill(request.getfixturevalue("alice"), request.getfixturevalue("bob"))
    queue.take()
    rows = 0
    with judged("W9", f"schemas up and down, {where}") as outcome, app.app_context():
        for revision, shape in shapes.items():
            both = common(shape, *newest)
            downgrade(revision=revision)
            before = checksums(both)
            upgrade()
            outcome.must(checksums(both) == before, f"{revision} came up with a difference")
            downgrade(revision="-1")
            outcome.must(checksums(both) == before, f"{revision}: one down is different")
            upgrade()
            db.engine.dispose()
            rows += sum(count for count, _ in before.values())
        outcome.injected = f"{len(shapes)} schemas, up and one down"
        outcome.survived = f"{rows:,} rows, checksums equal"
        outcome.must(rows > 15 * len(shapes), f"only {rows} rows were there")
