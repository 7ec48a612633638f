"""Kept answers while eight threads write and caches are too small: fresh, and one's own."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import redis
import time_machine
from flask import Flask

from application.platform import cache, clock
from application.platform.cache import LocalMap
from tests.hostile.sequences import MARK
from tests.hostile.tally import Tally, size
from tests.people import Person, Queue
from tests.things import log, tracker

THREADS = 8
TRIES = size(80, 5000)
ROOM = 40_000  # bytes in the process: some twenty answers
TRIES_LOST = "a write that was acknowledged is not in the answer that followed"


@pytest.fixture
def little_room(monkeypatch: pytest.MonkeyPatch, app: Flask, valkey_url: str) -> Iterator[None]:
    """Both caches throw out all the while."""
    monkeypatch.setattr(cache, "local", LocalMap(ROOM))
    with redis.Redis.from_url(valkey_url) as client:
        before = client.config_get("maxmemory*")
        used = int(client.info("memory")["used_memory"])
        client.config_set("maxmemory-policy", "allkeys-random")
        client.config_set("maxmemory", used + 200_000)
        yield
        for name in ("maxmemory", "maxmemory-policy"):
            client.config_set(name, before[name])


@pytest.fixture
def at_noon() -> Iterator[None]:
    """What is logged before midnight and looked for after it would not be of today."""
    with time_machine.travel(clock.now().replace(hour=11)):  # in Vienna, where they live
        yield


class Writer(threading.Thread):
    """Somebody at one of their devices, who writes and looks at once whether it is there."""

    def __init__(self, person: Person, tracker_id: int, allowed: set[str], tries: int) -> None:
        super().__init__()
        self.person, self.tracker_id, self.allowed, self.tries = person, tracker_id, allowed, tries
        self.wrong: list[str] = []
        self.answers = 0
        self.mark = next(iter(sorted(allowed)))

    def run(self) -> None:
        try:
            for number in range(self.tries):
                self.write_and_look(number)
        except Exception as error:  # a thread's own would be lost
            self.wrong.append(repr(error))

    def write_and_look(self, number: int) -> None:
        note = f"{self.mark} {self.ident} {number}"
        made = log(self.person, self.tracker_id, number % 9, note=note)
        path = f"trackers/{self.tracker_id}"
        found = self.look(f"{path}/logs?limit=200")
        if made["id"] not in [item["id"] for item in found["items"]]:
            self.wrong.append(f"{TRIES_LOST}: {note}")
        if self.look("today")["logged"] < 1 or self.look(f"{path}/stats")["count"] < number + 1:
            self.wrong.append(f"{TRIES_LOST}: {note} in today or stats")
        if number % 4 == 3:
            answer = self.person.delete(f"logs/{made['id']}")
            assert answer.status_code == 204
            after = self.look(f"{path}/logs?limit=200")
            if made["id"] in [item["id"] for item in after["items"]]:
                self.wrong.append(f"deleted, and still there: {note}")
            log(self.person, self.tracker_id, 1, note=f"{note} again")

    def look(self, path: str) -> Any:
        answer = self.person.get(path)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        self.answers += 1
        foreign = set(MARK.findall(answer.get_data(as_text=True))) - self.allowed
        if foreign:
            self.wrong.append(f"{self.person.name} sees {foreign} in {path}")
        return answer.get_json()


@pytest.mark.row("S2")
@pytest.mark.timeout(7200)
def test_what_was_written_is_there_and_what_is_anothers_never(
    app: Flask, queue: Queue, little_room: None, tally: Tally, unlimited: None, at_noon: None
) -> None:
    """S2: 0 marks of others; what follows an acknowledged write always shows it (5000 tries)."""
    writers = []
    for place in range(THREADS // 2):
        person = Person.sign_up(app, f"nqa{place}x")
        mark = f"zqa{place}x"
        made = tracker(person, name=mark)["id"]
        for _ in range(2):  # two devices of one person: each sees what the other has written
            device = Person(app, person.name, person.user_id)
            device.browser._cookies = dict(person.browser._cookies or {})
            device.get("account")
            allowed = {mark, person.name}
            writers.append(Writer(device, made, allowed, max(1, TRIES // THREADS)))
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
        tally.inputs += writer.answers
        tally.accepted += writer.answers
        tally.failures += writer.wrong
    tally.check()
    assert tally.inputs >= TRIES
