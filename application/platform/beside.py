"""Connections that are kept beside SQLAlchemy's pool, for what goes past SQLAlchemy.

The pool asks, marks and rolls back each time that a connection is fetched or brought back, which
takes longer than the statements that these are for (measured on SQLite, CPU time).
"""

import os
from collections import deque
from typing import Any, Self
from weakref import WeakKeyDictionary, WeakSet

from sqlalchemy import Engine


class Beside:
    """Connections of one engine; as many as threads use at once. Each kind has its own."""

    _by_engine: "WeakKeyDictionary[Engine, Self]"

    def __init_subclass__(cls) -> None:
        cls._by_engine = WeakKeyDictionary()

    @classmethod
    def of(cls, engine: Engine) -> Self:
        """Those of `engine`."""
        found = cls._by_engine.get(engine)
        return found or cls._by_engine.setdefault(engine, cls(engine))

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._idle: deque[Any] = deque()  # its ends are taken and put back without a lock
        _all.add(self)

    def _take(self) -> Any:
        """One that nobody uses, or None."""
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def _open(self) -> Any:
        """A new one, as the engine opens it."""
        opened = self._engine.connect()
        connection: Any = opened.connection.driver_connection
        opened.detach()
        return connection

    def _close_idle(self) -> None:
        while (connection := self._take()) is not None:
            connection.close()

    def forget(self) -> None:
        """Leave the connections to the process that opened them, without closing them."""
        _inherited.append(self._idle)
        self._idle = deque()


_all: "WeakSet[Beside]" = WeakSet()
_inherited: list[deque[Any]] = []  # kept, for to drop the last reference would close them


def _after_fork() -> None:
    for kept in list(_all):
        kept.forget()


os.register_at_fork(after_in_child=_after_fork)
