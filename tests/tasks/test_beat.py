"""The clock of a machine may be wrong for a while; the ticks go on."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from celery import Celery
from celery.beat import Scheduler

from deploy.launcher import role
from tasks import schedule
from tasks.beat import SteadyScheduler

START = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def beat(kind: type[Scheduler], monkeypatch: pytest.MonkeyPatch) -> tuple[Scheduler, list[str]]:
    """A scheduler over the real table that notes down what it sends."""
    app = Celery("test", set_as_current=False, timezone="UTC", enable_utc=True)
    app.conf.beat_schedule = schedule.beat_schedule()
    sent: list[str] = []
    monkeypatch.setattr(kind, "producer", None)  # there is no broker to connect to
    monkeypatch.setattr(kind, "apply_async", lambda _self, entry, **_: sent.append(entry.task))
    return kind(app, schedule={}), sent


def run(clock: Scheduler, travel: time_machine.Traveller, seconds: float) -> None:
    """Let that much time go by, as the beat's own loop does."""
    left = seconds
    while left > 0:
        pause = min(max(clock.tick(), 0.01), left)
        travel.shift(pause)
        left -= pause


def test_a_clock_that_was_a_day_ahead_and_set_right_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with time_machine.travel(START, tick=False) as travel:
        clock, sent = beat(SteadyScheduler, monkeypatch)
        run(clock, travel, 120)
        usual = sent.count("jobs.sweep")
        assert usual in {11, 12}
        travel.shift(DAY)
        run(clock, travel, 60)
        travel.shift(-DAY)
        sent.clear()
        run(clock, travel, 120)
        assert sent.count("jobs.sweep") >= usual - 1


def test_the_usual_scheduler_would_wait_for_that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    with time_machine.travel(START, tick=False) as travel:
        clock, sent = beat(Scheduler, monkeypatch)
        run(clock, travel, 60)
        travel.shift(DAY)
        run(clock, travel, 60)
        travel.shift(-DAY)
        sent.clear()
        run(clock, travel, 120)
        assert sent == []  # once this is no longer so, tasks/beat.py can go


def test_the_launcher_starts_that_beat(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[str] = []
    monkeypatch.setattr(role, "become_celery", lambda _settings, *words: started.extend(words))
    role.ROLES["beat"](None)  # type: ignore[arg-type]
    assert started[started.index("--scheduler") + 1] == "tasks.beat:SteadyScheduler"


@pytest.mark.parametrize("wrong", [timedelta(seconds=-90), timedelta(seconds=90)])
def test_a_worker_whose_clock_is_wrong_still_takes_the_ticks(wrong: timedelta) -> None:
    # Celery drops a message that is over by the clock of whoever takes it.
    for entry in schedule.beat_schedule().values():
        written = START + wrong
        ends = written + timedelta(seconds=entry["options"]["expires"])
        assert ends > START + timedelta(seconds=90)
