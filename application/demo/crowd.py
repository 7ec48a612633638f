"""Many people with a year each: one life a zone is told, and the database copies it to the rest."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from application.accounts.services_crowd import settle
from application.demo import services
from application.demo.year import DAYS, STORIES
from application.logs.services_crowd import copy_logs
from application.platform.clock import now
from application.platform.database import transaction
from application.trackers.services_crowd import copy_trackers

TRACKERS: Final = 12
BATCH: Final = 100  # people a transaction: some 430,000 logs
ZONES: Final = (
    "Europe/Vienna", "America/New_York", "Asia/Tokyo", "America/Los_Angeles", "Asia/Kolkata",
    "Europe/London", "America/Sao_Paulo", "Australia/Sydney", "Africa/Lagos", "Pacific/Auckland",
)  # fmt: skip
TOLD: Final = (
    *STORIES,
    *(replace(story, name=f"{story.name} 2") for story in STORIES[: TRACKERS - len(STORIES)]),
)


def fill_crowd(numbers: range, password: str, *, mailed: bool) -> Iterator[tuple[int, int]]:
    """Make people with these numbers and `password`, already hashed, in transactions of their own.

    Gives, after each, how many people and logs it made. The first of each zone lives a life of
    their own, the others of that zone the same one.
    """
    since = now() - timedelta(days=DAYS + 35)
    for place, zone in enumerate(ZONES):
        first, *others = numbers[place :: len(ZONES)] or (None,)
        if first is None:
            return
        with transaction():
            (model,) = settle([first], zone, password, since, mailed=mailed)
            logs = services.fill(model, TOLD, seed=first)
        yield 1, logs
        for start in range(0, len(others), BATCH):
            with transaction():
                some = others[start : start + BATCH]
                ids = settle(some, zone, password, since, mailed=mailed)
                copy_trackers(model, ids)
                copy_logs(model, ids)
            yield len(ids), logs * len(ids)
