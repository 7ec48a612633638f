"""One narrow statement on the driver's own connection: what every request asks.

SQLAlchemy's session, transaction and result around a statement that takes 15 µs take 200 µs more
(measured on SQLite, CPU time). So what is asked on every request goes past them: a statement that
SQLAlchemy wrote once, on a connection that it opened, kept here beside its pool. Such a connection
commits by itself, so each statement sees what was committed before it began.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Dialect, Engine, Select, String
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

from application.platform.beside import Beside
from application.platform.ready import Row, Written, translated

Process = Callable[[Any], Any]


class Readers(Beside):
    """The connections of one engine that only read; as many as threads ask at once."""

    def ask(self, sql: str, values: Any) -> Sequence[Row]:
        """All rows. Raises DBAPIError, as SQLAlchemy does, when the database is away or busy."""
        connection = self._take()
        if connection is not None:
            try:
                return self._ask(connection, sql, values)
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
            self._close_idle()  # the database was restarted: the others are gone as well
        return self._ask(self._open(), sql, values)

    def _ask(self, connection: Any, sql: str, values: Any) -> Sequence[Row]:
        try:
            # All of them: a statement that is left half read would hold on to what it saw.
            rows: Sequence[Row] = connection.execute(sql, values).fetchall()
        except BaseException as error:
            self._give_up(connection, sql, error)
            raise
        self._idle.append(connection)
        return rows

    def _give_up(self, connection: Any, sql: str, error: BaseException) -> None:
        dialect = self._engine.dialect
        dbapi = dialect.loaded_dbapi
        gone = isinstance(error, dbapi.Error) and dialect.is_disconnect(error, connection, None)
        connection.close()
        if isinstance(error, dbapi.Error):
            raise translated(error, dialect, sql, gone=gone) from error

    def _open(self) -> Any:
        connection = super()._open()
        if self._engine.dialect.name == "sqlite":
            connection.execute("PRAGMA query_only=ON")
        else:
            connection.autocommit = True
        return connection


class Ids(TypeDecorator[Sequence[int]]):
    """Many ids in one parameter, so that a statement is the same for any number of them."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """An array on PostgreSQL, JSON on SQLite."""
        array = dialect.name == "postgresql"
        return dialect.type_descriptor(ARRAY(BigInteger) if array else String())

    def process_bind_param(self, value: Sequence[int] | None, dialect: Dialect) -> Any:
        """The ids as the database reads them."""
        return list(value or ()) if dialect.name == "postgresql" else json.dumps(list(value or ()))


class among(FunctionElement[bool]):
    """`among(column, bindparam(name, type_=Ids))`: whether the column is one of those ids.

    Not typed as a boolean, which SQLAlchemy would compare with 1 on SQLite, at an index's cost.
    """

    inherit_cache = True


@compiles(among, "sqlite")
def _among_json(element: Any, compiler: Any, **how: Any) -> str:
    column, ids = (compiler.process(clause, **how) for clause in element.clauses)
    # What is put together here are SQLAlchemy's own words.
    return f"{column} IN (SELECT value FROM json_each({ids}))"  # noqa: S608  # nosec B608  # so


@compiles(among, "postgresql")
def _among_array(element: Any, compiler: Any, **how: Any) -> str:
    column, ids = (compiler.process(clause, **how) for clause in element.clauses)
    return f"{column} = ANY ({ids})"


class Lookup:
    """A statement that is written by SQLAlchemy once for each kind of database, then only asked."""

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        self._statement = statement
        self._written: dict[str, _Asked] = {}

    def all(self, engine: Engine, **values: Any) -> Sequence[Row]:
        """The rows under those parameters, each value as SQLAlchemy would give it."""
        written = self._written.get(engine.dialect.name)
        if written is None:
            written = self._written[engine.dialect.name] = _Asked(self._statement, engine.dialect)
        return written.read(Readers.of(engine).ask(written.sql, written.bind(values)))


class _Asked(Written):
    """Such a statement in one database's own words, and how its rows are read."""

    def __init__(self, statement: Select[*tuple[Any, ...]], dialect: Dialect) -> None:
        super().__init__(statement, dialect)
        read = [_reads(column.type, dialect) for column in statement.selected_columns]
        self._columns: list[tuple[int, Process]] = [
            (index, process) for index, process in enumerate(read) if process
        ]

    def read(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The rows as SQLAlchemy would give them; null stays null without being looked at."""
        if not self._columns:
            return rows
        found = []
        for row in rows:
            values = list(row)
            for index, process in self._columns:
                if values[index] is not None:
                    values[index] = process(values[index])
            found.append(tuple(values))
        return found


def _reads(kind: TypeEngine[Any], dialect: Dialect) -> Process | None:
    if dialect.name == "postgresql" and not isinstance(kind, TypeDecorator):
        return None  # its driver gives all but our own types as they should be
    process: Process | None = kind.dialect_impl(dialect).result_processor(dialect, None)
    return process
