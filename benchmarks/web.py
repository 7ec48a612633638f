"""Requests: a signed-in cached list and a logged value, against bare Flask and a raw insert."""

import json
import os
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from application.platform import clock
from benchmarks import load, reference
from benchmarks.house import Browser, settings_in, web
from benchmarks.rows import Row

ROUNDS = 5
SECONDS = 2.0
BATCHES = 15
BATCH = 60


def over_http(folder: Path) -> Iterator[Row]:
    """Both requests over HTTP, the servers asked in turn; medians of the rounds."""
    raw = folder / "reference.db"
    make_reference(raw)
    with (
        web("app:app", "/healthz", TEND_DATA=str(folder)) as ours,
        web("benchmarks.reference:app", "/bare", REFERENCE_DB=str(raw)) as bare,
    ):
        person = Browser(ours)
        person.sign_up()
        tracker = fill(person)
        signed = {"Cookie": person.cookies(), "X-XSRF-TOKEN": person.cookies("XSRF-TOKEN")}
        log = json.dumps({"value": 1.5, "logged_at": "2026-01-02T10:00:00+01:00"}).encode()
        get, post = "/api/v1/trackers", f"/api/v1/trackers/{tracker}/logs"
        pairs = {
            "dashboard_cached_http": (
                (ours, load.get(get, signed), 200),
                (bare, load.get("/bare", {}), 200),
            ),
            "log_post_http": (
                (ours, load.post(post, signed, log), 201),
                (bare, load.post("/insert", {}, log), 201),
            ),
        }
        goals = {"dashboard_cached_http": 0.5, "log_post_http": 0.45}
        against = {
            "dashboard_cached_http": "bare Flask jsonify, same server",
            "log_post_http": "Flask view with a raw insert, same server",
        }
        for name, (first, second) in pairs.items():
            figures = [(_measure(*first), _measure(*second)) for _ in range(ROUNDS)]
            mine, theirs = (statistics.median(side) for side in zip(*figures, strict=True))
            yield Row(name, mine, theirs, "req/s", goals[name], False, against[name])


def _measure(url: str, request: bytes, status: int) -> float:
    found = load.ask(url, request, SECONDS)
    if set(found.statuses) != {status}:
        raise RuntimeError(f"the load met {found.statuses}, not {status}")
    return found.per_second


def fill(person: Browser) -> int:
    """Twenty trackers with some entries each; the id of the first."""
    ids = []
    for number in range(20):
        body = {"name": f"Tracker {number}", "kind": "numerical", "unit": "l"}
        ids.append(int(person.call("POST", "trackers", body)["id"]))
        for back in range(7):  # the days that the list adds up
            day = clock.now() - timedelta(days=back)
            log = {"value": back / 2, "logged_at": day.isoformat()}
            person.call("POST", f"trackers/{ids[-1]}/logs", log)
    return ids[0]


def make_reference(path: Path) -> None:
    """A table like ours, with its indexes, for the raw insert."""
    with sqlite3.connect(path) as connection:
        connection.executescript(
            """
            PRAGMA journal_mode=WAL;
            CREATE TABLE logs (
                id INTEGER PRIMARY KEY AUTOINCREMENT, tracker_id INTEGER, logged_at TEXT,
                local_day TEXT, value REAL, note TEXT
            );
            CREATE INDEX newest ON logs (tracker_id, logged_at DESC, id DESC);
            CREATE INDEX days ON logs (tracker_id, local_day, value);
            """
        )


def in_process(folder: Path) -> Iterator[Row]:
    """The cached list as a WSGI call without a server: thread CPU time, interleaved, minimum."""
    import api
    import loglines
    from application import create_app

    app = create_app(settings_in(folder))
    api.init_app(app)
    nowhere = os.open(os.devnull, os.O_WRONLY)  # as the servers' own: made and written all the same
    loglines.begin(app.config["TEND"], lambda line: os.write(nowhere, line))
    with web("app:app", "/healthz", TEND_DATA=str(folder)) as url:
        person = Browser(url)
        person.sign_up()
        fill(person)
    ours = _caller(app, "/api/v1/trackers", person.cookies())
    bare = _caller(reference.app, "/bare", "")
    mine, theirs, uncached = _interleaved((None, ours), (None, bare), (forget, ours))
    what = "bare Flask jsonify, WSGI call"
    yield Row("dashboard_cached_cpu", mine * 1e6, theirs * 1e6, "µs", 2.0, True, what)
    yield Row("dashboard_uncached_cpu", uncached * 1e6, theirs * 1e6, "µs", 9.0, True, what)


def forget() -> None:
    """Nobody has an answer: neither this process nor the cache behind it."""
    from application.platform import cache
    from application.platform.extensions import cache as behind

    cache.local.clear()
    behind.clear()


def _caller(app: Flask, path: str, cookie: str) -> Callable[[], None]:
    from werkzeug.test import EnvironBuilder

    headers: dict[str, str] = {"Cookie": cookie} if cookie else {}
    base = EnvironBuilder(path=path, headers=list(headers.items())).get_environ()

    def start(status: str, _headers: object, _error: object = None) -> None:
        if not status.startswith("200"):
            raise RuntimeError(f"{path} answered {status}")

    def call() -> None:
        answer: Any = app(dict(base), start)  # type: ignore[arg-type]
        b"".join(answer)
        close = getattr(answer, "close", None)
        if close is not None:
            close()

    return call


def _interleaved(*calls: tuple[Callable[[], None] | None, Callable[[], None]]) -> list[float]:
    """The CPU time of each call, which may have something done before it that is not counted."""
    best = [float("inf")] * len(calls)
    for _ in range(BATCHES):
        for index, (before, call) in enumerate(calls):
            taken = 0.0
            for _ in range(BATCH):
                if before is not None:
                    before()
                start = time.thread_time()
                call()
                taken += time.thread_time() - start
            best[index] = min(best[index], taken / BATCH)
    return best
