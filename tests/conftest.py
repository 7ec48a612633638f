"""The common ground of the tests: real databases and cache, a small cast, and tripwires.

Every test that asks for `app` (or a person) runs on SQLite and on PostgreSQL. Work may only be
queued where the test says so (`queue`), and nothing may connect beyond this machine.
"""

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import redis
from filelock import FileLock
from flask import Flask
from sqlalchemy import event, text

import api
import tasks
from api import limits
from application import create_app
from application.accounts import identity
from application.platform import background, cache, ready
from application.platform.database import Base
from application.platform.extensions import db
from application.platform.readers import Readers
from tests import servers
from tests.people import Person, Queue

# Passwords of tests are hashed for real, but need not be hard to guess.
identity.HASHING.update(argon2__memory_cost=8, argon2__time_cost=1)

# A busy machine is slow, not wrong; pytest's own timeout ends what hangs.
hypothesis.settings.register_profile("tend", deadline=None)
hypothesis.settings.load_profile("tend")

DATABASES = ("sqlite", "postgresql")
LOOPBACK = ("127.", "::1", "localhost")


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder shared by all workers of this run."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@pytest.fixture(scope="session")
def valkey_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """This worker's Valkey."""
    with servers.valkey(tmp_path_factory.mktemp("valkey")) as url:
        yield url


@pytest.fixture(scope="session")
def postgres(run_folder: Path, valkey_url: str) -> servers.Postgres:
    """The run's PostgreSQL with its migrated template."""
    with FileLock(run_folder / "postgres.lock"):
        server = servers.Postgres(run_folder)
        done = run_folder / "postgres.ready"
        if not done.exists():
            server.make_template(run_folder, valkey_url)
            done.touch()
    return server


@pytest.fixture(scope="session")
def make_app(
    tmp_path_factory: pytest.TempPathFactory,
    worker_id: str,
    valkey_url: str,
    request: pytest.FixtureRequest,
) -> Callable[[str], Flask]:
    """The worker's application on a database, made on first use."""
    made: dict[str, Flask] = {}

    def make(database: str) -> Flask:
        if database not in made:
            folder = tmp_path_factory.mktemp(database)
            url = ""
            if database == "postgresql":
                server: servers.Postgres = request.getfixturevalue("postgres")
                server.admin(f"CREATE DATABASE tend_{worker_id} TEMPLATE template_tend")
                url = server.url(f"tend_{worker_id}")
            else:
                servers.migrated_sqlite(folder, valkey_url)
            app = create_app(servers.settings_for(folder, url, redis_url=valkey_url))
            app.config["PROPAGATE_EXCEPTIONS"] = False
            api.init_app(app)
            tasks.init_app(app)
            made[database] = app
        return made[database]

    return make


@pytest.fixture(params=DATABASES)
def app(request: pytest.FixtureRequest, make_app: Callable[[str], Flask]) -> Iterator[Flask]:
    """The application, empty, once on each database."""
    app = make_app(request.param)
    yield app
    empty(app)


def empty(app: Flask) -> None:
    """Nothing of one test is left for the next."""
    with app.app_context():
        db.session.remove()
        with db.engine.begin() as connection:
            for table in reversed(Base.metadata.sorted_tables):
                connection.execute(table.delete())


@pytest.fixture(autouse=True)
def _empty_cache(request: pytest.FixtureRequest) -> None:
    """No answer of one test may serve another."""
    cache.local.clear()
    cache.wake()
    limits.reads.clear()
    limits.writes.clear()
    if "valkey_url" in request.fixturenames or "app" in request.fixturenames:
        with redis.Redis.from_url(request.getfixturevalue("valkey_url")) as client:
            client.flushall()


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections beyond this machine fail loudly."""
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and not str(address[0]).startswith(LOOPBACK):
            raise RuntimeError(f"a test tried to reach {address}")
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.fixture(autouse=True)
def queue(monkeypatch: pytest.MonkeyPatch) -> Iterator[Queue]:
    """What was queued. A test that leaves a message it did not take has queued unexpectedly."""
    messages = Queue()

    def send_task(name: str, args: Any = (), queue: str = "jobs", **_: Any) -> None:
        task = background.celery.tasks[name]  # an unknown name is a KeyError
        json.dumps(args)
        task.__header__(*args)  # type: ignore[attr-defined]  # the signature takes these arguments
        assert queue in background.QUEUES
        messages.append((name, tuple(args)))

    def publish(name: str, *args: Any, queue: str = "jobs") -> bool:
        send_task(name, args, queue)
        return True

    monkeypatch.setattr(background, "publish", publish)
    yield messages
    assert not list(messages), f"queued unexpectedly: {list(messages)}"


@pytest.fixture
def alice(app: Flask) -> Person:
    """The owner of things."""
    return Person.sign_up(app, "alice")


@pytest.fixture
def bob(app: Flask) -> Person:
    """The one who may be let in."""
    return Person.sign_up(app, "bob")


@pytest.fixture
def charlie(app: Flask) -> Person:
    """The stranger."""
    return Person.sign_up(app, "charlie")


@pytest.fixture
def visitor(app: Flask) -> Person:
    """Somebody who is not signed in."""
    return Person(app, "visitor")


@pytest.fixture
def statements(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every SQL statement sent while the test runs (clear it before the part that counts)."""
    seen: list[str] = []
    ask = Readers.ask  # those go past SQLAlchemy

    def note_read(self: Readers, sql: str, values: Any) -> Any:
        seen.append(sql)
        return ask(self, sql, values)

    monkeypatch.setattr(Readers, "ask", note_read)

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    send = ready.send  # those go past SQLAlchemy

    def note_ready(connection: Any, sql: str, values: Any) -> Any:
        note(None, None, sql)
        return send(connection, sql, values)

    monkeypatch.setattr(ready, "send", note_ready)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def sql(app: Flask) -> Callable[..., Any]:
    """Look into the database: `sql("SELECT …", name=value)` gives the rows."""

    def run(statement: str, **values: Any) -> Any:
        with app.app_context(), db.engine.connect() as connection:
            return connection.execute(text(statement), values).all()

    return run
