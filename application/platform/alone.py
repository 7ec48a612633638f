"""A transaction of ready statements alone: the driver's, which the session has no part in.

On SQLite its connection is kept beside the pool. On PostgreSQL it comes from the pool: what that
does is little beside the round trips, and it finds out when the server was restarted.
"""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Dialect

from application.platform.ready import translated
from application.platform.writers import Writers


@dataclass(frozen=True, slots=True)
class Alone:
    """The driver's connection, and what becomes of it: kept, or dropped if it could not end."""

    driver: Any
    dialect: Dialect
    keep: Callable[[], object]
    drop: Callable[[], object]


_present: ContextVar[Alone | None] = ContextVar("alone", default=None)

present = _present.get


def begin() -> Alone:
    """Begin one. Raises OperationalError when the writer's place is taken for too long."""
    from application.platform.extensions import db  # which imports, by way of Base, this

    engine = db.engine
    if engine.dialect.name == "sqlite":
        kept = Writers.of(engine)
        driver = kept.take()
        begun = Alone(driver, engine.dialect, partial(kept.give_back, driver), driver.close)
    else:  # its driver begins by itself
        held = engine.raw_connection()
        begun = Alone(held.driver_connection, engine.dialect, held.close, held.close)
    _present.set(begun)
    return begun


def end(*, kept: bool) -> None:
    """End the present one, if there is one: commit it when it is `kept`, else roll it back."""
    begun = _present.get()
    if begun is None:
        return
    _present.set(None)
    ended = False
    try:
        (begun.driver.commit if kept else begun.driver.rollback)()
        ended = True
    except Exception as error:
        raise translated(error, begun.dialect, "COMMIT") from error
    finally:
        (begun.keep if ended else begun.drop)()
