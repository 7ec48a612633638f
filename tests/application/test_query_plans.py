"""No question asked every day reads the rows of everybody: SQLite's plan of each statement."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from application.platform.extensions import db
from application.platform.readers import Readers
from application.reminders import queries
from tests.people import Person
from tests.things import log, tracker

# A walk through a table that grows with people and days, or through all that was not deleted.
WIDE = re.compile(r"SCAN (logs|trackers|user_trackers|users|deliveries|reports)\b|\(deleted_at=")

Plans = dict[str, list[str]]


def plans_of(app: Flask, act: Callable[[], object]) -> Plans:
    """Do it; the steps of the plan of every question that it asked the database."""
    taken: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        taken.append((statement, values))

    def note_read(self: Readers, sql: str, values: Any) -> Any:  # those go past SQLAlchemy
        taken.append((sql, tuple(values)))
        return ask(self, sql, values)

    with app.app_context(), pytest.MonkeyPatch.context() as patch:
        ask = Readers.ask
        patch.setattr(Readers, "ask", note_read)
        engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            act()
        finally:
            event.remove(engine, "before_cursor_execute", note)
        with engine.connect() as connection:
            return {
                statement: [
                    row[3]
                    for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
                ]
                for statement, values in taken
                if statement.startswith(("SELECT", "WITH"))
            }


def wide(plans: Plans) -> Plans:
    assert plans, "nothing was asked"
    found = {each: [step for step in steps if WIDE.search(step)] for each, steps in plans.items()}
    return {statement: steps for statement, steps in found.items() if steps}


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "path",
    [
        "today",
        "trackers",
        "trackers/{}",
        "trackers/{}/logs",
        "trackers/{}/logs?q=x",
        "trackers/{}/stats",
        "trackers/{}/chart.svg",
        "deliveries",
        "reports",
        "account",
    ],
)
def test_a_page_reads_no_rows_of_others(app: Flask, alice: Person, path: str) -> None:
    one = tracker(alice, name="Water")["id"]
    log(alice, one, 1.5)

    def ask() -> None:
        assert alice.get(path.format(one)).status_code == 200

    assert wide(plans_of(app, ask)) == {}


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_batch_of_reminders_reads_no_rows_of_others(app: Flask, alice: Person) -> None:
    tracker(alice, name="Water")
    many = list(range(alice.user_id, alice.user_id + 100))  # of few it asks in another order
    assert wide(plans_of(app, lambda: queries.list_watched(many))) == {}
