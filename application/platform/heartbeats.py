"""When each tick of the clock last ran: a row a tick, so that a silent beat or worker is seen."""

from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from application.platform.claims import instant
from application.platform.database import Base, UtcDateTime, transaction
from application.platform.extensions import db


class Heartbeat(Base):
    """The last run of the tick of that name, by the database's time."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


def beat(name: str) -> None:
    """Note that the tick `name` ran now."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(Heartbeat).values(name=name, at=instant())
    with transaction():
        db.session.execute(
            statement.on_conflict_do_update(
                index_elements=["name"], set_={"at": statement.excluded.at}
            )
        )


def last_beats() -> dict[str, datetime]:
    """When each tick last ran, by its name."""
    rows = db.session.execute(select(Heartbeat.name, Heartbeat.at))
    return {name: at for name, at in rows}  # noqa: C416 - rows are no pairs to mypy
