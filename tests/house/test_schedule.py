"""Everything the clock starts stands in one table, exists, and says why at that pace."""

from flask import Flask

from application.platform.background import celery
from tasks.schedule import SCHEDULE, beat_schedule


def test_every_tick_is_a_registered_task(app: Flask) -> None:
    assert {tick.task for tick in SCHEDULE} <= set(celery.tasks)


def test_every_tick_says_why_in_a_sentence() -> None:
    assert all(tick.why.endswith(".") and len(tick.why) > 20 for tick in SCHEDULE)


def test_a_tick_that_waited_too_long_is_dropped() -> None:
    for tick in SCHEDULE:
        entry = beat_schedule()[tick.task]
        assert entry["options"] == {"queue": "ticks", "expires": tick.seconds}
        assert entry["schedule"] == tick.seconds


def test_names_are_unique() -> None:
    assert len({tick.task for tick in SCHEDULE}) == len(SCHEDULE)
