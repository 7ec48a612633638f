"""What others feel while an import is written: how long their web writes take, on SQLite."""

import json
import multiprocessing
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Event
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from urllib.parse import urlsplit

from benchmarks import load
from benchmarks.bringing import confirmed, person, write_source
from benchmarks.house import Browser, settings_in, web
from benchmarks.rows import Row, size

WRITERS = 4
EVERY = 0.05
ALONE_SECONDS = 4.0


def beside_writes(folder: Path) -> Iterator[Row]:
    """Four people log a value twenty times a second each while a big file is brought in."""
    from application import create_app

    count = size(200_000, 1_000_000)
    source = folder / "source.csv"
    write_source(source, count)
    app = create_app(settings_in(folder))
    with web("app:app", "/healthz", TEND_DATA=str(folder)) as url, app.app_context():
        browser = Browser(url)
        browser.sign_up()
        made = browser.call("POST", "trackers", {"name": "Water", "kind": "numerical"})
        signed = {"Cookie": browser.cookies(), "X-XSRF-TOKEN": browser.cookies("XSRF-TOKEN")}
        body = json.dumps({"value": 1.5, "logged_at": "2026-01-02T10:00:00+01:00"}).encode()
        post = load.post(f"/api/v1/trackers/{made['id']}/logs", signed, body)
        _, bring_in = confirmed(person(), source)
        with _writing(url, post) as alone:
            time.sleep(ALONE_SECONDS)
        with _writing(url, post) as beside:
            seconds = bring_in()
    what = (
        f"{len(beside)} writes during {count:,} rows in {seconds:.1f} s;"
        f" {_p99(alone):.1f} ms without an import"
    )
    yield Row("import_beside_writes_p99_ms", _p99(beside), None, "ms", 50, True, what)


def _p99(times: list[float]) -> float:
    return 1000 * sorted(times)[int(len(times) * 0.99)]


@contextmanager
def _writing(url: str, request: bytes) -> Iterator[list[float]]:
    """People write in another process until the block ends; then the list holds each one's time."""
    context = multiprocessing.get_context("spawn")
    reader, writer = context.Pipe(duplex=False)
    begun, over = context.Event(), context.Event()
    process = context.Process(target=_people, args=(writer, url, request, begun, over))
    process.start()
    begun.wait(30)
    times: list[float] = []
    try:
        yield times
    finally:
        over.set()
        times += reader.recv()
        process.join()


def _people(to: Any, url: str, request: bytes, begun: Event, over: Event) -> None:
    parts = urlsplit(url)
    address = (parts.hostname or "127.0.0.1", parts.port or 80)
    found: SimpleQueue[float] = SimpleQueue()
    people = [
        threading.Thread(target=_one, args=(address, request, number, found, over))
        for number in range(WRITERS)
    ]
    for one in people:
        one.start()
    begun.set()
    for one in people:
        one.join()
    to.send([found.get() for _ in range(found.qsize())])


def _one(
    address: tuple[str, int], request: bytes, number: int, found: "SimpleQueue[float]", over: Event
) -> None:
    """A write at each beat, however long the one before took; its time counts from the beat."""
    connection = load.connect(address)
    beat = time.perf_counter() + EVERY * number / WRITERS
    while not over.is_set():
        beat += EVERY
        time.sleep(max(beat - time.perf_counter(), 0))
        if load.exchange(connection, request) != 201:
            raise RuntimeError("a write was refused")
        found.put(time.perf_counter() - beat)
    connection.close()
