"""Two people on every route of the URL map: what is hers is to him as if it were nobody's.

Ids are filled in by the name of a route's argument, and an argument that has no id here fails, so
that no new route can be left out. The operations with good bodies are in test_strangers.py.
"""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from flask import Flask

from application.platform import cache
from tests.hostile.routes import OF_ADMIN, Route, routes
from tests.hostile.tally import Tally
from tests.hostile.test_strangers import BODIES, MARK, NOBODYS, Home, home, told
from tests.people import Person, Queue

__all__ = ["home"]

TOLD = ("alice", MARK, "hooks.example/alice")


def ids_of(home: Home, route: Route) -> dict[str, int]:
    """Hers, for each argument of that route."""
    missing = [name for name in route.ids if name not in (*home.ids, *OF_ADMIN)]
    assert not missing, f"{route.where}: tests/hostile/test_strangers.py has no {missing} of hers"
    return {
        name: home.id_for(route.rule.endpoint, name) if name in home.ids else 1
        for name in route.ids
    }


def ask(person: Person, route: Route, ids: dict[str, Any]) -> Any:
    """The route as it stands in the map, with a body that is good."""
    body = None
    if route.method not in ("GET", "HEAD"):
        body = BODIES.get(f"{route.rule.endpoint}.{route.method.lower()}", route.body())
    more = {} if body is None else {"json": body}
    answer = person.call(route.method, route.url(ids), **more)
    answer.get_data()
    answer.close()  # a file that is sent stays open until then
    return answer


def every(app: Flask) -> Iterator[Route]:
    yield from routes(app, with_head=True)


def leaks(answer: Any) -> list[str]:
    """What of hers stands in an answer: its body and its headers."""
    said = answer.get_data(as_text=True) + str(answer.headers)
    return [word for word in TOLD if word in said]


@pytest.mark.row("S1")
def test_hers_is_nobodys_to_a_stranger_and_a_visitor(
    app: Flask,
    alice: Person,
    charlie: Person,
    visitor: Person,
    home: Home,
    queue: Queue,
    tally: Tally,
    unlimited: None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """S1: other == nobody (404, the same body); 0 of her marks in a body, header or log line."""
    caplog.set_level(logging.DEBUG)
    alice.patch("account", {"webhook": "https://hooks.example/alice"})
    queue.take()
    for route in every(app):
        hers = ids_of(home, route)
        none = dict.fromkeys(route.ids, NOBODYS)
        for person in (charlie, visitor):
            if person is charlie and not route.ids and route.method not in ("GET", "HEAD"):
                continue  # his own account: what it does to him is not the matter here
            other, nobody = ask(person, route, hers), ask(person, route, none)
            tally.answered(other.status_code)
            tally.answered(nobody.status_code)
            same = not route.ids or told(other) == told(nobody)
            if not same or leaks(other) or other.status_code >= 500:
                tally.failed(f"{person.name} {route.where}: {told(other)} {leaks(other)}")
            if route.ids and person is charlie and nobody.status_code != 404:
                tally.failed(f"{route.where}: {nobody.status_code} of what is nobody's")
    queue.take()
    tally.check()
    assert not [word for word in TOLD[1:] if word in caplog.text]


@pytest.mark.row("S1")
def test_she_herself_gets_in(
    app: Flask, alice: Person, home: Home, queue: Queue, tally: Tally, unlimited: None
) -> None:
    """S1: the ids are good ones; else a 404 for others would say nothing."""
    for route in every(app):
        if route.ids and route.method in ("GET", "HEAD"):
            answer = ask(alice, route, ids_of(home, route))
            tally.answered(answer.status_code)
            good = answer.status_code in (200, 304, 409) or set(route.ids) & set(OF_ADMIN)
            # A report of hers need not have a picture, nor an import a file to take out.
            if not good and not {"number", "file"} & {*route.ids, *route.rule.rule.split("/")}:
                tally.failed(f"{route.where}: {answer.status_code}")
    tally.check()
    assert tally.inputs > 20


@pytest.mark.row("S1")
def test_nothing_of_hers_lies_where_his_is_kept(
    app: Flask,
    alice: Person,
    charlie: Person,
    home: Home,
    queue: Queue,
    valkey_url: str,
    unlimited: None,
) -> None:
    """S1: 0 of her marks in cache entries, files and mail that were made for him."""
    with redis.Redis.from_url(valkey_url) as client:
        client.flushall()
        cache.local.clear()
        charlie.post("exports", {})
        charlie.post("reports", {"period": "2026"})
        before = {path: path.stat().st_mtime_ns for path in files(app)}
        queue.run(app)
        for route in every(app):
            if route.method == "GET" and not route.ids:
                ask(charlie, route, {})
        kept = [client.dump(name) or b"" for name in client.keys("*")]
        kept += [one.body for one in cache.local._kept.values()]
    made = [path.read_bytes() for path in files(app) if path not in before]
    assert kept
    assert made
    assert not [one for one in [*kept, *made] if any(word.encode() in one for word in TOLD)]


def files(app: Flask) -> list[Path]:
    """Whatever lies in the data folder but for the database itself."""
    folder = app.config["TEND"].tend_data
    return [path for path in folder.rglob("*") if path.is_file() and "tend.db" not in path.name]
