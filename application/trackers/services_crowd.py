"""One person's trackers given to many, for measuring: a statement a table, not one a row."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, and_, insert, literal, select, update
from sqlalchemy.orm import aliased

from application.accounts.models import User
from application.platform.database import Base
from application.platform.extensions import db
from application.trackers.models import Tracker, TrackerChoice, UserTracker


def copy_rows(table: type[Base], changes: Mapping[str, Any], rows: Select[Any]) -> None:
    """Insert what `rows` selects of `table`, with new ids and with other values for `changes`."""
    columns = [column for column in table.__table__.columns if column.name != "id"]
    values = [changes.get(column.name, column) for column in columns]
    chosen = rows.with_only_columns(*values, maintain_column_froms=True)
    db.session.execute(insert(table).from_select([column.name for column in columns], chosen))


def copy_trackers(model_id: int, owner_ids: Sequence[int]) -> None:
    """Give people without trackers those that the model owns, with choices and last values."""
    mine, theirs = aliased(Tracker), aliased(Tracker)
    same = and_(
        mine.owner_id == model_id, theirs.owner_id.in_(owner_ids), theirs.name_key == mine.name_key
    )
    # Their choices are not there yet, so the last one is filled in below.
    copy_rows(
        Tracker,
        {"owner_id": User.id, "last_choice_id": literal(None)},
        select(Tracker.id)
        .join(User, User.id.in_(owner_ids))
        .where(Tracker.owner_id == model_id)
        .order_by(User.id, Tracker.id),
    )
    copy_rows(
        UserTracker,
        {"user_id": theirs.owner_id, "tracker_id": theirs.id},
        select(UserTracker.id)
        .join(mine, mine.id == UserTracker.tracker_id)
        .join(theirs, same)
        .where(UserTracker.user_id == model_id),
    )
    copy_rows(
        TrackerChoice,
        {"tracker_id": theirs.id},
        select(TrackerChoice.id).join(mine, mine.id == TrackerChoice.tracker_id).join(theirs, same),
    )
    _choose_as(model_id, owner_ids)


def _choose_as(model_id: int, owner_ids: Sequence[int]) -> None:
    """Their last choice is the one that is called as the model's."""
    mine = aliased(Tracker)
    chosen, said = aliased(TrackerChoice), aliased(TrackerChoice)
    last = (
        select(chosen.id)
        .join(said, said.label_key == chosen.label_key)
        .join(mine, mine.last_choice_id == said.id)
        .where(
            chosen.tracker_id == Tracker.id,
            mine.owner_id == model_id,
            mine.name_key == Tracker.name_key,
        )
        .scalar_subquery()
    )
    db.session.execute(
        update(Tracker)
        .where(Tracker.owner_id.in_(owner_ids), Tracker.kind == "multiple_choice")
        .values(last_choice_id=last)
        .execution_options(synchronize_session=False)
    )
