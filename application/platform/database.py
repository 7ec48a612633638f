"""Tables' common ground and the one way to open and end a transaction.

SQLite takes one writer at a time, and SQLAlchemy's default transactions lose updates there
(reliability.md 2.3). So a unit of work says beforehand whether it writes: writers begin with
`BEGIN IMMEDIATE`, readers with a deferred `BEGIN`, and a reader that tries to write is an error.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Double,
    Engine,
    Integer,
    MetaData,
    event,
    func,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, ORMExecuteState, Session
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

from application.platform import alone, troubles, writers
from application.platform.ready import Ready, Row

log = logging.getLogger(__name__)

_writing: ContextVar[bool] = ContextVar("writing", default=False)

HOOKS = "after_commit_hooks"
SAY_UNMARKED = "a write outside a writing transaction"

# On SQLite a deleted row's id would be given again; an id must never mean somebody else later.
NEW_IDS = {"sqlite_autoincrement": True}

BigId = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """Base of every table; constraints are named by convention so that migrations can drop them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: goes in aware, comes out aware in UTC, on both databases."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Timestamp with time zone on PostgreSQL, naive UTC text on SQLite."""
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times: they would be read in somebody's local zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant must be aware")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the instant back in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def engine_options(url: str) -> dict[str, Any]:
    """Pool and driver options for SQLAlchemy, by database."""
    private = {"hide_parameters": True}  # else an error would write people's values into a log
    if url.startswith("sqlite"):
        return private | {
            "connect_args": {"timeout": writers.WAIT_SECONDS, "isolation_level": None}
        }
    return private | {"pool_pre_ping": True, "pool_size": 5, "max_overflow": 5}


def tune(engine: Engine, synchronous: str) -> None:
    """Attach what a SQLite engine needs: pragmas at connect and explicit BEGIN."""
    event.listen(engine, "begin", _refuse_joining)
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _pragmas(connection: DBAPIConnection, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute(f"PRAGMA synchronous={synchronous}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()
        # SQLite folds only ASCII by itself, and knows no median.
        connection.create_function("casefold", 1, _casefold, deterministic=True)
        connection.create_aggregate("median", 1, _Median)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if _writing.get():
            writers.take_place(connection.connection.driver_connection, engine)
        else:
            connection.exec_driver_sql("BEGIN")


def _casefold(text: str | None) -> str | None:
    return None if text is None else text.casefold()


class _Median:
    """The aggregate that SQLite lacks; the formula is that of PostgreSQL's percentile_cont."""

    def __init__(self) -> None:
        self._values: list[float] = []

    def step(self, value: float | None) -> None:
        if value is not None:
            self._values.append(value)

    def finalize(self) -> float | None:
        if not self._values:
            return None
        self._values.sort()
        many = len(self._values)
        low, high = self._values[(many - 1) // 2], self._values[many // 2]
        return low + (high - low) / 2


class median(FunctionElement[float]):
    """The middle one of the values, or the mean of the middle two; null without one.

    `ORDER BY … LIMIT 2 OFFSET half` says the same without this, in twice the time on SQLite,
    which sorts into a tree as soon as there is a LIMIT; on PostgreSQL in three times.
    """

    inherit_cache = True
    type = Double()


@compiles(median, "sqlite")
def _median_on_sqlite(element: Any, compiler: Any, **how: Any) -> str:
    return f"median({compiler.process(element.clauses, **how)})"


@compiles(median, "postgresql")
def _median_on_postgresql(element: Any, compiler: Any, **how: Any) -> str:
    values = compiler.process(element.clauses, **how)
    return f"percentile_cont(0.5) WITHIN GROUP (ORDER BY {values})"


def contains_text(column: InstrumentedAttribute[str], said: str) -> ColumnElement[bool]:
    """Whether `column` holds `said`, in any case of letters; `%` and `_` mean themselves."""
    if _session().get_bind().dialect.name == "sqlite":
        return func.casefold(column).contains(said.casefold(), autoescape=True)
    return column.icontains(said, autoescape=True)


def is_writing() -> bool:
    """Whether the present unit of work said that it writes."""
    return _writing.get()


def run(statement: Ready, values: Mapping[str, Any]) -> Sequence[Row]:
    """Run a ready statement in the present transaction; what the session has pending goes first.

    While the session has nothing begun, the transaction is the driver's alone: beginning and
    ending one through SQLAlchemy takes longer than such statements do. The session cannot join
    it any more (RuntimeError). RuntimeError outside a writing transaction as well.
    """
    if not _writing.get():
        raise RuntimeError(SAY_UNMARKED)
    begun = alone.present()
    if begun is None:
        session = _opened()
        if session is not None and session.in_transaction():
            session.flush()
            joined = session.connection()
            return statement.run(joined.connection.driver_connection, joined.dialect, values)
        begun = alone.begin()
    return statement.run(begun.driver, begun.dialect, values)


def begin_writing() -> None:
    """Mark what follows in this context as a writer; the BEGIN itself waits for the first SQL."""
    _drop(_opened())  # a snapshot taken as a reader must not be written on
    _writing.set(True)


def after_commit(hook: Callable[[], object]) -> None:
    """Run `hook` once the present transaction is committed, never if it is rolled back."""
    _session().info.setdefault(HOOKS, []).append(hook)


def commit() -> None:
    """End the present transaction for good and run what waits for it."""
    session = _opened()
    try:
        alone.end(kept=True)
        if session is not None:
            session.commit()
    except BaseException:
        rollback()
        raise
    _writing.set(False)
    if session is not None:
        for hook in session.info.pop(HOOKS, []):
            hook()


def rollback() -> None:
    """Drop the present transaction and what waited for it."""
    session = _opened()
    try:
        _drop(session)
    finally:
        if session is not None:
            session.info.pop(HOOKS, None)
        _writing.set(False)


def _drop(session: Session | None) -> None:
    # A connection that was cut cannot be told, and need not: the database has dropped it itself.
    for end in (partial(alone.end, kept=False), session.rollback if session else None):
        try:
            if end is not None:
                end()
        except DBAPIError as error:
            if not troubles.is_away(error):
                raise
            log.info("rolled back by the database: %s", type(error.orig).__name__)


@contextmanager
def transaction() -> Iterator[Session]:
    """One writing transaction: committed at the end, rolled back on any exception."""
    begin_writing()
    try:
        yield _session()
    except BaseException:
        rollback()
        raise
    commit()


def _session() -> Session:
    from application.platform.extensions import db  # extensions imports Base from here

    return db.session()


def _opened() -> Session | None:
    """The session, if this context has one: most requests are answered without it."""
    from application.platform.extensions import db  # as above

    return db.session() if db.session.registry.has() else None


def _refuse_joining(_connection: Connection) -> None:
    # A second writer beside the first would wait for it in vain, or not see what it wrote.
    if alone.present() is not None:
        raise RuntimeError("the session cannot join a transaction that ready statements began")


def _refuse_unmarked(session: Session, _context: object, _instances: object) -> None:
    if not _writing.get() and (session.new or session.dirty or session.deleted):
        raise RuntimeError(SAY_UNMARKED)


def _refuse_unmarked_statement(state: ORMExecuteState) -> None:
    if (state.is_insert or state.is_update or state.is_delete) and not _writing.get():
        raise RuntimeError(SAY_UNMARKED)


event.listen(Session, "before_flush", _refuse_unmarked)
event.listen(Session, "do_orm_execute", _refuse_unmarked_statement)
