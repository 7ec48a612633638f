"""A load of several signed-in people on a running Tend, each remembering what they were told.

Every write carries an Idempotency-Key and a note of its own. What was answered 201 is `told`;
what was never answered is `open`: it may be there, wholly, or not at all.
"""

import http.client
import json
import random
import re
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPMessage
from typing import Any
from urllib.parse import urlsplit

from benchmarks.house import Browser

CUT = "cut off"  # the status of a request that was never answered
AGAIN_AFTER = 0.2
TRIES = 50
RESTED = 5.0  # seconds; a connection that nobody used for longer is opened anew
PATIENCE = 30.0  # seconds; an answer that takes longer counts as none


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as the person saw it."""

    at: float  # of the monotonic clock, when it was sent
    seconds: float
    what: str
    status: int | str
    retry_after: bool = False


@dataclass(slots=True)
class Answer:
    status: int
    body: Any
    headers: HTTPMessage


@dataclass
class Journal:
    """All that was seen, by everybody."""

    seen: list[Seen] = field(default_factory=list)
    replays: int = 0

    def statuses(self, since: float = 0.0, until: float = float("inf")) -> Counter[int | str]:
        return Counter(one.status for one in self.seen if since <= one.at < until)

    def slowest(self, what: str = "", since: float = 0.0, until: float = float("inf")) -> float:
        times = [s.seconds for s in self.seen if s.what.startswith(what) and since <= s.at < until]
        return max(times, default=0.0)

    def failures(self) -> list[Seen]:
        return [one for one in self.seen if isinstance(one.status, int) and one.status >= 500]


class Visitor:
    """A browser with a kept-open connection, whose every request is noted down."""

    def __init__(self, url: str, journal: Journal) -> None:
        self.url, self.journal = url, journal
        self.browser = Browser(url)
        self.connection: http.client.HTTPConnection | None = None
        self.used = 0.0

    def ask(
        self, method: str, path: str, body: Any = None, key: str = "", seen: str = ""
    ) -> Answer:
        """One request, noted down; `seen` is the ETag of what it changes.

        Raises OSError or HTTPException when it is not answered.
        """
        headers = {
            "Cookie": self.browser.cookies(),
            "X-XSRF-TOKEN": self.browser.cookies("XSRF-TOKEN"),
        }
        if key:
            headers["Idempotency-Key"] = key
        if seen:
            headers["If-Match"] = seen
        data = None if body is None else json.dumps(body)
        if data is not None:
            headers["Content-Type"] = "application/json"
        what = f"{method} {re.sub('[0-9]+', 'N', path.partition('?')[0])}"
        began = time.monotonic()
        if began - self.used > RESTED:  # the server may be about to close it
            self.hang_up()
        self.used = began
        if self.connection is None:
            self.connection = http.client.HTTPConnection(
                urlsplit(self.url).netloc, timeout=PATIENCE
            )
        try:
            self.connection.request(method, f"/api/v1/{path}", data, headers)
            answer = self.connection.getresponse()
            raw = answer.read()
        except (OSError, http.client.HTTPException):
            self.hang_up()
            self._note(began, what, CUT)
            raise
        said = answer.headers
        self._note(began, what, answer.status, "Retry-After" in said)
        if answer.will_close:
            self.hang_up()
        is_json = "json" in said.get("Content-Type", "")
        return Answer(answer.status, json.loads(raw) if raw and is_json else raw, said)

    def _note(self, began: float, what: str, status: int | str, retry: bool = False) -> None:
        self.journal.seen.append(Seen(began, time.monotonic() - began, what, status, retry))

    def hang_up(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class Person(Visitor):
    """One thread's person: signed in, with a tracker, and what they were told."""

    def __init__(self, url: str, journal: Journal, number: int) -> None:
        super().__init__(url, journal)
        self.number, self.dice, self.count = number, random.Random(number), 0
        self.browser.sign_up()
        new = {"name": "Water", "kind": "numerical", "unit": "l"}
        self.tracker: int = self.browser.call("POST", "trackers", new)["id"]
        self.told: dict[str, Any] = {}
        self.open: dict[str, float] = {}

    def read(self) -> None:
        """What the page asks for most."""
        path = self.dice.choice(
            (
                "today",
                "trackers",
                f"trackers/{self.tracker}/logs",
                f"trackers/{self.tracker}/stats?range=90d",
                f"trackers/{self.tracker}/days?range=1y",
                f"trackers/{self.tracker}/chart.svg?range=30d",
            )
        )
        try:
            self.ask("GET", path)
        except (OSError, http.client.HTTPException):
            return  # noted already; reading again is the person's own affair

    def write(self, tries: int = TRIES) -> None:
        """Log a value; while it is not answered 201, again under the same key, `tries` times."""
        self.count += 1
        key, value = f"{self.number}-{self.count}-{secrets.token_hex(4)}", float(self.count)
        when = f"2026-{1 + self.count % 9:02}-{1 + self.count * 7 % 28:02}T{self.count % 24:02}:00Z"
        body = {"value": value, "note": key, "logged_at": when}
        for _ in range(tries):
            try:
                answer = self.ask("POST", f"trackers/{self.tracker}/logs", body, key)
            except (OSError, http.client.HTTPException):
                time.sleep(AGAIN_AFTER)
                continue
            if answer.status == 201:
                self.told[key] = answer.body
                self.journal.replays += "Idempotent-Replay" in answer.headers
                return
            if answer.status < 500:
                break
            time.sleep(AGAIN_AFTER)
        self.open[key] = value

    def entries(self) -> list[Any]:
        """All entries of the tracker, by the API."""
        found: list[Any] = []
        after = ""
        while True:
            page = self.browser.call("GET", f"trackers/{self.tracker}/logs?limit=200{after}")
            found += page["items"]
            if page["next"] is None:
                return found
            after = f"&after={page['next']}"


