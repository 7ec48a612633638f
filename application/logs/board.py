"""What the dashboard, Today and the trash show: trackers put together with their logs."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from application.logs import cards, queries
from application.logs.days import to_micros
from application.logs.models import Log
from application.logs.queries import DayFigures
from application.logs.schemas import (
    CardDay,
    LogOut,
    TodayItem,
    TodayOut,
    TrashItem,
    TrashPage,
)
from application.logs.services_trash import KEPT
from application.trackers import kinds
from application.trackers import queries as trackers
from application.trackers.kinds import Kind
from application.trackers.models import Role, Tracker
from application.trackers.queries import Shown, State
from application.trackers.schemas import TrackerOut

WEEK: Final = 7
Days = dict[tuple[int, date], DayFigures]


def week_ending(day: date) -> list[date]:
    """The seven days that end with `day`, oldest first."""
    return [day - timedelta(days=back) for back in reversed(range(WEEK))]


def find_tracker(owner_id: int, tracker_id: int) -> TrackerOut:
    """One tracker with all that is known of it. Raises NotFound."""
    shown = trackers.find_shown(owner_id, tracker_id)
    of_choices = Kind(shown.tracker.kind) is Kind.MULTIPLE_CHOICE
    choices = trackers.list_choices(tracker_id) if of_choices else []
    uses = queries.count_uses(tracker_id) if of_choices else None
    return TrackerOut.of(shown, choices, uses, log_count=queries.count_logs(tracker_id))


def list_trackers(
    owner_id: int, state: State, after: tuple[int, int] | None, limit: int, today: date
) -> bytes:
    """The asker's trackers in that state with their last week: a `TrackerPage` as JSON."""
    return cards.list_trackers(owner_id, state, after, limit, week_ending(today))


def _with_choices(page: Sequence[Shown]) -> list[int]:
    return [s.tracker.id for s in page if Kind(s.tracker.kind) is Kind.MULTIPLE_CHOICE]


def _days(tracker: Tracker, week: Sequence[date], days: Days) -> list[CardDay]:
    kind = Kind(tracker.kind)
    return [CardDay.of(day, kind, days.get((tracker.id, day))) for day in week]


def show_day(owner_id: int, day: date, today: date, day_starts_at: int) -> TodayOut:
    """What the asker can log on `day`: five statements, however many trackers there are.

    Trackers shared to look at are left out, for there is nothing to do about them here.
    """
    page = trackers.list_shown(owner_id, at_least=Role.EDITOR)
    week = week_ending(today)
    ids = [shown.tracker.id for shown in page]
    choices = trackers.choices_of(_with_choices(page))
    days = queries.list_days(ids, week[0], week[-1])
    entries = queries.list_day(ids, day)
    values = queries.list_last_values(
        [
            s.tracker.id
            for s in page
            if Kind(s.tracker.kind) is Kind.NUMERICAL and not s.tracker.step
        ]
    )
    items = [
        TodayItem.of(
            shown,
            choices[shown.tracker.id],
            last_days=_days(shown.tracker, week, days),
            entries=[LogOut.of(entry) for entry in entries[shown.tracker.id]],
            **_usual(shown.tracker, values.get(shown.tracker.id, [])),
        )
        for shown in page
    ]
    return TodayOut.model_construct(
        day=day,
        today=today,
        until=f"{day_starts_at:02}:00" if day_starts_at else None,
        days=week,
        logged=sum(bool(item.entries) for item in items),
        items=items,
    )


def _usual(tracker: Tracker, values: Sequence[float]) -> dict[str, Any]:
    kind = Kind(tracker.kind)
    step = None
    if kind is Kind.NUMERICAL:
        step = kinds.answer(kind, tracker.step or kinds.usual_step(values), None)
    measured = kind in (Kind.NUMERICAL, Kind.TIME_DURATION)
    usual = kinds.answer(kind, tracker.last_value, None) if measured else None
    return {"step_used": step, "usual": usual}


TRACKERS_FIRST: Final = {"tracker": 1, "log": 0}  # of what was deleted at one instant
ALL_LOGS: Final = 2**62
ALL_TRACKERS: Final = 2**31 - 1


def list_trash(owner_id: int, after: tuple[datetime, int, int] | None, limit: int) -> TrashPage:
    """What the asker may put back, last deleted first; `after` is (deleted_at, rank, id)."""
    below: list[tuple[datetime, int] | None] = [None, None]
    if after is not None:
        when, rank, last = after
        below = [(when, ALL_LOGS if rank else last), (when, min(last, ALL_TRACKERS) if rank else 0)]
    logs = queries.list_trash(owner_id, below[0], limit + 1)
    gone = trackers.list_trash(owner_id, below[1], limit + 1)
    counts = queries.counts_of([tracker.id for tracker in gone])
    found = [_trashed_log(*row) for row in logs]
    found += [_trashed_tracker(tracker, counts.get(tracker.id, 0)) for tracker in gone]
    found.sort(key=_order, reverse=True)
    more = len(found) > limit
    found = found[:limit]
    return TrashPage(items=found, next=_cursor(found[-1]) if more else None)


def _order(item: TrashItem) -> tuple[datetime, int, int]:
    return item.deleted_at, TRACKERS_FIRST[item.type], item.id


def _cursor(item: TrashItem) -> str:
    when, rank, item_id = _order(item)
    return f"{to_micros(when)}.{rank}.{item_id}"


def _trashed_log(log: Log, name: str, kind: str, label: str | None) -> TrashItem:
    assert log.deleted_at is not None
    return TrashItem(
        type="log",
        id=log.id,
        tracker_id=log.tracker_id,
        name=name,
        kind=Kind(kind),
        value=kinds.answer(Kind(kind), log.value, label),
        logged_at=log.logged_at,
        deleted_at=log.deleted_at,
        gone_at=log.deleted_at + KEPT,
    )


def _trashed_tracker(tracker: Tracker, log_count: int) -> TrashItem:
    assert tracker.deleted_at is not None
    return TrashItem(
        type="tracker",
        id=tracker.id,
        tracker_id=tracker.id,
        name=tracker.name,
        kind=Kind(tracker.kind),
        log_count=log_count,
        deleted_at=tracker.deleted_at,
        gone_at=tracker.deleted_at + KEPT,
    )
