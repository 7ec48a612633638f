"""W3: PostgreSQL is restarted under load; it costs a wait, and no write."""

import time
from collections.abc import Sequence

import pytest

from tests.faults.rows.load import Journal, Seen, compare, gathered, load, read_or_write
from tests.faults.rows.outcome import Outcome, counted, is_full, judged
from tests.faults.running import Tend, data_folder, free_port, wait_for
from tests.faults.storm.database import Postgres, postgres

FULL = is_full()
RATE, PEOPLE = (30.0, 8) if FULL else (25.0, 5)
# How PostgreSQL is stopped each time, and how long it stays away.
STOPS: Sequence[tuple[str, float]] = (
    [("immediate", 5.0), ("fast", 5.0), ("immediate", 20.0), ("fast", 1.0)]
    if FULL
    else [("immediate", 2.0)]
)
BEFORE, AFTER = (10.0, 15.0) if FULL else (2.0, 4.0)
WELL_WITHIN = 2.0


def restart(server: Postgres, how: str, away: float) -> tuple[float, float]:
    """Stop it and start it again: when it began to go, and when it answered again."""
    went = time.monotonic()
    server.stop(how)
    time.sleep(away)
    server.start()
    return went, time.monotonic()


def judge(outcome: Outcome, journal: Journal, how: str, went: float, came: float) -> None:
    """While it is away only 503 with Retry-After; soon after it is there nothing but answers."""
    # What was sent before it went may have been on its way through it.
    meanwhile = [s for s in journal.seen if s.at + s.seconds >= went and s.at < came + WELL_WITHIN]
    after = [s for s in journal.seen if came + WELL_WITHIN <= s.at < came + AFTER]

    def bad(found: list[Seen], *, away: bool) -> list[Seen]:
        return [
            one
            for one in found
            if not isinstance(one.status, int)
            or (one.status >= 500 and not (away and one.status == 503 and one.retry_after))
        ]

    wrong = bad(meanwhile, away=True)
    outcome.must(not wrong, f"{how}: while it was away {wrong[:3]}")
    wrong = bad(after, away=False)
    outcome.must(not wrong, f"{how}: {WELL_WITHIN} s after it was back {wrong[:3]}")
    outcome.must(bool(after), f"{how}: nobody asked after it was back")


@pytest.mark.row("W3")
@pytest.mark.timeout(600 if FULL else 300)
def test_w3_a_restart_of_the_database_costs_a_wait_and_no_write() -> None:
    """PostgreSQL is stopped at once (and, in the full form, in order) under load.

    Pass: while it is away every answer is good or 503 with Retry-After; two seconds after it is
    back none is an error; no acknowledged write is lost, none is there twice or in part.
    """
    with (
        judged("W3", "PostgreSQL restarted under load") as outcome,
        postgres() as server,
        data_folder() as folder,
        Tend(folder, free_port(), DATABASE_URL=server.url, WEB_WORKERS="2") as tend,
        gathered(f"http://127.0.0.1:{tend.port}", PEOPLE) as (journal, people),
    ):
        wait_for(tend.everything_is_up, 180, "up")
        with load(people, RATE, read_or_write()):
            for how, away in STOPS:
                time.sleep(BEFORE)
                went, came = restart(server, how, away)
                time.sleep(AFTER)
                judge(outcome, journal, how, went, came)
        held = compare(people)
        said = journal.statuses()
        outcome.injected = f"{len(STOPS)} restarts, {said.total():,} requests"
        outcome.survived = f"{held.told:,} acknowledged writes; {said[503]} answered 503"
        outcome.lost = held.lost
        outcome.figures = {"statuses": counted(said), **vars(held)}
        if outcome.problems:
            outcome.figures["log"] = tend.log("web")[-20_000:]
        outcome.must(bool(said[503]), "nobody noticed that it was away")
        outcome.must(not held.lost + held.doubled + held.torn, f"not as acknowledged: {held}")
