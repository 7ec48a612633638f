"""Statements kept ready: SQLAlchemy writes one once for each kind of database, the driver runs it.

For what is written all day. Putting an entry's few statements through SQLAlchemy's session took
several times what the database itself took, and on SQLite everybody else waits meanwhile.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Dialect, Executable
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import ClauseElement

Row = tuple[Any, ...]


class Ready:
    """A Core statement with named parameters. What it gives back must need no converting."""

    def __init__(self, statement: Executable, columns: Collection[str] | None = None) -> None:
        """`columns`: those that an INSERT fills, each from the parameter of its name."""
        assert isinstance(statement, ClauseElement)
        self._statement = statement
        self._columns = columns
        self._written: dict[str, Written] = {}

    def run(self, connection: Any, dialect: Dialect, values: Mapping[str, Any]) -> Sequence[Row]:
        """All rows, on the driver's connection. Raises DBAPIError, as SQLAlchemy itself would."""
        written = self._written.get(dialect.name)
        if written is None:
            written = Written(self._statement, dialect, self._columns)
            self._written[dialect.name] = written
        try:
            return send(connection, written.sql, written.bind(values))
        except Exception as error:
            raise translated(error, dialect, written.sql) from error


class Written:
    """A statement in one database's own words, and how its parameters are told."""

    def __init__(
        self, statement: ClauseElement, dialect: Dialect, columns: Collection[str] | None = None
    ) -> None:
        keys = None if columns is None else list(columns)
        compiled: Any = statement.compile(dialect=dialect, column_keys=keys)
        self.sql = str(compiled)
        self._positional: bool = compiled.positional
        processors = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect)
            for name, bind in compiled.binds.items()
        }
        order = compiled.positiontup if compiled.positional else compiled.binds
        self._binds: list[tuple[str, Callable[[Any], Any] | None]] = [
            (name, processors[name]) for name in order
        ]
        # What the statement itself says, such as the 1 in `version + 1`.
        self._fixed = {n: b.value for n, b in compiled.binds.items() if not b.required}

    def bind(self, values: Mapping[str, Any]) -> Any:
        """The parameters as the driver wants them."""
        said = {**self._fixed, **values} if self._fixed else values
        if self._positional:
            return [process(said[n]) if process else said[n] for n, process in self._binds]
        return {n: process(said[n]) if process else said[n] for n, process in self._binds}


def translated(error: Exception, dialect: Dialect, sql: str, *, gone: bool = False) -> Exception:
    """The driver's error as SQLAlchemy would raise it, without the values; others as they are.

    `gone`: the connection is, which SQLAlchemy's error then says.
    """
    dbapi = dialect.loaded_dbapi.Error
    if not isinstance(error, dbapi):
        return error
    return DBAPIError.instance(
        sql, None, error, dbapi, hide_parameters=True, connection_invalidated=gone
    )


def send(connection: Any, sql: str, values: Any) -> Sequence[Row]:
    """Run it on the driver's connection; no rows of what gives none."""
    cursor = connection.execute(sql, values)
    return cursor.fetchall() if cursor.description else ()
