"""`make soak`: a whole Tend as `make run` starts it, under load for minutes, and what it takes.

Pass: after the fifth minute (a quarter of the time, if that is less) memory grows by less than
1 MB a minute in each group of processes, no files stay open, the WAL is below 64 MB, the queues
come back to empty, nothing was answered 5xx, and no acknowledged write is lost. Before that a
crowd has used every thread of the web and all workers: each keeps the fonts and connections that
it once needed.
"""

import argparse
import http.client
import json
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from tests.faults.rows import watch
from tests.faults.rows.bring import bring_in, lines
from tests.faults.rows.load import CUT, Journal, Person, Visitor, compare, load
from tests.faults.rows.outcome import Outcome, counted, table
from tests.faults.running import Tend, data_folder, free_port, wait_for
from tests.faults.storm.database import postgres

PEOPLE, BUSY = 8, 3
CROWD, TURNS = 64, 10
LOOK_EVERY = 5.0
WARM = 5.0  # minutes
SLOPE, WAL, FILES, EMPTY_WITHIN = 1.0, 64_000_000, 5.0, 90.0
RECENT = "/problems/recent-sign-in"
MONTHS = ("2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06")


class Soaked(Person):
    """Reads 80 %, logs, edits, deletes and restores; `told` follows what was changed."""

    def act(self) -> None:
        number = self.dice.random()
        if number < 0.8:
            self.read()
        elif number < 0.92 or not self.told:
            self.write()
        elif number < 0.98:
            self.edit()
        else:
            self.delete_and_restore()

    def edit(self) -> None:
        key = self.dice.choice(list(self.told))
        changed = {"value": self.dice.randrange(1000)}
        with suppress(OSError, http.client.HTTPException):
            answer = self.ask("PATCH", f"logs/{self.told[key]['id']}", changed)
            if answer.status == 200:
                self.told[key] = answer.body

    def delete_and_restore(self) -> None:
        key = self.dice.choice(list(self.told))
        path = f"logs/{self.told[key]['id']}"
        with suppress(OSError, http.client.HTTPException):
            self.ask("DELETE", path)
            answer = self.ask("POST", f"{path}/restore")
            if answer.status == 200:
                self.told[key] = answer.body

    def prove(self) -> None:
        """Say the password again: what matters most asks for a recent sign-in.

        By the browser itself, which keeps the cookie of the new session that comes with it.
        """
        self.browser.call("POST", "accounts/verify", {"password": self.browser.password})

    def state(self, path: str) -> str:
        """Of a job or a report."""
        found: str = self.ask("GET", path).body["state"]
        return found

    def ask_surely(self, path: str, body: Any) -> Any:
        """POST, after a proof of who asks if that is wanted; the answer's body."""
        answer = self.ask("POST", path, body)
        if answer.status == 403 and answer.body.get("type") == RECENT:
            self.prove()
            answer = self.ask("POST", path, body)
        return answer


