"""The wait for SQLite's one writer place: in short steps, and in turn.

SQLite's own wait asks again after 1, 2, 5, 10 … 100 ms, while an entry keeps the place for less
than half a millisecond: who waits sleeps far longer than needed, and whoever has waited longest
asks most seldom. Beside a program that begins again at once (an import), web requests waited three
seconds. So we ask ourselves, at first each twentieth of a millisecond (an entry keeps the place for
a fifth of one), later each half, and only one at a time does: whoever has the turn gets the place
next, and those who come back for it queue for the turn like everybody else.
"""

import fcntl
import logging
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from threading import Lock
from typing import Any, Final

from sqlalchemy import Engine

from application.platform.beside import Beside
from application.platform.ready import translated

log = logging.getLogger(__name__)

WAIT_SECONDS: Final = 15
FIRST_STEP_SECONDS: Final = 0.00005
LAST_STEP_SECONDS: Final = 0.0005
GROWTH: Final = 1.2
BEGIN: Final = "BEGIN IMMEDIATE"
HASTY: Final = "PRAGMA busy_timeout=0"


class Turn:
    """Who may ask for the place of one database: one of all threads of all processes.

    A lock of the file system, which ends with its process however that ends.
    """

    def __init__(self, database: str) -> None:
        self._threads = Lock()
        self._file = _open_beside(database)

    @contextmanager
    def taken(self, until: float) -> Iterator[None]:
        """Have the turn, or go on without it when it does not come in time."""
        mine = self._threads.acquire(timeout=max(0.0, until - time.monotonic()))
        try:
            if mine:
                _in_steps(self._lock, until)
            yield
        finally:
            if mine:
                with suppress(OSError):  # as in _lock
                    fcntl.flock(self._file, fcntl.LOCK_UN)
                self._threads.release()

    def _lock(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:  # a file system without locks; what they guard is the order alone
            log.debug("no turn between processes: %s", error.strerror)
        return True

    def leave(self) -> None:
        """Close the file in a child: it would share its parent's lock, and keep it."""
        os.close(self._file)


def _open_beside(database: str) -> int:
    """The file of the turn, owned as the database is; where none can be, one of this process."""
    try:
        file = os.open(f"{database}-turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if os.geteuid() == 0:  # a command run by root must not lock the service out
            owner = os.stat(database)
            os.fchown(file, owner.st_uid, owner.st_gid)
    except OSError as error:
        log.warning("writers wait without a turn between processes: %s", error.strerror)
        with tempfile.TemporaryFile() as nobodys:
            return os.dup(nobodys.fileno())
    return file


_turns: dict[str, Turn] = {}


def _after_fork() -> None:
    while _turns:
        _turns.popitem()[1].leave()


os.register_at_fork(after_in_child=_after_fork)


def take_place(connection: Any, engine: Engine) -> None:
    """Begin a writing transaction. Raises OperationalError when the place is taken for too long."""
    connection.execute(HASTY)
    try:
        take_place_hastily(connection, engine)
    finally:
        connection.execute(f"PRAGMA busy_timeout={WAIT_SECONDS * 1000}")


def take_place_hastily(connection: Any, engine: Engine) -> None:
    """The same with a connection that does not wait by itself."""
    until = time.monotonic() + WAIT_SECONDS
    database = str(engine.url.database)
    turn = _turns.get(database) or _turns.setdefault(database, Turn(database))
    try:
        with turn.taken(until):
            if not _in_steps(partial(_begin, connection), until):
                connection.execute(BEGIN)
    except sqlite3.Error as error:
        raise translated(error, engine.dialect, BEGIN) from error


class Writers(Beside):
    """Connections of a SQLite engine that only ready statements write with: they never wait."""

    def take(self) -> Any:
        """One with a writing transaction begun; give it back, or close it."""
        connection = self._take() or self._open()
        try:
            take_place_hastily(connection, self._engine)
        except BaseException:
            connection.close()
            raise
        return connection

    def give_back(self, connection: Any) -> None:
        """Keep one whose transaction was ended."""
        self._idle.append(connection)

    def _open(self) -> Any:
        connection = super()._open()
        connection.execute(HASTY)
        return connection


def _begin(connection: Any) -> bool:
    try:
        connection.execute(BEGIN)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            return False
        raise
    return True


def _in_steps(attempt: Callable[[], bool], until: float) -> bool:
    """Whether `attempt` came off before `until` (by the monotonic clock)."""
    step = FIRST_STEP_SECONDS
    while not attempt():
        if time.monotonic() > until:
            return False
        time.sleep(step)
        step = min(step * GROWTH, LAST_STEP_SECONDS)
    return True
