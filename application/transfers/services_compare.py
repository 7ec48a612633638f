"""Comparing a staged file with what is here, by walking along both in the same order.

A line is the same when tracker, moment (or date), value and note are; a value that stands there
n times here is the same n times. A line that brings a day's only value is in conflict when the
day has another one here. Memory holds one moment or one day, whatever the sizes.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import Any, Final

from application.platform.extensions import db
from application.trackers import kinds
from application.trackers.kinds import Kind
from application.transfers import queries
from application.transfers.queries import Ours
from application.transfers.services_stage import (
    EPOCH,
    MICROSECOND,
    Outcome,
    Stage,
    StagedRow,
    StagedTracker,
    micros,
)

BATCH: Final = 5000
BEAT: Final = 50_000

Found = tuple[int, str | None, int]
Same = tuple[float | None, int | None, str]


def compare(stage: Stage, import_id: int, beat: Callable[[], None]) -> None:
    """Give every staged line of a tracker that is here its outcome; the others stay new."""
    with db.engine.connect() as connection:
        for tracker in stage.trackers():
            if tracker.tracker_id is None:
                continue
            ids = {staged: ours for staged, _, ours in stage.choices(tracker.id)}
            labels = {ours: label for _, label, ours in stage.choices(tracker.id)}
            for found in (
                _by_moment(stage, tracker, import_id, connection, ids, beat),
                _by_day(stage, tracker, import_id, connection, ids, labels, beat),
            ):
                _store(stage, found)


def _told(rows: Iterator[StagedRow], beat: Callable[[], None]) -> Iterator[StagedRow]:
    """The rows, with a sign of life now and then, whether they are found or not."""
    for count, row in enumerate(rows, 1):
        if count % BEAT == 0:
            beat()
        yield row


def _store(stage: Stage, found: Iterable[Found]) -> None:
    batch: list[Found] = []
    for outcome in found:
        batch.append(outcome)
        if len(batch) >= BATCH:
            stage.set_outcomes(batch)
            batch = []
    stage.set_outcomes(batch)


def _key(row: StagedRow, ids: dict[int, int | None]) -> Same:
    choice = None if row.choice is None else ids.get(row.choice) or -row.choice
    return row.value, choice, row.note


def _together(
    rows_since: Callable[[int], Iterator[StagedRow]],
    row_at: Callable[[StagedRow], int],
    ours: Iterator[Ours],
    ours_at: Callable[[Ours], int],
) -> Iterator[tuple[list[Ours], Iterator[StagedRow]]]:
    """Lines of the file with what is here at the same moment or day; both come in order.

    Only the part of the file is read where something is here, none of it for a new tracker.
    """
    waiting = next(ours, None)
    if waiting is None:
        return
    for at, group in groupby(rows_since(ours_at(waiting)), row_at):
        while waiting is not None and ours_at(waiting) < at:
            waiting = next(ours, None)
        if waiting is None:
            return
        here = []
        while waiting is not None and ours_at(waiting) == at:
            here.append(waiting)
            waiting = next(ours, None)
        yield here, group


def _by_moment(
    stage: Stage,
    tracker: StagedTracker,
    import_id: int,
    connection: Any,
    ids: dict[int, int | None],
    beat: Callable[[], None],
) -> Iterator[Found]:
    bounds = stage.bounds(tracker.id, timed=True)
    if bounds is None or tracker.tracker_id is None:
        return
    first, last = (EPOCH + at * MICROSECOND for at in bounds)
    ours = queries.stream_by_moment(connection, tracker.tracker_id, import_id, first, last)
    pairs = _together(
        lambda at: _told(stage.rows_since(tracker.id, at, timed=True), beat),
        lambda row: row.at,
        ours,
        lambda log: micros(log.logged_at),
    )
    for here, group in pairs:
        if here:
            yield from _nth(here, group, ids)


def _nth(
    here: list[Ours], group: Iterable[StagedRow], ids: dict[int, int | None]
) -> Iterator[Found]:
    left = Counter((log.value, log.choice_id, log.note) for log in here)
    for row in group:
        key = _key(row, ids)
        if left[key] > 0:
            left[key] -= 1
            yield Outcome.SAME, None, row.line


def _by_day(
    stage: Stage,
    tracker: StagedTracker,
    import_id: int,
    connection: Any,
    ids: dict[int, int | None],
    labels: dict[int | None, str],
    beat: Callable[[], None],
) -> Iterator[Found]:
    bounds = stage.bounds(tracker.id, timed=False)
    if bounds is None or tracker.tracker_id is None:
        return
    first, last = map(date.fromordinal, bounds)
    # A source that knows times as well does not say that a day has only this value.
    one_a_day = stage.bounds(tracker.id, timed=True) is None and stage.has_one_a_day(tracker.id)
    ours = queries.stream_by_day(connection, tracker.tracker_id, import_id, first, last)
    pairs = _together(
        lambda day: _told(stage.rows_since(tracker.id, day, timed=False), beat),
        lambda row: row.day,
        ours,
        lambda log: log.local_day.toordinal(),
    )
    for here, group in pairs:
        if not here:
            continue
        if one_a_day:
            yield from (_only(here, row, ids, tracker, labels) for row in group)
        else:
            yield from _nth([log for log in here if not log.timed], group, ids)


def _only(
    here: list[Ours],
    row: StagedRow,
    ids: dict[int, int | None],
    tracker: StagedTracker,
    labels: dict[int | None, str],
) -> Found:
    """A day's only value in the file; a note it does not bring is no difference."""
    value, choice, note = _key(row, ids)
    for log in here:
        if (log.value, log.choice_id) == (value, choice) and note in ("", log.note):
            return Outcome.SAME, None, row.line
    said = [
        kinds.say(Kind(tracker.kind), log.value, tracker.unit, labels.get(log.choice_id))
        for log in here[:3]
    ]
    more = ["…"] if len(here) > 3 else []
    return Outcome.CONFLICT, ", ".join(said + more), row.line