@dataclass
class Chores:
    """What is asked of the workers besides, by people of their own in turn (each has limits)."""

    people: list[Soaked]
    every: float
    done: dict[str, int] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def run(self, end: threading.Event) -> None:
        turn = 0
        while not end.wait(self.every):
            chore = (export, bring, report)[turn % 3]
            person = self.people[turn // 3 % len(self.people)]
            turn += 1
            try:
                chore(person, turn)
                self.done[chore.__name__] = self.done.get(chore.__name__, 0) + 1
            except (AssertionError, OSError, http.client.HTTPException) as error:
                self.refused.append(f"{chore.__name__}: {type(error).__name__} {error}"[:200])


def export(person: Soaked, turn: int) -> None:
    answer = person.ask_surely("exports", {})
    assert answer.status == 202, answer
    wait_for(lambda: person.state(f"jobs/{answer.body['id']}") == "done", 60, "an export")
    person.ask("GET", f"jobs/{answer.body['id']}/file")


def bring(person: Soaked, turn: int) -> None:
    job = bring_in(person.browser, person.tracker, lines(1000), 60)
    person.ask("POST", f"imports/{job}/undo")
    wait_for(lambda: person.state(f"jobs/{job}") == "undone", 60, "an undo")


def report(person: Soaked, turn: int) -> None:
    answer = person.ask_surely("reports", {"period": MONTHS[turn // 3 % len(MONTHS)]})
    assert answer.status in (200, 201, 202), answer
    path = f"reports/{answer.body['id']}"
    wait_for(lambda: person.state(path) == "done", 60, "a report")
    person.ask("GET", f"{path}/file")


@contextmanager
def whole_tend(on_postgresql: bool) -> Iterator[Tend]:
    with ExitStack() as stack:
        more = {"WEB_WORKERS": "2"}
        if on_postgresql:
            more["DATABASE_URL"] = stack.enter_context(postgres()).url
        folder = stack.enter_context(data_folder())
        tend = stack.enter_context(Tend(folder, free_port(), **more))
        wait_for(tend.everything_is_up, 180, "up")
        yield tend


def wake_every_thread(people: Sequence[Person]) -> None:
    """A crowd has pictures drawn at once: a file opened later is one that somebody left open."""
    for person in people:
        person.write()

    def look(number: int) -> None:
        person, month = people[number % len(people)], 1 + number // len(people)
        visitor = Visitor(person.url, Journal())
        visitor.browser = person.browser
        for day in range(1, TURNS + 1):  # none of them is kept yet
            span = f"from=2026-{month:02}-{day:02}&to=2026-10-31"
            answer = visitor.ask("GET", f"trackers/{person.tracker}/chart.svg?{span}")
            assert answer.status == 200, answer
        visitor.hang_up()

    with ThreadPoolExecutor(CROWD) as crowd:
        list(crowd.map(look, range(CROWD)))


def wake_every_worker(people: Sequence[Soaked]) -> None:
    """The same for the processes that work: jobs of every kind at once, so that none is idle."""
    with ThreadPoolExecutor(len(people)) as crowd:
        for chore in (export, bring, report):
            list(crowd.map(partial(chore, turn=0), people))


def watch_over(tend: Tend, minutes: float, journal: Journal) -> list[watch.Sample]:
    began = time.monotonic()
    samples: list[watch.Sample] = []
    told = 0.0
    while (passed := time.monotonic() - began) < minutes * 60:
        samples.append(watch.look(tend, began))
        if passed - told >= 60:
            told = passed
            total = sum(samples[-1].memory.values()) / 1e6
            said = counted(journal.statuses())
            print(f"  {passed / 60:4.0f} min  {total:.0f} MB  {said}", flush=True)
        time.sleep(min(LOOK_EVERY, minutes * 6))
    return samples


def soak(minutes: float, rate: float, on_postgresql: bool = False) -> Outcome:
    """Let it run, and judge; the outcome's figures are what is stored."""
    where = "PostgreSQL" if on_postgresql else "SQLite"
    outcome = Outcome("K1", f"soak, {where}", full=minutes > 1)
    began = time.monotonic()
    with whole_tend(on_postgresql) as tend:
        journal, url = Journal(), f"http://127.0.0.1:{tend.port}"
        people = [Soaked(url, journal, number) for number in range(PEOPLE + BUSY)]
        chores = Chores(people[PEOPLE:], every=min(7.0, minutes * 10))
        people = people[:PEOPLE]
        wake_every_thread(people)
        wake_every_worker(chores.people)
        with load(people, rate, Soaked.act) as end:  # type: ignore[arg-type]
            busy = threading.Thread(target=chores.run, args=(end,), daemon=True)
            busy.start()
            samples = watch_over(tend, minutes, journal)
        busy.join(120)
        for person in chores.people:
            person.hang_up()
        emptied = await_empty(tend)
        held = compare(people)
    outcome.seconds = round(time.monotonic() - began, 1)
    judge(outcome, journal, samples, chores, minutes)
    outcome.must(emptied, "the queues did not come back to empty")
    outcome.must(not held.lost + held.doubled + held.torn, f"not as acknowledged: {held}")
    outcome.lost = held.lost
    outcome.survived = f"{held.told:,} acknowledged writes, {sum(chores.done.values())} jobs"
    outcome.figures |= {"held": vars(held), "samples": [one.plain() for one in samples]}
    return outcome


def await_empty(tend: Tend) -> bool:
    until = time.monotonic() + EMPTY_WITHIN
    while watch.queued(tend):
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def judge(
    outcome: Outcome,
    journal: Journal,
    samples: list[watch.Sample],
    chores: Chores,
    minutes: float,
) -> None:
    """The criteria; growth is judged in runs that are long enough to see it."""
    warm = min(WARM, minutes / 4)
    slopes, files = watch.memory_slopes(samples, warm), watch.file_growth(samples, warm)
    said, wal = journal.statuses(), max(one.wal for one in samples)
    last = samples[-1]
    outcome.injected = f"{minutes:g} min, {said.total():,} requests, {chores.done}"
    outcome.figures = {
        "statuses": counted(said),
        "requests a second": round(said.total() / (minutes * 60), 1),
        "slowest": round(journal.slowest(), 2),
        "memory, MB": {g: round(size / 1e6, 1) for g, size in sorted(last.memory.items())},
        "memory, MB a minute": {g: round(found, 3) for g, found in sorted(slopes.items())},
        "files open": dict(sorted(last.files.items())),
        "files, more at the end": {g: round(found, 1) for g, found in files.items()},
        "largest WAL, MB": round(wal / 1e6, 1),
        "longest queue": max(one.queue for one in samples),
        "jobs": chores.done,
        "refused": chores.refused[:10],
    }
    outcome.must(not journal.failures(), f"answered 5xx: {journal.failures()[:3]}")
    outcome.must(not said[CUT], f"{said[CUT]} requests were cut off")
    outcome.must(not chores.refused, f"came to nothing: {chores.refused[:3]}")
    outcome.must(len(chores.done) == 3, f"not every kind of job was done: {chores.done}")
    outcome.must(wal < WAL, f"the WAL grew to {wal / 1e6:.0f} MB")
    if minutes > 1:
        for group, found in slopes.items():
            outcome.must(found < SLOPE, f"{group} grows by {found:.2f} MB a minute")
        for group, found in files.items():
            outcome.must(found < FILES, f"{group} has {found:.0f} more files open")


def main() -> int:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--rate", type=float, default=30, help="requests a second")
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--keep", type=Path, default=Path("var/faults"))
    asked = parser.parse_args()
    outcome = soak(asked.minutes, asked.rate, asked.postgresql)
    asked.keep.mkdir(parents=True, exist_ok=True)
    kept = asked.keep / f"soak-{time.strftime('%Y%m%d-%H%M%S')}.json"
    kept.write_text(json.dumps(asdict(outcome), indent=1), encoding="utf-8")
    for name, value in outcome.figures.items():
        if name != "samples":
            print(f"  {name:<24}{value}")
    print(f"\n{table([outcome])}\n\nAll samples: {kept}")
    return 1 if outcome.problems else 0


if __name__ == "__main__":
    sys.exit(main())
