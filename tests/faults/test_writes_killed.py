"""What was answered 201 is there after kill -9 of everything, amid writes, on both databases."""

import http.client
import os
import signal
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from benchmarks.house import Browser
from tests import servers
from tests.faults.running import Tend, data_folder, free_port, wait_for
from tests.faults.writing import Writer

WRITERS = 6
ANSWERED = 150


class Unstopped(Writer):
    """Goes on until nobody answers any more."""

    def run(self) -> None:
        with suppress(OSError, http.client.HTTPException):
            super().run()


def write_until_killed(person: Browser, tend: Tend, tracker: int) -> dict[int, Any]:
    """The entries that were answered 201 before everything was killed."""
    numbers = count(1)
    path = f"/api/v1/trackers/{tracker}/logs"
    writers = [Unstopped(person, tend.port, path, numbers) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    wait_for(lambda: sum(len(w.kept) for w in writers) >= ANSWERED, 60, "amid writes")
    for pid in tend.mine():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    for writer in writers:
        writer.join()
    return {log_id: entry for writer in writers for log_id, entry in writer.kept.items()}


def read_all(person: Browser, tracker: int) -> list[Any]:
    """The tracker's entries, newest first, over all pages."""
    found: list[Any] = []
    after = ""
    while True:
        page = person.call("GET", f"trackers/{tracker}/logs?limit=200{after}")
        found += page["items"]
        if page["next"] is None:
            return found
        after = f"&after={page['next']}"


@pytest.mark.row("W1")
@pytest.mark.timeout(300)
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_w1_every_201_is_there(database: str, request: pytest.FixtureRequest) -> None:
    """Pass: what was answered 201 is there after kill -9 of all; at most one more a writer."""
    more = {"WEB_WORKERS": "2"}
    if database == "postgresql":
        server: servers.Postgres = request.getfixturevalue("postgres")
        server.admin("CREATE DATABASE tend_killed TEMPLATE template_tend")
        more["DATABASE_URL"] = server.url("tend_killed")
    with data_folder() as data:
        kept, tracker, person = first_life(data, more)
        with Tend(data, free_port(), **more) as tend:
            person.url = f"http://127.0.0.1:{tend.port}"
            found = read_all(person, tracker)
            shown = person.call("GET", f"trackers/{tracker}")
    assert len(kept) >= ANSWERED
    assert {entry["id"]: entry for entry in found if entry["id"] in kept} == kept
    # At most one more a writer: written, and killed before its answer left.
    assert len(found) <= len(kept) + WRITERS
    assert shown["last_value"] == found[0]["value"]


def first_life(data: Path, more: dict[str, str]) -> tuple[dict[int, Any], int, Browser]:
    """What was answered, where, and who asked."""
    with Tend(data, free_port(), **more) as tend:
        person = Browser(f"http://127.0.0.1:{tend.port}")
        person.sign_up()
        new = {"name": "Water", "kind": "numerical"}
        tracker: int = person.call("POST", "trackers", new)["id"]
        return write_until_killed(person, tend, tracker), tracker, person
