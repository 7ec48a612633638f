"""Files: a confirmed import and an export, in rows a second, against the sqlite3 command line."""

import secrets
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.house import settings_in
from benchmarks.rows import Row

ROWS = 200_000
START = datetime(1990, 1, 1, 8, tzinfo=UTC)


def both_ways(folder: Path) -> Iterator[Row]:
    """Bring the rows in, take them out, and let sqlite3 do the same with the same columns."""
    from application import create_app

    app = create_app(settings_in(folder))
    source = folder / "source.csv"
    write_source(source)
    with app.app_context():
        owner = _person()
        seconds = _import(owner, source)
        against = _sqlite_import(folder, source)
        what = f"{ROWS:,} rows, sqlite3 .import into the same table and indexes"
        yield Row("import_sqlite", ROWS / seconds, ROWS / against, "rows/s", 0.7, False, what)
        seconds = _export(owner)
        against = _sqlite_export(folder)
        what = f"{ROWS:,} rows, sqlite3 -csv select"
        yield Row("export", ROWS / seconds, ROWS / against, "rows/s", 0.6, False, what)


def write_source(path: Path) -> None:
    """A plain `date,value,note` file."""
    with path.open("w", encoding="utf-8") as file:
        file.write("date,value,note\n")
        for number in range(ROWS):
            moment = START + timedelta(minutes=30 * number)
            file.write(f"{moment.isoformat()},{number % 90 / 10},note {number}\n")


def _person() -> int:
    from application.accounts.datastore import PeopleStore
    from application.platform.database import transaction

    with transaction():
        name = f"files-{secrets.token_hex(3)}"
        user = PeopleStore().create_user(
            username=name,
            email=f"{name}@example.org",
            password=secrets.token_hex(8),
            timezone="UTC",
        )
        return int(user.id)


def _import(owner: int, source: Path) -> float:
    from application.jobs import services as jobs
    from application.platform import storage
    from application.platform.database import transaction
    from application.trackers import services as trackers
    from application.trackers.schemas import NewTracker
    from application.transfers import services

    name = storage.new_name(".csv")
    shutil.copyfile(source, storage.path_of(name))
    with transaction():
        tracker = trackers.create(owner, NewTracker(name="Numbers", kind="numerical"))
        job_id = services.ask_import(owner, name, "source.csv", tracker.id, {}).id
    jobs.run(job_id)
    with transaction():
        services.confirm(owner, job_id, "keep", {})
    start = time.perf_counter()
    jobs.run(job_id)
    return time.perf_counter() - start


def _export(owner: int) -> float:
    from application.jobs import services as jobs
    from application.platform.database import transaction
    from application.transfers import services

    with transaction():
        job_id = services.ask_export(owner, None).id
    start = time.perf_counter()
    jobs.run(job_id)
    return time.perf_counter() - start


def _schema(folder: Path) -> str:
    """Our own logs table and its indexes, as SQLite keeps them."""
    with sqlite3.connect(folder / "tend.db") as connection:
        found = connection.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name = 'logs' AND sql IS NOT NULL"
        )
        return ";\n".join(statement for (statement,) in found) + ";"


def _sqlite_import(folder: Path, source: Path) -> float:
    target = folder / "plain.db"
    lines = [
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        _schema(folder),
        "CREATE TEMP TABLE raw (moment TEXT, value REAL, note TEXT);",
        ".mode csv",
        f".import --skip 1 {source} raw",
        "INSERT INTO logs (tracker_id, logged_at, utc_offset, local_day, timed, value, note,"
        " source, version, created_at) SELECT 1, replace(substr(moment, 1, 19), 'T', ' '), 0,"
        " substr(moment, 1, 10), 1, value, note, 'import', 1, datetime() FROM raw;",
    ]
    start = time.perf_counter()
    subprocess.run(
        ["sqlite3", str(target)], input="\n".join(lines), text=True, check=True, capture_output=True
    )
    return time.perf_counter() - start


def _sqlite_export(folder: Path) -> float:
    query = "SELECT tracker_id, logged_at, value, note FROM logs ORDER BY logged_at"
    start = time.perf_counter()
    with (folder / "plain.csv").open("wb") as out:
        subprocess.run(["sqlite3", "-csv", str(folder / "plain.db"), query], stdout=out, check=True)
    return time.perf_counter() - start
