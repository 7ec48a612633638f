"""A worker on a machine whose clock is wrong: TEND_TEST_SKEW seconds ahead of everybody's."""

import os
from datetime import UTC, datetime, timedelta

import time_machine

SKEW = timedelta(seconds=float(os.environ["TEND_TEST_SKEW"]))

# Before anything reads the time; the pool's children are forked from here and inherit it.
time_machine.travel(datetime.now(UTC) + SKEW, tick=True).start()

from workers import celery  # noqa: E402, F401
