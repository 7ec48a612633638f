"""People who log without a pause, each in a thread, and remember what was answered."""

import http.client
import json
import threading
from contextlib import closing
from itertools import count
from typing import Any

from benchmarks.house import Browser


class Writer(threading.Thread):
    """Logs one value after another, in no order of time, until it is told to stop."""

    pause = 0.0  # seconds between two

    def __init__(self, person: Browser, port: int, path: str, numbers: "count[int]") -> None:
        super().__init__()
        self.port, self.path, self.numbers = port, path, numbers
        self.headers = {
            "Cookie": person.cookies(),
            "X-XSRF-TOKEN": person.cookies("XSRF-TOKEN"),
            "Content-Type": "application/json",
        }
        self.kept: dict[int, Any] = {}
        self.enough = threading.Event()

    def run(self) -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            while not self.enough.is_set():
                number = next(self.numbers)
                when = f"2026-01-{1 + number * 7 % 28:02}T{number % 24:02}:{number % 60:02}:00Z"
                body = json.dumps({"value": number, "logged_at": when, "note": f"no {number}"})
                connection.request("POST", self.path, body, self.headers)
                with connection.getresponse() as answer:
                    said = answer.read()
                    assert answer.status == 201, said
                entry = json.loads(said)
                self.kept[entry["id"]] = entry
                self.enough.wait(self.pause)
