"""The database is brought to this release's schema before anything uses it, a copy put by first.

Alembic and the application are imported (in a process of their own) only when there is work to do:
a start on an unchanged database costs one small read.
"""

import ast
import re
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import IO

from config import ROOT, Settings
from deploy.launcher import CannotStart

VERSIONS = ROOT / "application" / "migrations" / "versions"
KEPT_BACKUPS = 5
ASSIGNED = re.compile(r"^(down_revision|revision)\b[^=\n]*=\s*(.+)$", re.MULTILINE)


def known_revisions(folder: Path) -> tuple[set[str], set[str]]:
    """Every revision of this release, and its newest (one, unless branches wait for a merge)."""
    everyone: set[str] = set()
    parents: set[str] = set()
    for script in folder.glob("*.py"):
        for name, text in ASSIGNED.findall(script.read_text(encoding="utf-8")):
            value = ast.literal_eval(text)
            values = {value} if isinstance(value, str) else set(value or ())
            (everyone if name == "revision" else parents).update(values)
    return everyone, everyone - parents


def revisions_of(settings: Settings) -> set[str]:
    """Where the database stands; empty when it is new."""
    if settings.sqlite_file:
        return revisions_in_file(settings.sqlite_file)
    import psycopg  # only here: it costs a tenth of a second, and one machine does without

    try:
        with psycopg.connect(plain_address(settings), connect_timeout=5) as connection:
            there = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
            if not there or there[0] is None:
                return set()
            rows = connection.execute("SELECT version_num FROM alembic_version").fetchall()
            return {row[0] for row in rows}
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise CannotStart(f"DATABASE_URL names a database that does not answer: {reason}") from None


def revisions_in_file(path: Path) -> set[str]:
    if not path.exists() or not path.stat().st_size:
        return set()
    query = "SELECT name FROM sqlite_master WHERE name = 'alembic_version'"
    try:
        with closing(sqlite3.connect(path, timeout=15)) as connection:
            if not connection.execute(query).fetchone():
                return set()
            rows = connection.execute("SELECT version_num FROM alembic_version").fetchall()
            return {row[0] for row in rows}
    except sqlite3.Error as error:
        raise CannotStart(
            f"DATABASE_URL names a file that cannot be read: {path}: {error}."
        ) from None


def plain_address(settings: Settings) -> str:
    return settings.database_url.replace("postgresql+psycopg://", "postgresql://", 1)


def back_up(path: Path, folder: Path, revision: str) -> Path:
    """A whole copy of a SQLite file; the newest few are kept."""
    from application.backups.services_copy import copy_database  # late: only with work to do

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    copy = folder / f"tend-{stamp}-{revision}.db"
    unfinished = copy.with_suffix(".part")
    try:
        unfinished.unlink(missing_ok=True)  # of one that was killed within the same second
        copy_database(path, unfinished)
        unfinished.rename(copy)
    except (OSError, sqlite3.Error) as error:
        unfinished.unlink(missing_ok=True)
        raise CannotStart(
            f"The database could not be backed up before its upgrade, so it was left as it is: "
            f"{error}. Make room in {folder} and start again."
        ) from None
    for old in sorted(folder.glob("tend-*.db"))[:-KEPT_BACKUPS]:
        old.unlink()
    return copy


def bring_up_to_date(settings: Settings, holding: IO[str]) -> None:
    """`holding` is the data folder's lock, which the upgrade's process keeps if we are killed."""
    everyone, newest = known_revisions(VERSIONS)
    current = revisions_of(settings)
    if current == newest:
        return
    if unknown := sorted(current - everyone):
        raise CannotStart(
            f"The database was written by a newer Tend (revision {unknown[0]}): run that release, "
            "or put back a backup from before it."
        )
    copy = None
    if settings.sqlite_file and current:
        copy = back_up(settings.sqlite_file, settings.tend_data / "backups", min(current))
        print(f"The database is upgraded; a copy from before is {copy}.", flush=True)
    upgrade(settings, copy, holding)


def upgrade(settings: Settings, copy: Path | None, holding: IO[str]) -> None:
    log = settings.tend_data / "logs" / "upgrade.log"
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as output:
        command = [sys.executable, "-m", "deploy.launcher.migrate"]
        done = subprocess.run(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=(holding.fileno(),),
            check=False,
        )
    if done.returncode:
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        kept = f" A copy from before is {copy}." if copy else ""
        raise CannotStart(
            f"The database could not be upgraded: {lines[-1] if lines else 'no reason given'} "
            f"(the whole story is in {log}).{kept}"
        )
