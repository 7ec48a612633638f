"""W1: web processes are killed while people write; what they were told stays."""

import os
import random
import signal
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.faults.rows.load import CUT, compare, gathered, load, read_or_write
from tests.faults.rows.outcome import counted, is_full, judged
from tests.faults.running import Tend, data_folder, free_port, wait_for

FULL = is_full()
SECONDS, EVERY, RATE, PEOPLE = (180.0, 5.0, 50.0, 12) if FULL else (9.0, 2.0, 40.0, 6)


def kill_for(tend: Tend, seconds: float, every: float) -> int:
    """kill -9 of one process of the web, then another; how many."""
    dice, kills = random.Random(5), 0
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(every, left))
        workers = tend.running("web")[1:]  # without the oldest, which brings the others back
        if workers and time.monotonic() < until:
            with suppress(ProcessLookupError):
                os.kill(dice.choice(workers), signal.SIGKILL)
                kills += 1
    return kills


def answers_without_effect(database: Path) -> int:
    """Kept answers that were never finished: they and their entry are one transaction."""
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute("SELECT count(*) FROM idempotency_keys WHERE status = 0")
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        count: int = found.fetchone()[0]
        return count


@pytest.mark.row("W1")
@pytest.mark.timeout(600 if FULL else 300)
def test_w1_what_was_acknowledged_is_there_after_kills_of_the_web() -> None:
    """Load 80/20 and kill -9 of a web process every few seconds.

    Pass: every acknowledged write is there as it was told; the others are there wholly or not;
    what was sent again under its Idempotency-Key is there once; nothing was answered with 5xx.
    """
    with (
        judged("W1", "web processes killed under load") as outcome,
        data_folder() as folder,
        Tend(folder, free_port(), WEB_WORKERS="2") as tend,
        gathered(f"http://127.0.0.1:{tend.port}", PEOPLE) as (journal, people),
    ):
        wait_for(tend.everything_is_up, 180, "up")
        with load(people, RATE, read_or_write()):
            kills = kill_for(tend, SECONDS, EVERY)
        wait_for(tend.healthy, 30, "healthy")
        held = compare(people)
        said = journal.statuses()
        outcome.injected = f"{kills} kill -9, {said.total():,} requests, {said[CUT]} cut off"
        outcome.survived = f"{held.told:,} acknowledged writes, {journal.replays} by replay"
        outcome.lost = held.lost
        outcome.figures = {"statuses": counted(said), **vars(held)}
        outcome.must(kills > 1, "nothing was killed")
        outcome.must(held.told > 20, "hardly anything was written")
        outcome.must(not held.lost, f"{held.lost} acknowledged writes are lost")
        outcome.must(not held.doubled, f"{held.doubled} are there twice")
        outcome.must(not held.torn, f"{held.torn} are there in part")
        outcome.must(not answers_without_effect(folder / "tend.db"), "answers without effect")
        outcome.must(not journal.failures(), f"answered 5xx: {journal.failures()[:3]}")
