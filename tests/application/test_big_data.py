"""What one person's many entries may cost: which index is read, and how many rows of it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, insert

from application.insights import figures, queries
from application.insights.ranges import Span
from application.logs.models import Log
from application.logs.queries import Filters, list_entries
from application.platform.database import transaction
from application.platform.extensions import db
from application.trackers.kinds import Kind
from tests.filled import add_entries, make_tracker
from tests.people import Person

TODAY = date(2026, 11, 21)
ALL = Span(date(2020, 1, 1), TODAY, "all")
CHOICES = ("Calm", "Good", "Flat")
MANY = 4000
HOUR = timedelta(hours=1)
START = datetime.combine(TODAY, time(12), UTC) - MANY * HOUR


def at(place: int) -> datetime:
    """When entry number `place` is; they come hour by hour."""
    return START + place * HOUR


@pytest.fixture
def filled(alice: Person) -> dict[Kind, int]:
    """A tracker of each kind with its entries; PostgreSQL knows how many there are."""
    made = {}
    for kind in Kind:
        labels = CHOICES if kind is Kind.MULTIPLE_CHOICE else ()
        made[kind] = make_tracker(alice, kind, choices=labels)
        with alice.app.app_context(), transaction() as session:
            choices = session.scalars(db.text("SELECT id FROM tracker_choices")).all()
            rows = [
                {
                    "tracker_id": made[kind],
                    "user_id": alice.user_id,
                    "logged_at": at(place),
                    "local_day": at(place).date(),
                    "value": None if labels else float(place % 7 == 0),
                    "choice_id": choices[place % 3] if labels else None,
                }
                for place in range(MANY)
            ]
            session.execute(insert(Log), rows)
    with alice.app.app_context():
        if db.engine.dialect.name == "postgresql":
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM ANALYZE logs")
    return made


@contextmanager
def noted(app: Flask) -> Iterator[list[tuple[str, Any]]]:
    """Statements about logs that are sent meanwhile, with their parameters."""
    seen: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if "FROM logs" in statement:
            seen.append((statement, parameters))

    with app.app_context():
        engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)
            db.session.expunge_all()  # what was read stays readable
            db.session.rollback()


def reads(app: Flask, statement: str, parameters: Any) -> set[str]:
    """In which ways a statement reads `logs`: the words of SQLite, those of PostgreSQL as them."""
    with app.app_context(), db.engine.connect() as connection:
        if db.engine.dialect.name == "sqlite":
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            lines = [row[3] for row in plan]
            return {line for line in lines if "logs" in line or "ORDER BY" in line}
        return set(_on_postgresql(connection, statement, parameters))


def _on_postgresql(connection: Any, statement: str, parameters: Any) -> Iterator[str]:
    # Of so few entries a bitmap and a sort cost as much, and now and then it takes those.
    connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
    found = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)
    plan = found.scalar()
    nodes = [(plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"]]
    while nodes:
        node = nodes.pop()
        nodes += node.get("Plans", [])
        if node.get("Relation Name") == "logs":
            only = "COVERING " if node["Node Type"] == "Index Only Scan" else ""
            rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
            yield f"SEARCH logs USING {only}INDEX {node.get('Index Name')} {rows:.0f} rows"


@pytest.mark.parametrize("kind", Kind)
def test_figures_are_counted_on_the_covering_index(
    alice: Person, filled: dict[Kind, int], kind: Kind
) -> None:
    with noted(alice.app) as seen:
        tracker = queries.find_followed(alice.user_id, filled[kind])
        figures.stats(tracker, ALL, TODAY)
        figures.chart(tracker, ALL, "wide", "light")
    assert seen
    for statement, parameters in seen:
        found = {line for line in reads(alice.app, statement, parameters) if "logs" in line}
        assert found
        assert all("COVERING INDEX ix_logs_days" in line for line in found), (statement, found)


def test_the_first_and_last_day_are_two_steps(alice: Person, filled: dict[Kind, int]) -> None:
    with noted(alice.app) as seen:
        queries.find_logged(filled[Kind.NUMERICAL])
    ((statement, parameters),) = seen
    found = reads(alice.app, statement, parameters)
    assert all("COVERING INDEX ix_logs_days" in line for line in found), found
    assert not any(f"{MANY} rows" in line or "ORDER BY" in line for line in found), found


@pytest.mark.parametrize(
    ("filters", "after"),
    [
        (Filters(), None),
        (Filters(), (at(MANY // 2), 1)),
        (Filters(last=at(MANY // 3).date()), None),
        (Filters(first=at(100).date(), last=at(300).date()), None),
        (Filters(first=at(100).date(), last=at(300).date()), (at(200), 1)),
    ],
    ids=["first", "deep", "to", "month", "deep in a month"],
)
def test_a_page_reads_its_own_rows_wherever_it_is(
    alice: Person, filled: dict[Kind, int], filters: Filters, after: Any
) -> None:
    with noted(alice.app) as seen:
        page = list_entries(filled[Kind.NUMERICAL], filters, after, 51)
    ((statement, parameters),) = seen
    assert len(page) == 51
    found = reads(alice.app, statement, parameters)
    # On days it begins at most four days after the page's own first entry; nothing is sorted.
    assert found <= {
        "SEARCH logs USING INDEX ix_logs_newest (tracker_id=?)",
        "SEARCH logs USING INDEX ix_logs_newest (tracker_id=? AND logged_at<?)",
        "SEARCH logs USING INDEX ix_logs_newest (tracker_id=? AND logged_at>? AND logged_at<?)",
        *(f"SEARCH logs USING INDEX ix_logs_newest {rows} rows" for rows in range(51, 51 + 97)),
    }, found


def test_the_trash_is_read_by_its_own_index(alice: Person, filled: dict[Kind, int]) -> None:
    tracker_id = filled[Kind.NUMERICAL]
    add_entries(alice.app, tracker_id, [(TODAY, 1.0), (TODAY, 2.0)], alice, deleted=True)
    with noted(alice.app) as seen:
        page = list_entries(tracker_id, Filters(state="deleted"), None, 51)
    assert [entry.log.value for entry in page] == [2.0, 1.0]
    ((statement, parameters),) = seen
    found = reads(alice.app, statement, parameters)
    assert any("ix_logs_trash" in line for line in found), found
    assert not any("ix_logs_newest" in line for line in found), found


def test_only_notes_that_say_something_are_searched(alice: Person, filled: dict[Kind, int]) -> None:
    with noted(alice.app) as seen:
        assert list_entries(filled[Kind.BOOLEAN], Filters(text="river"), None, 51) == []
    ((statement, _),) = seen
    assert "logs.note != " in statement


@pytest.mark.parametrize(
    ("zone", "starts", "instant"),
    [
        ("Pacific/Kiritimati", 0, datetime(2026, 11, 9, 10, 0, tzinfo=UTC)),  # the 10th, 00:00
        ("Pacific/Pago_Pago", 6, datetime(2026, 11, 11, 16, 59, tzinfo=UTC)),  # the 11th, 05:59
    ],
)
def test_a_day_finds_its_entries_at_both_ends_of_the_world(
    alice: Person, zone: str, starts: int, instant: datetime
) -> None:
    alice.patch("account", {"timezone": zone, "day_starts_at": starts})
    tracker_id = make_tracker(alice, Kind.NUMERICAL)
    made = alice.post(
        f"trackers/{tracker_id}/logs", {"value": 1, "logged_at": instant.isoformat()}
    ).get_json()
    assert made["local_day"] == "2026-11-10"
    for day in ("from=2026-11-10", "to=2026-11-10", "from=2026-11-10&to=2026-11-10"):
        items = alice.get(f"trackers/{tracker_id}/logs?{day}").get_json()["items"]
        assert [item["id"] for item in items] == [made["id"]]


@pytest.mark.parametrize("days", ["from=0001-01-01", "to=9999-12-31", "to=0001-01-01"])
def test_days_at_the_ends_of_the_calendar_are_days(alice: Person, days: str) -> None:
    tracker_id = make_tracker(alice, Kind.NUMERICAL, [(TODAY, 1.0)])
    items = alice.get(f"trackers/{tracker_id}/logs?{days}").get_json()["items"]
    assert len(items) == (days != "to=0001-01-01")
