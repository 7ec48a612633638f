"""Every tick leaves its heartbeat, and /healthz?deep says who is late."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from api.health import QUICK
from application.platform import claims, heartbeats
from application.platform.background import celery
from application.platform.heartbeats import beat
from tasks import base
from tasks.schedule import SCHEDULE, TICKS
from tests.people import Person

LATE_AFTER = 180


def test_the_quick_ones_are_those_of_the_table() -> None:
    assert set(QUICK) == {tick.task for tick in SCHEDULE if tick.seconds * 3 <= LATE_AFTER}


def test_a_tick_leaves_its_heartbeat(app: Flask, sql: Callable[..., Any]) -> None:
    base.bind(app)
    for _ in range(2):  # the second one finds the row
        celery.tasks["jobs.sweep"]()
    assert [row.name for row in sql("SELECT name FROM heartbeats")] == ["jobs.sweep"]


def test_a_house_without_a_clock_is_late(app: Flask, visitor: Person) -> None:
    answer = visitor.get("/healthz?deep")
    assert answer.status_code == 503
    assert {tick["late"] for tick in answer.get_json()["ticks"].values()} == {True}
    assert visitor.get("/healthz").status_code == 200


def test_a_house_whose_clock_runs_is_well(app: Flask, visitor: Person) -> None:
    with app.app_context():
        for name in TICKS:
            beat(name)
    answer = visitor.get("/healthz?deep")
    assert (answer.status_code, answer.get_json()["status"]) == (200, "ok")
    assert answer.get_json()["cache"] is True


@pytest.mark.parametrize("name", QUICK)
def test_one_that_stopped_is_named(
    app: Flask, visitor: Person, sql: Callable[..., Any], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        for one in TICKS - {name}:
            beat(one)
        monkeypatch.setattr(
            heartbeats, "instant", lambda: claims.instant(-timedelta(seconds=LATE_AFTER + 1))
        )
        beat(name)
    answer = visitor.get("/healthz?deep")
    assert answer.status_code == 503
    assert [tick for tick, said in answer.get_json()["ticks"].items() if said["late"]] == [name]
