"""Troubles of the machine that pass: a database that is away or busy, a disk that is full.

Nobody did anything wrong and nothing is half-done: who asked is told to come again, and work in
the background is left as it is, for whoever finds it after its lease.
"""

import errno
import sqlite3
from typing import Final

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
FULL_IN_POSTGRESQL: Final = "53100"


def is_full(error: BaseException) -> bool:
    """Whether the disk is, the database's or the one that files are kept on."""
    if isinstance(error, DBAPIError):
        return is_full(error.orig) if error.orig is not None else False
    if isinstance(error, OSError):
        return error.errno in NO_ROOM
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None:
        return bool(code & 0xFF == sqlite3.SQLITE_FULL)
    return getattr(error, "sqlstate", None) == FULL_IN_POSTGRESQL


def is_away(error: BaseException) -> bool:
    """Whether the database is: it does not answer, was restarted meanwhile, or is busy."""
    if isinstance(error, OperationalError | InterfaceError | sqlite3.OperationalError):
        return True
    return isinstance(error, DBAPIError) and error.connection_invalidated


def passes(error: BaseException) -> bool:
    """Whether the same may come off later, with nothing changed by anybody."""
    return is_full(error) or is_away(error)
