"""What a copy of the database says of itself, and what this database says of tonight."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from application.jobs.models import Job
from application.platform.extensions import db


class Damaged(Exception):
    """The file is no whole database of Tend; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a copy holds: its schema's revision, and how many rows each table has."""

    revision: str
    rows: dict[str, int]


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            connection.execute("PRAGMA trusted_schema=OFF")
            yield connection
    except sqlite3.Error as error:
        raise Damaged(f"its database cannot be read: {error}") from None


def examine(path: Path) -> Contents:
    """Look at every page, every reference and every table of a copy. Raises Damaged."""
    with _opened(path) as connection:
        said = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if said != "ok":
            raise Damaged(f"its database is not whole: {said}")
        if astray := connection.execute("PRAGMA foreign_key_check").fetchone():
            raise Damaged(f"its database has a row of {astray[0]} that belongs to nothing")
        names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite^_%'"
        tables = [name for (name,) in connection.execute(f"{names} ESCAPE '^' ORDER BY name")]
        if "alembic_version" not in tables:
            raise Damaged("its database is not one of Tend's")
        rows = {}
        for table in tables:
            quoted = table.replace('"', '""')
            count = f'SELECT count(*) FROM "{quoted}"'  # noqa: S608  # nosec B608  # quoted
            rows[table] = connection.execute(count).fetchone()[0]
        revisions = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    if len(revisions) != 1:
        raise Damaged("its database does not say which schema it has")
    return Contents(str(revisions[0][0]), rows)


def stored_files(path: Path) -> set[str]:
    """The names of the stored files that a copy speaks of. Raises Damaged."""
    found: set[str] = set()
    with _opened(path) as connection:
        there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        for table in there & {"jobs", "reports"}:  # an older schema has no reports
            query = f"SELECT file FROM {table}"  # noqa: S608  # nosec B608  # one of two names
            found.update(name for (name,) in connection.execute(query) if name)
    return found


def asked_since(kind: str, instant: datetime) -> bool:
    """Whether a job of that kind was asked for since then."""
    wanted = select(Job.id).where(Job.kind == kind, Job.created_at >= instant).limit(1)
    return db.session.scalar(wanted) is not None
