"""One person's logs given to many, for measuring: one statement for all of them."""

from collections.abc import Sequence

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from application.logs.models import Log
from application.trackers.models import Tracker, TrackerChoice
from application.trackers.services_crowd import copy_rows


def copy_logs(model_id: int, owner_ids: Sequence[int]) -> None:
    """Give people the model's logs, in their trackers of the same names."""
    mine, theirs = aliased(Tracker), aliased(Tracker)
    said, chosen = aliased(TrackerChoice), aliased(TrackerChoice)
    copy_rows(
        Log,
        {"tracker_id": theirs.id, "user_id": theirs.owner_id, "choice_id": chosen.id},
        select(Log.id)
        .join(mine, mine.id == Log.tracker_id)
        .join(theirs, theirs.name_key == mine.name_key)
        .outerjoin(said, said.id == Log.choice_id)
        .outerjoin(chosen, and_(chosen.tracker_id == theirs.id, chosen.label_key == said.label_key))
        .where(mine.owner_id == model_id, theirs.owner_id.in_(owner_ids))
        # As life writes them: everybody's of one day beside each other, nobody's year in one piece.
        .order_by(Log.logged_at, theirs.id),
    )
