"""W2: the cache, which is the queue too, is stopped and frozen; nobody notices but the clock."""

import http.client
import time
import urllib.error
from collections.abc import Callable

import pytest

from tests.faults.rows.load import (
    CUT,
    Journal,
    Person,
    Visitor,
    compare,
    gathered,
    load,
    read_or_write,
)
from tests.faults.rows.outcome import Outcome, counted, is_full, judged
from tests.faults.rows.valkey import Valkey, valkey
from tests.faults.running import Tend, data_folder, free_port, wait_for

FULL = is_full()
SECONDS, RATE, PEOPLE = (60.0, 30.0, 8) if FULL else (4.0, 20.0, 4)
SLOWEST = 1.5
DONE_WITHIN = 60.0
TRIES_OF_A_NAME = 10  # in a quarter of an hour, in each process while they cannot count together
WORKERS = 2


def sign_in(url: str, journal: Journal, name: str) -> int | str:
    """What a visitor is answered who tries to sign in with a wrong password."""
    visitor = Visitor(url, journal)
    try:
        visitor.browser.call("GET", "account")
    except urllib.error.HTTPError as unknown:
        unknown.close()  # 401 brings the CSRF cookie
    body = {"identity": name, "password": "not the one that it was"}
    try:
        return visitor.ask("POST", "accounts/login", body).status
    except (OSError, http.client.HTTPException):
        return CUT
    finally:
        visitor.hang_up()


def a_fault(
    outcome: Outcome,
    url: str,
    people: list[Person],
    name: str,
    hurt: Callable[[], None],
    heal: Callable[[], None],
) -> int:
    """A length of time without the cache, judged by itself; the export asked for meanwhile."""
    journal = people[0].journal
    hurt()
    began = time.monotonic()
    with load(people[1:], RATE, read_or_write()):
        asked = people[0].ask("POST", "exports", {})
        outcome.must(asked.status == 202, f"{name}: an export was answered {asked.status}")
        tries = [sign_in(url, journal, f"nobody-{name}") for _ in range(3)]
        outcome.must(tries == [401] * 3, f"{name}: signing in was answered {tries}")
        tries = [sign_in(url, journal, "tried-often") for _ in range(2 * TRIES_OF_A_NAME + 2)]
        outcome.must(429 in tries, f"{name}: {len(tries)} tries of one name, none refused")
        time.sleep(max(0.0, began + SECONDS - time.monotonic()))
    ended = time.monotonic()
    heal()
    said = journal.statuses(began, ended)
    worst = max((s for s in journal.seen if began <= s.at < ended), key=lambda s: s.seconds)
    outcome.figures[name] = {"statuses": counted(said), "slowest": f"{worst.seconds:.2f} s"}
    outcome.figures[name]["which"] = worst.what
    outcome.must(not said[CUT], f"{name}: {said[CUT]} requests were not answered")
    outcome.must(not journal.failures(), f"{name}: answered 5xx: {journal.failures()[:3]}")
    if FULL:
        late = f"{name}: {worst.what} took {worst.seconds:.2f} s"
        outcome.must(worst.seconds <= SLOWEST, late)
    export: int = asked.body["id"]
    return export


def await_export(outcome: Outcome, person: Person, name: str, job: int) -> None:
    healed = time.monotonic()

    def is_done() -> bool:
        return bool(person.ask("GET", f"jobs/{job}").body["state"] == "done")

    wait_for(is_done, DONE_WITHIN, f"the export asked for while it was {name}")
    outcome.figures[name]["export done after"] = round(time.monotonic() - healed, 1)


@pytest.mark.row("W2")
@pytest.mark.timeout(600 if FULL else 300)
def test_w2_nobody_notices_that_the_cache_is_away() -> None:
    """Valkey is ended for a while, then frozen for a while, under load.

    Pass: no 5xx and no cut; no answer over 1.5 s (full form); an export asked for meanwhile is
    answered 202 and done within 60 s of the healing; the limit of tries to sign in still holds.
    """
    with (
        judged("W2", "the cache stopped, then frozen") as outcome,
        data_folder() as folder,
        valkey(folder) as cache,
        Tend(folder, free_port(), REDIS_URL=cache.url, WEB_WORKERS=str(WORKERS)) as tend,
        gathered(f"http://127.0.0.1:{tend.port}", PEOPLE) as (journal, people),
    ):
        wait_for(tend.everything_is_up, 180, "up")
        url = f"http://127.0.0.1:{tend.port}"
        export = a_fault(outcome, url, people, "stopped", cache.end, cache.start)
        if FULL:  # in the short form it is the same export that is asked for twice
            await_export(outcome, people[0], "stopped", export)
        export = a_fault(outcome, url, people, "frozen", cache.freeze, cache.thaw)
        await_export(outcome, people[0], "frozen", export)
        held = compare(people)
        outcome.figures |= vars(held)
        outcome.injected = f"{SECONDS:.0f} s stopped, {SECONDS:.0f} s frozen"
        answered = journal.statuses().total()
        outcome.survived = f"{answered:,} requests, {held.told:,} writes, 2 exports"
        outcome.lost = held.lost
        outcome.must(not held.lost + held.doubled + held.torn, f"not as acknowledged: {held}")


@pytest.mark.row("W2")
def test_w2_the_valkey_of_this_row_can_be_frozen() -> None:
    """The fault is one: ended and frozen it does not answer, started and thawed it does."""
    with data_folder() as folder, valkey(folder) as own:
        assert isinstance(own, Valkey)
        own.freeze()
        assert not own.answers()
        own.thaw()
        wait_for(own.answers, 5, "thawed")
        own.end()
        assert not own.answers()
        own.start()
        assert own.answers()
