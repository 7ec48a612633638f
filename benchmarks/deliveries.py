"""Messages: recorded and signed ones through the outbox, against a Celery task a person."""

import os
import sqlite3
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.house import WAIT_SECONDS, free_port, process, settings_in
from benchmarks.rows import Row, size

CONCURRENCY = "2"
LONGEST = 600.0
WORKER = ("worker", "--pool", "prefork", "--concurrency", CONCURRENCY)
LEAN = ("--without-gossip", "--without-mingle", "--loglevel", "WARNING")


def outbox(folder: Path) -> Iterator[Row]:
    """Rows that are due, sent by a real worker; the same outgoing call from one task each."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.sink", str(port)]
    os.environ["WEBHOOK_TRUSTED_HOSTS"] = f"127.0.0.1:{port}"
    many = size(4_000, 10_000)
    with process(command):
        _until(lambda: _taken(port) == 0, WAIT_SECONDS, "the sink listens")
        people = _people(folder, port, many)
        ours = _ours(folder, port, many)
        theirs = _one_each(people, port)
    what = f"{many:,} signed messages, one Celery task each, nothing recorded"
    yield Row("deliveries", ours, theirs, "/s", 1.5, False, what)


def _people(folder: Path, port: int, many: int) -> dict[str, str]:
    """Accounts whose reminder is due, planned for; their names and secrets."""
    from application import create_app
    from application.deliveries import services
    from application.platform.extensions import db
    from tests.faults.storm import people

    app = create_app(settings_in(folder))
    made = people.make_secrets(many)
    people.fill(app, made, port)
    with app.app_context():
        planned = services.plan()
        db.engine.dispose()
    if planned != many:
        raise RuntimeError(f"{planned} of {many} people were planned for")
    return made


def _ours(folder: Path, port: int, many: int) -> float:
    """Deliveries a second until the last row says `sent`."""
    from application.platform.background import celery

    command = [sys.executable, "-m", "deploy.launcher.role", "sender"]
    variables = {"TEND_DATA": str(folder), "SEND_WORKERS": CONCURRENCY, "LOG_LEVEL": "WARNING"}
    with process(command, **variables):
        _until_it_works(celery)
        begun = time.perf_counter()
        while _sent(folder) < many:
            # As the clock does, only sooner: what is offered already is not offered again.
            celery.send_task("deliveries.sweep", queue="ticks")
            time.sleep(0.25)
            if time.perf_counter() - begun > LONGEST:
                raise TimeoutError("the outbox was not emptied")
        took = time.perf_counter() - begun
    if _taken(port) != many:
        raise RuntimeError(f"the sink has {_taken(port)} messages of {many}")
    return many / took


def _one_each(people: dict[str, str], port: int) -> float:
    """Messages a second until the sink has the last one."""
    from benchmarks.one_each import QUEUE, celery, tell

    command = [sys.executable, "-m", "celery", "--app", "benchmarks.one_each:celery", *WORKER]
    before = _taken(port)
    with process([*command, "--queues", QUEUE, *LEAN]):
        _until_it_works(celery)
        begun = time.perf_counter()
        for number, (name, secret) in enumerate(people.items()):
            url = f"http://127.0.0.1:{port}/{name}"
            tell.delay(url, f"one_{number:032}", secret, "Water", "Water waits for you today.")
        _until(lambda: _taken(port) - before >= len(people), LONGEST, "one task each")
        took = time.perf_counter() - begun
    return len(people) / took


def _until_it_works(celery) -> None:  # type: ignore[no-untyped-def]
    _until(lambda: bool(celery.control.ping(timeout=0.5)), WAIT_SECONDS, "the worker is up")


def _until(what: Callable[[], bool], seconds: float, name: str) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            if what():
                return
        except OSError:
            pass
        if time.monotonic() > deadline:
            raise TimeoutError(name)
        time.sleep(0.05)


def _taken(port: int) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
        return int(answer.read())


def _sent(folder: Path) -> int:
    with sqlite3.connect(f"file:{folder / 'tend.db'}?mode=ro", uri=True) as connection:
        query = "SELECT count(*) FROM deliveries WHERE state = 'sent'"
        return int(connection.execute(query).fetchone()[0])
