"""Writes of choices: add, rename, reorder, archive; one that is in use is never deleted.

Who logged what stands in a higher domain, so its count is handed down as `count_uses`: a function
from the tracker's id to uses by choice id. It is called under the tracker's lock.
"""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import update as sql_update

from application.platform.clock import now
from application.platform.errors import Conflict, FieldError, Invalid, NotFound
from application.platform.extensions import db
from application.platform.texts import key
from application.trackers.kinds import Kind
from application.trackers.models import (
    CHOICE_LENGTH,
    MOST_CHOICES,
    Role,
    Tracker,
    TrackerChoice,
)
from application.trackers.queries import find_tracker, list_choices
from application.trackers.schemas import SAY_OF_CHOICE
from application.trackers.services import touch

CountUses = Callable[[int], Mapping[int, int]]


def label_key(label: str) -> str:
    """What makes two labels the same."""
    return key(label, CHOICE_LENGTH * 3)


def _open(owner_id: int, tracker_id: int) -> tuple[Tracker, list[TrackerChoice]]:
    tracker = find_tracker(owner_id, tracker_id, Role.OWNER, lock=True)
    if Kind(tracker.kind) is not Kind.MULTIPLE_CHOICE:
        raise Conflict(SAY_OF_CHOICE)
    return tracker, list(list_choices(tracker_id))


def _close(tracker: Tracker) -> None:
    tracker.version += 1
    db.session.flush()
    touch(tracker.id)


def _find(choices: Sequence[TrackerChoice], choice_id: int) -> TrackerChoice:
    for choice in choices:
        if choice.id == choice_id:
            return choice
    raise NotFound


def _alike(choices: Sequence[TrackerChoice], label: str) -> TrackerChoice | None:
    wanted = label_key(label)
    return next((choice for choice in choices if choice.label_key == wanted), None)


def add(owner_id: int, tracker_id: int, label: str) -> TrackerChoice:
    """A new choice at the end; an archived one of that name is offered again instead.

    Raises NotFound, Conflict when the tracker has no choices, Invalid when it is there or full.
    """
    tracker, choices = _open(owner_id, tracker_id)
    choice = _alike(choices, label)
    if choice is not None and choice.archived_at is None:
        raise Invalid.field("label", f"You already have a choice called {choice.label}.")
    if sum(c.archived_at is None for c in choices) >= MOST_CHOICES:
        raise Invalid.field("label", f"A tracker has at most {MOST_CHOICES:,} choices.")
    if choice is None:
        choice = TrackerChoice(tracker_id=tracker_id, label_key=label_key(label))
        db.session.add(choice)
    choice.label = label
    choice.archived_at = None
    choice.position = max((c.position for c in choices), default=-1) + 1
    _close(tracker)
    return choice


def replace(
    owner_id: int,
    tracker_id: int,
    wanted: Sequence[tuple[int | None, str]],
    count_uses: CountUses,
) -> list[TrackerChoice]:
    """Make (id or None, label) the whole list, in that order; the others go as `remove` says.

    Raises NotFound, Conflict, and Invalid naming the places with an id that is not there.
    """
    tracker, choices = _open(owner_id, tracker_id)
    known = {choice.id: choice for choice in choices}
    if unknown := [n for n, (choice_id, _) in enumerate(wanted) if choice_id not in {None, *known}]:
        raise Invalid.field(f"choices.{unknown[0]}.id", "There is no such choice here.")
    named = {choice_id for choice_id, _ in wanted}
    kept = []
    for choice_id, label in wanted:
        choice = known.get(choice_id) if choice_id else None
        if choice is None:
            alike = _alike(choices, label)
            choice = alike if alike is not None and alike.id not in named else None
        kept.append(choice or TrackerChoice(tracker_id=tracker_id))
    gone = [choice for choice in choices if choice not in kept]
    uses = count_uses(tracker_id) if gone else {}
    _check_free([choice for choice in gone if uses.get(choice.id)], [label for _, label in wanted])
    _drop(gone, uses)
    _set_labels(kept, [label for _, label in wanted])
    for position, left in enumerate(choice for choice in gone if choice in db.session):
        left.position = len(kept) + position
    _close(tracker)
    return list(list_choices(tracker_id))


def _check_free(staying: Sequence[TrackerChoice], labels: Sequence[str]) -> None:
    # A choice that is left out but in use keeps its name, so no other can take it.
    wrong = [
        FieldError(f"choices.{place}.label", f"{alike.label} has entries, so it keeps its name.")
        for place, label in enumerate(labels)
        if (alike := _alike(staying, label)) is not None
    ]
    if wrong:
        raise Invalid(errors=wrong)


def _set_labels(choices: Sequence[TrackerChoice], labels: Sequence[str]) -> None:
    # Two choices may swap their names, so the old keys have to make room first.
    changing = [
        choice.id
        for choice, label in zip(choices, labels, strict=True)
        if choice.id and choice.label_key != label_key(label)
    ]
    for choice_id in changing:
        db.session.execute(
            sql_update(TrackerChoice)
            .where(TrackerChoice.id == choice_id)
            .values(label_key=f"\x01{choice_id}")
            .execution_options(synchronize_session=False)
        )
    for position, (choice, label) in enumerate(zip(choices, labels, strict=True)):
        choice.label, choice.label_key = label, label_key(label)
        choice.position, choice.archived_at = position, None
    db.session.add_all(choices)
    db.session.flush()


def _drop(choices: Sequence[TrackerChoice], uses: Mapping[int, int]) -> None:
    for choice in choices:
        if uses.get(choice.id):
            choice.archived_at = choice.archived_at or now()
        else:
            db.session.delete(choice)
    db.session.flush()


def change(
    owner_id: int,
    tracker_id: int,
    choice_id: int,
    *,
    label: str | None = None,
    position: int | None = None,
    archived: bool | None = None,
) -> TrackerChoice:
    """Rename, move (place from 0) or archive a choice. Raises NotFound, Conflict and Invalid."""
    tracker, choices = _open(owner_id, tracker_id)
    choice = _find(choices, choice_id)
    if label is not None:
        alike = _alike(choices, label)
        if alike is not None and alike is not choice:
            raise Invalid.field("label", f"You already have a choice called {alike.label}.")
        choice.label, choice.label_key = label, label_key(label)
    if archived is not None:
        choice.archived_at = (choice.archived_at or now()) if archived else None
    if position is not None:
        others = [other for other in choices if other is not choice]
        others.insert(position, choice)
        for place, moved in enumerate(others):
            moved.position = place
    _close(tracker)
    return choice


def remove(
    owner_id: int, tracker_id: int, choice_id: int, count_uses: CountUses
) -> tuple[TrackerChoice, int]:
    """Delete an unused choice, archive a used one; the choice and its uses. Raises NotFound."""
    tracker, choices = _open(owner_id, tracker_id)
    choice = _find(choices, choice_id)
    uses = count_uses(tracker_id)
    _drop([choice], uses)
    _close(tracker)
    return choice, uses.get(choice_id, 0)
