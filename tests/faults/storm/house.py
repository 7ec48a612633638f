"""The house that a storm goes over: database, cache, two workers, two beats, and the sink."""

import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import redis
from flask_migrate import upgrade
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from application import create_app
from application.platform.extensions import db
from deploy.launcher.lock import MARK, mark_of
from tests.faults.running import data_folder, environment, wait_for
from tests.faults.storm import people, sink
from tests.faults.storm.database import Postgres, postgres
from tests.faults.storm.history import FINAL, Fault, Received, Row, read
from tests.faults.storm.kept import Keeper, Kept
from tests.servers import SECRET, settings_for

ROLE = (sys.executable, "-m", "deploy.launcher.role")
OUR_ROLE = (sys.executable, "-m", "tests.faults.storm.role")
SKEW = "TEND_TEST_SKEW"
HURRY = "TEND_TEST_HURRY"
ROWS = "SELECT u.username, d.message_id, d.state, d.attempts, d.last_error FROM deliveries d"


@dataclass(frozen=True, slots=True)
class Plan:
    """How large a house is and how its sink behaves."""

    people: int
    manners: sink.Manners
    on_postgresql: bool = True
    workers: int = 2
    beats: int = 2
    hurried: bool = False  # shorter lengths of time, for the short form: see changed.py
    skews: tuple[float, ...] = ()  # seconds by which the clock of each worker is wrong


class House:
    """Everything that runs, and the two witnesses: the table and the sink's history."""

    def __init__(self, folder: Path, url: str, server: Postgres | None, keeper: Keeper) -> None:
        self.folder, self.url, self.server, self.keeper = folder, url, server, keeper
        self.engine = create_engine(url, poolclass=NullPool)
        self.people: dict[str, str] = {}

    def received(self) -> list[Received]:
        return read(self.folder / "received")

    def rows(self) -> list[Row]:
        """The table's deliveries; none while the database is away."""
        try:
            with self.engine.connect() as connection:
                found = connection.execute(text(f"{ROWS} JOIN users u ON u.id = d.user_id")).all()
        except (DBAPIError, psycopg.Error):
            return []
        return [Row(to=r[0], id=r[1], state=r[2], attempts=r[3], error=r[4]) for r in found]

    def is_over(self) -> bool:
        rows = self.rows()
        return len(rows) >= len(self.people) and all(row.state in FINAL for row in rows)

    def flush_cache(self) -> None:
        """FLUSHALL: every message that waits in the queue is gone."""
        with redis.Redis(unix_socket_path=str(self.folder / "valkey.sock")) as client:
            client.flushall()

    def said(self) -> str:
        """The end of every log, for whoever must find out why."""
        return "\n".join(f"--- {one.name}\n{one.said()[-3000:]}" for one in self.keeper.kept)


@contextmanager
def house(plan: Plan) -> Iterator[House]:
    """The house with its people in it, the sink listening and the cache up; nothing sends yet."""
    with ExitStack() as stack:
        folder = stack.enter_context(data_folder())
        server = stack.enter_context(postgres()) if plan.on_postgresql else None
        url = server.url if server else f"sqlite:///{folder / 'tend.db'}"
        keeper = stack.enter_context(Keeper().running())
        found = House(folder, url, server, keeper)
        found.people = people.make_secrets(plan.people)
        port = _start_sink(found, plan)
        app = create_app(settings_for(folder, url, log_level="WARNING"))
        with app.app_context():
            upgrade()
            people.fill(app, found.people, port)
            db.engine.dispose()
        yield found
        found.engine.dispose()


def _start_sink(house: House, plan: Plan) -> int:
    manners = {name: getattr(plan.manners, name) for name in plan.manners.__dataclass_fields__}
    sink.prepare(house.folder, sink.Manners(**{**manners, "secrets": house.people}))
    command = [sys.executable, "-m", "tests.faults.storm.sink", str(house.folder)]
    house.keeper.add(Kept("sink", command, os.environ, house.folder))
    port = house.folder / "port"
    wait_for(port.exists, 20, "the sink listens")
    return int(port.read_text(encoding="ascii"))


def start_sending(house: House, plan: Plan) -> None:
    """Cache, workers and beats, as the launcher starts them."""
    port = (house.folder / "port").read_text(encoding="ascii")
    variables = environment(
        house.folder,
        0,
        DATABASE_URL=house.url,
        WEBHOOK_TRUSTED_HOSTS=f"127.0.0.1:{port}",
        PORT="8001",  # nothing listens there: the web is not part of a storm
        SEND_WORKERS="2",
        LOG_LEVEL="INFO",
        SECRET_KEY=SECRET,
        SECURITY_PASSWORD_SALT=SECRET,
    )
    variables[MARK] = mark_of(house.folder)
    logs = house.folder
    house.keeper.add(Kept("cache", (*ROLE, "cache"), variables, logs))
    wait_for((house.folder / "valkey.sock").exists, 20, "the cache is up")
    changed = bool(plan.hurried or plan.skews)
    role = (*OUR_ROLE, "changed") if changed else ROLE
    if plan.hurried:
        variables[HURRY] = "yes"
    for number in range(plan.workers):
        skew = {SKEW: str(plan.skews[number])} if plan.skews else {}
        house.keeper.add(Kept(f"sender-{number}", (*role, "sender"), variables | skew, logs))
    for number in range(plan.beats):
        house.keeper.add(Kept(f"beat-{number}", (*role, "beat"), variables, logs))


def wait_until_over(house: House, seconds: float) -> float:
    """Until every delivery is final; the seconds it took. What is left is for the verdict."""
    began = time.monotonic()
    while not house.is_over() and time.monotonic() - began < seconds:
        time.sleep(0.5)
    return time.monotonic() - began


def write_down(house: House, faults: Sequence[Fault], path: Path) -> None:
    """Keep the history, the table and the logs of a storm that went wrong."""
    path.mkdir(parents=True, exist_ok=True)
    for name in ("received", *(one.log.name for one in house.keeper.kept)):
        source = house.folder / name
        if source.exists():
            (path / name).write_bytes(source.read_bytes())
    rows = [[r.to, r.id, r.state, r.attempts, r.error] for r in house.rows()]
    struck = [[fault.kind, fault.at, fault.over] for fault in faults]
    (path / "faults.json").write_text(json.dumps(struck, indent=1), encoding="utf-8")
    (path / "rows.json").write_text(json.dumps(rows, indent=1), encoding="utf-8")
