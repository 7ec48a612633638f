"""W5: many processes write one SQLite file; no update is lost, and nobody is told of a lock."""

import http.client
import threading
import time
from contextlib import suppress

import pytest

from tests.faults.rows.bring import await_state, lines, new_tracker, upload
from tests.faults.rows.load import Journal, Person, compare, gathered, load, read_or_write
from tests.faults.rows.outcome import Outcome, counted, is_full, judged
from tests.faults.running import Tend, data_folder, free_port, wait_for

FULL = is_full()
SECONDS, PEOPLE, RATE, ROWS = (60.0, 8, 40.0, 200_000) if FULL else (6.0, 3, 20.0, 10_000)
COUNTERS = 4  # threads that count in one entry
PAUSE = 0.02
QUICKEST = 0.25  # seconds, p99 of writes in the full form


class Counter(Person):
    """One of several devices of one person: all add to the value of the same entry."""

    def __init__(self, owner: Person, log_id: int) -> None:
        self.url, self.journal, self.browser = owner.url, owner.journal, owner.browser
        self.connection, self.used, self.log_id, self.added = None, 0.0, log_id, 0

    def add(self) -> None:
        """Read, add one, write if nobody else did meanwhile."""
        found = self.ask("GET", f"logs/{self.log_id}")
        body = {"value": found.body["value"] + 1}
        if self.change(body, found.headers["ETag"]) == 200:
            self.added += 1

    def change(self, body: dict[str, float], etag: str) -> int:
        return self.ask("PATCH", f"logs/{self.log_id}", body, seen=etag).status


def count_until(end: threading.Event, counter: Counter) -> None:
    with suppress(OSError, http.client.HTTPException):  # noted already, and judged
        while not end.wait(PAUSE):
            counter.add()
    counter.hang_up()


def crowd(people: list[Person], log_id: int, tracker: int) -> int:
    """Count, log and bring in for a while, all together; the steps that were counted."""
    owner = people[0]
    counters = [Counter(owner, log_id) for _ in range(COUNTERS)]
    job = upload(owner.browser, tracker, lines(ROWS))["id"]
    with load(people[1:], RATE, read_or_write(0.5)) as end:
        threads = [threading.Thread(target=count_until, args=(end, one)) for one in counters]
        for thread in threads:
            thread.start()
        await_state(owner.browser, job, "preview", 240)
        owner.browser.call("POST", f"imports/{job}/confirm", {"conflicts": "keep"})
        began = time.monotonic()
        await_state(owner.browser, job, "done", 240)
        time.sleep(max(0.0, SECONDS - (time.monotonic() - began)))
    for thread in threads:
        thread.join(60)
    return sum(counter.added for counter in counters)


def judge(outcome: Outcome, journal: Journal, people: list[Person]) -> None:
    """What was acknowledged is there, nobody was told of a lock, and it was quick enough."""
    held = compare(people[1:])
    said = journal.statuses()
    writes = sorted(s.seconds for s in journal.seen if s.what.startswith(("POST", "PATCH")))
    p99 = writes[int(0.99 * len(writes))]
    outcome.injected = f"{said.total():,} requests, {said[412]:,} races, {ROWS:,} rows brought"
    outcome.survived = f"{held.told:,} acknowledged writes"
    outcome.lost = held.lost
    outcome.figures = {"statuses": counted(said), "p99 of writes": round(p99, 3), **vars(held)}
    outcome.must(not held.lost + held.doubled + held.torn, f"not as acknowledged: {held}")
    outcome.must(not journal.failures(), f"answered 5xx: {journal.failures()[:3]}")
    if FULL:
        outcome.must(p99 < QUICKEST, f"p99 of writes is {p99 * 1000:.0f} ms")


@pytest.mark.row("W5")
@pytest.mark.timeout(900 if FULL else 300)
def test_w5_no_update_is_lost_among_many_processes_on_sqlite() -> None:
    """4 web and 2 worker processes: counters, entries, and an import (of 200,000 rows) together.

    Pass: every counted step is in the counter; every acknowledged write is there; nobody is told
    of a lock (no 5xx); p99 of writes below 250 ms (full form).
    """
    with (
        judged("W5", "one SQLite file, 6 processes") as outcome,
        data_folder() as folder,
        Tend(folder, free_port(), WEB_WORKERS="4", JOB_WORKERS="2", LIMIT_TIMES="1000") as tend,
        gathered(f"http://127.0.0.1:{tend.port}", PEOPLE) as (journal, people),
    ):
        wait_for(tend.everything_is_up, 180, "up")
        owner = people[0]
        path = f"trackers/{owner.tracker}/logs"
        entry = owner.ask("POST", path, {"value": 0, "note": "counter"}).body["id"]
        tracker = new_tracker(owner.browser, "Brought in")
        added = crowd(people, entry, tracker)
        judge(outcome, journal, people)
        value = owner.ask("GET", f"logs/{entry}").body["value"]
        brought = owner.browser.call("GET", f"trackers/{tracker}/stats?range=all")["count"]
        outcome.survived += f", {added:,} steps, {brought:,} rows"
        outcome.lost += added - int(value) + ROWS - brought
        outcome.must(value == added > SECONDS, f"{added} steps are counted as {value}")
        outcome.must(brought == ROWS, f"{brought} of {ROWS} rows are there")
