"""What imports do to trackers: add the choices a file names, and take back what they made."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, exists, select

from application.platform.extensions import db
from application.platform.texts import key
from application.trackers import queries
from application.trackers.models import CHOICE_LENGTH, TrackerChoice
from application.trackers.services import touch


def label_key(label: str) -> str:
    """What makes two labels the same."""
    return key(label, CHOICE_LENGTH * 3)


def add_choices(tracker_id: int, labels: Sequence[str]) -> tuple[dict[str, int], list[int]]:
    """Add the labels the tracker lacks, at its end: all ids by folded label, and the new ids."""
    known = {choice.label_key: choice.id for choice in queries.list_choices(tracker_id)}
    new = []
    for label in labels:
        if (folded := label_key(label)) not in known:
            choice = TrackerChoice(
                tracker_id=tracker_id, label=label, label_key=folded, position=len(known)
            )
            db.session.add(choice)
            db.session.flush()
            known[folded] = choice.id
            new.append(choice.id)
    if new:
        touch(tracker_id)
    return known, new


def drop_unused(choice_ids: Iterable[int], used: type) -> None:
    """Delete those choices that no row of `used` (a model with `choice_id`) points to."""
    for choice_id in choice_ids:
        tracker_id = db.session.scalar(
            select(TrackerChoice.tracker_id).where(TrackerChoice.id == choice_id)
        )
        if tracker_id is None:
            continue
        db.session.execute(
            delete(TrackerChoice)
            .where(TrackerChoice.id == choice_id)
            .where(~exists().where(used.choice_id == TrackerChoice.id))  # type: ignore[attr-defined]
            .execution_options(synchronize_session=False)
        )
        touch(tracker_id)
