"""A copy of the database: how one is taken, and what it is told before it is used in its place."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

WAIT_SECONDS: Final = 15
# More writes than anybody makes between two restores: see `settle`.
VERSIONS_ON: Final = 1_000_000


def copy_database(source: Path, target: Path) -> None:
    """Copy a SQLite file that may be written to meanwhile: as it was when this began, whole.

    One step of SQLite's own backup call reads a single snapshot: every write that was committed
    before is in it, none after, and writers do not wait. (In steps of pages it begins anew with
    every write, and never ends on a busy day; VACUUM INTO takes three times as long.) Raises
    OSError and sqlite3.Error.
    """
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    address = f"{source.absolute().as_uri()}?mode=rw"  # one that is not there is not made
    with (
        closing(sqlite3.connect(address, uri=True, timeout=WAIT_SECONDS)) as there,
        closing(sqlite3.connect(target)) as here,
    ):
        there.backup(here)
        here.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it


def settle(path: Path) -> None:
    """Make a restored copy ready to be the database.

    Sessions end: one that its person ended after the backup must not come back. Versions of data
    jump: the answers that browsers and caches kept under the ones to come are of another past.
    """
    with closing(sqlite3.connect(path)) as connection, connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        if "user_sessions" in tables:
            connection.execute("DELETE FROM user_sessions")
        if "user_versions" in tables:
            connection.execute("UPDATE user_versions SET version = version + ?", [VERSIONS_ON])
