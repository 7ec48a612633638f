"""Everything the clock starts stands in one table, exists, and says why at that pace."""

from flask import Flask

from application.platform.background import celery
from tasks.schedule import CLOCKS_APART, SCHEDULE, TICKS, beat_schedule


def test_every_tick_is_a_registered_task(app: Flask) -> None:
    assert {tick.task for tick in SCHEDULE} <= set(celery.tasks)


def test_every_tick_says_what_and_why_in_a_sentence_each() -> None:
    sentences = [sentence for tick in SCHEDULE for sentence in (tick.what, tick.why)]
    assert all(said.endswith(".") and len(said) > 20 for said in sentences)


def test_every_task_without_arguments_is_a_tick_or_asked_for(app: Flask) -> None:
    ours = {name for name in celery.tasks if not name.startswith("celery.")}
    assert ours - TICKS == {"jobs.run", "deliveries.send"}


def test_a_tick_that_waited_too_long_is_dropped() -> None:
    for tick in SCHEDULE:
        entry = beat_schedule()[tick.task]
        assert entry["options"] == {"queue": "ticks", "expires": tick.seconds + CLOCKS_APART}
        assert entry["schedule"] == tick.seconds


def test_names_are_unique() -> None:
    assert len({tick.task for tick in SCHEDULE}) == len(SCHEDULE)
