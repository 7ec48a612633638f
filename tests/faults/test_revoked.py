"""Whoever is signed out is out on the very next request, on every worker process of the web.

Two workers under granian, several kept-open connections to each, and answers finished in both
before: so nothing that a process keeps may let anybody in. The same with Redis away and back.
"""

import http.client
import json
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask_security import hash_password

from api.sessions import digest
from application import create_app
from application.accounts.queries import find_user
from application.accounts.services import start_session
from application.platform.database import transaction
from application.platform.extensions import db
from benchmarks.house import web
from tests import servers
from tests.faults.running import data_folder, wait_for
from tests.people import PASSWORD

CONNECTIONS = 3  # to each worker
OTHER = "another long walk by the river"


class Worker:
    """A kept-open connection, so that the same worker process answers each time."""

    def __init__(self, url: str) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
        self.xsrf: dict[str, str] = {}

    def ask(self, token: str, method: str, path: str, body: Any = None) -> int:
        """The status of an API request in that session."""
        if method != "GET" and token not in self.xsrf:
            self.ask(token, "GET", "account")
        xsrf = self.xsrf.get(token, "")
        headers = {"Cookie": f"tend_session={token}; XSRF-TOKEN={xsrf}", "X-XSRF-TOKEN": xsrf}
        data = None if body is None else json.dumps(body)
        if data is not None:
            headers["Content-Type"] = "application/json"
        self.connection.request(method, f"/api/v1/{path}", data, headers)
        answer = self.connection.getresponse()
        answer.read()
        for said in answer.headers.get_all("Set-Cookie", []):
            name, _, rest = said.partition("=")
            if name == "XSRF-TOKEN":
                self.xsrf[token] = rest.partition(";")[0]
        return int(answer.status)

    def process(self) -> str:
        """The process that holds the other end of the connection."""
        mine = f":{self.connection.sock.getsockname()[1]:04X}"
        lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        [inode] = [line[9] for line in lines if line[2].endswith(mine)]
        for held in Path("/proc").glob("[0-9]*/fd/*"):
            with suppress(OSError):
                if str(held.readlink()) == f"socket:[{inode}]":
                    return held.parts[2]
        raise AssertionError("nobody holds the other end")


@dataclass
class Person:
    """Somebody with two signed-in browsers."""

    user_id: int
    here: str
    there: str


class Redis:
    """A Valkey that can be ended and started again on the same socket."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stack = ExitStack()
        self.url = self.stack.enter_context(servers.valkey(folder))

    def end(self) -> None:
        self.stack.close()
        (self.folder / "valkey.sock").unlink(missing_ok=True)

    def start(self) -> None:
        self.stack.enter_context(servers.valkey(self.folder))


@dataclass
class House:
    """Two workers, connections to both, and a way into their database."""

    app: Flask
    redis: Redis
    workers: list[Worker]

    def sign_up(self) -> Person:
        """A new person, without the time that a good hash takes."""
        name, here, there = (secrets.token_hex(8), *(secrets.token_urlsafe(32) for _ in range(2)))
        with self.app.app_context(), transaction():
            user = self.app.extensions["security"].datastore.create_user(
                username=name, email=f"{name}@example.org", password=hash_password(PASSWORD)
            )
            for token in (here, there):
                start_session(user.id, digest(token), "a test")
            return Person(user.id, here, there)

    def everywhere(self, token: str, path: str = "trackers") -> set[int]:
        """What all workers answer in that session."""
        return {worker.ask(token, "GET", path) for worker in self.workers}


def connect(address: str, stack: ExitStack) -> list[Worker]:
    """Kept-open connections to both workers; the second may start later than the first."""
    found: dict[str, list[Worker]] = defaultdict(list)

    def there() -> bool:
        worker = Worker(address)
        stack.callback(worker.connection.close)
        worker.ask("nobody", "GET", "trackers")
        found[worker.process()].append(worker)
        return len(found) == 2 and all(len(some) >= CONNECTIONS for some in found.values())

    wait_for(there, 60, "connections to both workers")
    return [worker for some in found.values() for worker in some[:CONNECTIONS]]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, valkey_url: str) -> Iterator[House]:
    with data_folder() as folder, ExitStack() as stack:
        redis = Redis(folder)
        stack.callback(redis.end)
        servers.migrated_sqlite(folder, redis.url)
        url = f"sqlite:///{folder / 'tend.db'}"
        if request.param == "postgresql":
            server: servers.Postgres = request.getfixturevalue("postgres")
            name = f"revoked_{secrets.token_hex(4)}"
            server.admin(f"CREATE DATABASE {name} TEMPLATE template_tend")
            url = server.url(name)
        settings = servers.settings_for(folder, url, redis_url=redis.url)
        more = {"DATABASE_URL": url, "REDIS_URL": redis.url, "SECRET_KEY": servers.SECRET}
        more |= {"TEND_DATA": str(folder), "SECURITY_PASSWORD_SALT": servers.SECRET}
        address = stack.enter_context(web("app:app", "/healthz", **more))
        app = create_app(settings)
        made = House(app, redis, connect(address, stack))
        yield made
        with app.app_context():
            db.engine.dispose()


def sign_out(house: House, person: Person) -> None:
    assert house.workers[0].ask(person.here, "POST", "accounts/logout") == 200


def sign_others_out(house: House, person: Person) -> None:
    assert house.workers[0].ask(person.there, "DELETE", "account/sessions") == 204


def change_password(house: House, person: Person) -> None:
    body = {"password": PASSWORD, "new_password": OTHER}
    assert house.workers[0].ask(person.there, "POST", "accounts/change", body) == 200


def disable(house: House, person: Person) -> None:
    with house.app.app_context(), transaction():
        find_user(person.user_id).active = False


def delete(house: House, person: Person) -> None:
    body = {"password": PASSWORD}
    assert house.workers[0].ask(person.there, "DELETE", "account", body) == 204


WAYS: list[Callable[[House, Person], None]] = [
    sign_out,
    sign_others_out,
    change_password,
    disable,
    delete,
]


@pytest.mark.timeout(300)
def test_who_is_out_is_out_everywhere_at_once(house: House) -> None:
    for state in ("up", "down", "restarted"):
        if state == "down":
            house.redis.end()
        if state == "restarted":
            house.redis.start()
        for way in WAYS:
            person = house.sign_up()
            for token in (person.here, person.there):
                for path in ("trackers", "today"):
                    assert house.everywhere(token, path) == {200}, (state, way.__name__)
            way(house, person)
            assert house.everywhere(person.here) == {401}, (state, way.__name__)
            assert house.everywhere(person.here, "today") == {401}, (state, way.__name__)
            stays = way in (sign_out, sign_others_out)
            gone = way in (disable, delete)
            if stays or gone:
                assert house.everywhere(person.there) == {200 if stays else 401}, way.__name__