@dataclass
class Held:
    """What was told and what is there, over all people."""

    told: int = 0
    open: int = 0
    open_there: int = 0
    lost: int = 0
    doubled: int = 0
    torn: int = 0


def compare(people: Sequence[Person]) -> Held:
    """Every acknowledged write is there as it was told; the others wholly or not; none twice."""
    held = Held()
    for person in people:
        entries = person.entries()
        by_note = Counter(entry["note"] for entry in entries)
        there = {entry["note"]: entry for entry in entries}
        held.told += len(person.told)
        held.open += len(person.open)
        held.lost += sum(there.get(key) != entry for key, entry in person.told.items())
        held.doubled += sum(many - 1 for many in by_note.values())
        for key, value in person.open.items():
            if key in there:
                held.open_there += 1
                held.torn += there[key]["value"] != value
        held.torn += len(there.keys() - person.told.keys() - person.open.keys())
        shown = person.browser.call("GET", f"trackers/{person.tracker}")
        held.torn += bool(entries) and shown["last_value"] != entries[0]["value"]
    return held


Work = Callable[[Person], None]


def read_or_write(share: float = 0.2, tries: int = TRIES) -> Work:
    """Reads, and writes for that share of the turns; one write in four is not tried again."""

    def work(person: Person) -> None:
        if person.dice.random() < share:
            person.write(1 if person.dice.random() < 0.25 else tries)
        else:
            person.read()

    return work


@contextmanager
def load(people: Sequence[Person], rate: float, work: Work) -> Iterator[threading.Event]:
    """All of them at `rate` requests a second together; ends when the context does, or the event.

    Open: the pace does not depend on the answers, but for one request at a time a person.
    """
    end = threading.Event()
    errors: list[BaseException] = []

    def live(person: Person, first: float) -> None:
        turn = time.monotonic() + first
        try:
            while not end.wait(max(0.0, turn - time.monotonic())):
                # Who fell behind by seconds begins anew, instead of asking without a pause.
                turn = max(turn + len(people) / rate, time.monotonic() - 1.0)
                work(person)
        except BaseException as error:
            errors.append(error)

    threads = [
        threading.Thread(target=live, args=(person, number / rate), daemon=True)
        for number, person in enumerate(people)
    ]
    for thread in threads:
        thread.start()
    try:
        yield end
    finally:
        end.set()
        for thread in threads:
            thread.join(PATIENCE + TRIES * AGAIN_AFTER)
        for person in people:
            person.hang_up()
    if errors:
        raise errors[0]


@contextmanager
def gathered(url: str, many: int) -> Iterator[tuple[Journal, list[Person]]]:
    """That many people who have just signed up; they hang up in the end."""
    journal = Journal()
    people = [Person(url, journal, number) for number in range(many)]
    try:
        yield journal, people
    finally:
        for person in people:
            person.hang_up()
