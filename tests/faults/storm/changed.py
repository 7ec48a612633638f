"""`workers` as the short form needs it: other lengths of time, or a clock that is wrong.

TEND_TEST_HURRY: ticks every two seconds, a lease of twelve, a patience of two, a first pause of
one, four threads; nothing else is different. TEND_TEST_SKEW: this machine's clock is so many
seconds ahead of everybody's.
"""

import os
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import time_machine

if skew := float(os.environ.get("TEND_TEST_SKEW", "0")):
    # Before anything reads the time; the pool's children are forked from here and inherit it.
    time_machine.travel(datetime.now(UTC) + timedelta(seconds=skew), tick=True).start()

from application.deliveries import backoff, sending, services
from application.platform import egress
from workers import celery

TICK = 2.0
PATIENCE = 2.0
LEASE = timedelta(seconds=12)
OFFER_AGAIN = timedelta(seconds=4)
FIRST_PAUSE = 1.0
THREADS = 4  # so that a small crowd is not through before the first fault


@lru_cache(maxsize=4)
def hasty_door(trusted: frozenset[str], own: frozenset[str]) -> egress.Door:
    """As the usual one, with less patience."""
    return egress.Door(trusted, own, seconds=PATIENCE)


def hurry() -> None:
    """Shorten every length of time that a storm waits for."""
    for tick in celery.conf.beat_schedule.values():
        tick["schedule"] = min(TICK, tick["schedule"])
    services.LEASE, services.OFFER_AGAIN = LEASE, OFFER_AGAIN
    backoff.FIRST = FIRST_PAUSE
    sending.THREADS = THREADS
    egress._door = hasty_door


if os.environ.get("TEND_TEST_HURRY"):
    hurry()
