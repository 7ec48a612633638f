"""Writes of logs: record, edit, delete, restore, bulk insert; the newest value is kept true."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypedDict
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select

from application.logs import queries
from application.logs.days import BadWhen, When, logical_day, offset_minutes, parse_when
from application.logs.models import Fresh, Log
from application.logs.queries import Entry, find_log
from application.platform import database
from application.platform.clock import now
from application.platform.errors import FieldError, Invalid, LostRace
from application.platform.extensions import db
from application.platform.ready import Ready
from application.trackers import kinds
from application.trackers import services as trackers
from application.trackers.kinds import BadValue, Kind, Option, Reading
from application.trackers.models import Role, Tracker
from application.trackers.queries import Desk, as_options, find_desk, list_choices
from application.trackers.services import Last


@dataclass(frozen=True, slots=True)
class Moment:
    """When a log was, as it is stored."""

    logged_at: datetime
    utc_offset: int
    local_day: date
    timed: bool


class Row(TypedDict):
    """A log for `insert_many`: every column that is not made by the database."""

    tracker_id: int
    user_id: int | None
    logged_at: datetime
    utc_offset: int
    local_day: date
    timed: bool
    value: float | None
    choice_id: int | None
    note: str
    source: str
    import_id: int | None


_RECORD = Ready(
    insert(Log).returning(Log.id),
    columns=[
        "tracker_id",
        "user_id",
        "logged_at",
        "utc_offset",
        "local_day",
        "timed",
        "value",
        "choice_id",
        "note",
        "source",
        "version",
        "created_at",
    ],
)


def record(
    owner_id: int,
    tracker_id: int,
    raw: object,
    *,
    logged_at: str | None = None,
    note: str = "",
    source: str = "page",
) -> Entry:
    """Log `raw` (as kinds.read takes it) at `logged_at` (as days.parse_when takes it, else now).

    Raises NotFound, and Invalid naming both fields when both are wrong.
    """
    desk = find_desk(owner_id, tracker_id)
    reading, moment = _read_both(desk, desk.options, {"value": raw, "logged_at": logged_at})
    assert reading is not None
    present = now()
    moment = moment or _moment(When(present, None, timed=True), desk)
    last: Last = {
        "logged_at": moment.logged_at,
        "local_day": moment.local_day,
        "timed": moment.timed,
        "value": reading.value,
        "choice_id": reading.choice_id,
    }
    # Everything that will be shown is known here but the id: nothing is read back.
    new = Fresh(
        id=0,
        tracker_id=tracker_id,
        utc_offset=moment.utc_offset,
        note=note,
        source=source,
        **last,
    )
    row = {**new._asdict(), "user_id": owner_id, "created_at": present}
    ((log_id,),) = database.run(_RECORD, row)
    trackers.show_newer(tracker_id, last)
    trackers.touch(tracker_id)
    label = _label(desk.options, new.choice_id)
    return Entry(new._replace(id=log_id), desk.kind, label, desk.username)


def _options(tracker_id: int, kind: str) -> list[Option]:
    if Kind(kind) is not Kind.MULTIPLE_CHOICE:
        return []
    return as_options(list_choices(tracker_id))


def _label(options: Sequence[Option], choice_id: int | None) -> str | None:
    return next((option.label for option in options if option.id == choice_id), None)


def _moment(when: When, desk: Desk) -> Moment:
    zone = ZoneInfo(desk.timezone)
    day = when.day or logical_day(when.instant, zone, desk.day_starts_at)
    return Moment(when.instant, offset_minutes(when.instant, zone), day, when.timed)


def _read_both(
    desk: Desk, options: Sequence[Option], fields: Mapping[str, Any]
) -> tuple[Reading | None, Moment | None]:
    """What `value` and `logged_at` mean, where they are given. Raises Invalid naming both."""
    reading, moment, wrong = None, None, []
    if "value" in fields:
        try:
            reading = kinds.read(desk.kind, fields["value"], options)
        except BadValue as error:
            wrong.append(FieldError("value", str(error)))
    if fields.get("logged_at") is not None:
        try:
            when = parse_when(fields["logged_at"], ZoneInfo(desk.timezone), now=now())
            moment = _moment(when, desk)
        except BadWhen as error:
            wrong.append(FieldError("logged_at", str(error)))
    if wrong:
        raise Invalid(errors=wrong)
    return reading, moment


def check(owner_id: int, tracker_id: int, fields: Mapping[str, Any]) -> list[FieldError]:
    """What is wrong with `value` and `logged_at`, for answers that name every bad field at once."""
    desk = find_desk(owner_id, tracker_id)
    said = {name: fields[name] for name in ("value",) if name in fields}
    if isinstance(fields.get("logged_at"), str):
        said["logged_at"] = fields["logged_at"]
    try:
        _read_both(desk, desk.options, said)
    except Invalid as error:
        return list(error.errors)
    return []


def edit(
    owner_id: int, log_id: int, changes: Mapping[str, Any], if_match: int | None = None
) -> Entry:
    """Change value, logged_at or note; the day is decided anew only when the time changes.

    Raises NotFound, LostRace, and Invalid naming every field that is wrong.
    """
    log, found = find_log(owner_id, log_id, Role.EDITOR, lock=True)
    desk = find_desk(owner_id, log.tracker_id)
    options = desk.options
    _check_version(log, found.tracker, options, if_match)
    # An archived choice may stay where it is.
    offered = [Option(o.id, o.label, o.archived and o.id != log.choice_id) for o in options]
    reading, moment = _read_both(desk, offered, changes)
    if reading is not None:
        log.value, log.choice_id = reading.value, reading.choice_id
    if moment is not None and not _is_same(log, moment):
        log.logged_at, log.utc_offset = moment.logged_at, moment.utc_offset
        log.local_day, log.timed = moment.local_day, moment.timed
    log.note = changes.get("note", log.note)
    _settle(log, found.tracker)
    return queries.find_entry(log)


def _is_same(log: Log, moment: Moment) -> bool:
    if not moment.timed:
        return not log.timed and moment.local_day == log.local_day
    return moment.logged_at == log.logged_at


def _check_version(
    log: Log, tracker: Tracker, options: Sequence[Option], if_match: int | None
) -> None:
    if if_match is not None and if_match != log.version:
        label = _label(options, log.choice_id)
        said = kinds.say(Kind(tracker.kind), log.value, tracker.unit, label)
        raise LostRace(f"Changed elsewhere: {said} now.")


def _settle(log: Log, tracker: Tracker) -> None:
    """Count the log's change, keep the tracker's newest value true, tell everybody."""
    log.version += 1
    db.session.flush()
    _show_last(tracker, queries.find_newest(tracker.id))
    db.session.flush()
    trackers.touch(tracker.id)


def _show_last(tracker: Tracker, log: Log | None) -> None:
    tracker.last_logged_at = log.logged_at if log else None
    tracker.last_local_day = log.local_day if log else None
    tracker.last_timed = log.timed if log else True
    tracker.last_value = log.value if log else None
    tracker.last_choice_id = log.choice_id if log else None


def delete(owner_id: int, log_id: int, if_match: int | None = None) -> None:
    """Put the log into the trash for 30 days. Raises NotFound and LostRace."""
    log, found = find_log(owner_id, log_id, Role.EDITOR, lock=True)
    _check_version(log, found.tracker, _options(log.tracker_id, found.tracker.kind), if_match)
    log.deleted_at = now()
    _settle(log, found.tracker)


def restore(owner_id: int, log_id: int) -> Entry:
    """Take the log out of the trash. Raises NotFound."""
    log, found = find_log(owner_id, log_id, Role.EDITOR, lock=True, deleted=True)
    log.deleted_at = None
    _settle(log, found.tracker)
    return queries.find_entry(log)


def stop_timer(owner_id: int, tracker_id: int) -> Entry:
    """Stop the asker's timer and log the whole seconds it ran. Raises NotFound and Conflict."""
    started = trackers.take_timer(owner_id, tracker_id)
    seconds = max(0, round((now() - started).total_seconds()))
    return record(owner_id, tracker_id, seconds, source="timer")


# For imports and demo data: many rows, then `recount` once in the same transaction.


def insert_many(rows: Sequence[Row]) -> int:
    """Insert the rows as they are, all with the same columns; how many. Call `recount` after."""
    if rows:
        db.session.connection().execute(insert(Log), rows)
    return len(rows)


def recount(tracker_id: int) -> None:
    """Make the tracker's newest time and value true again, and tell everybody who sees it."""
    tracker = db.session.scalar(
        select(Tracker)
        .where(Tracker.id == tracker_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if tracker is not None:
        _show_last(tracker, queries.find_newest(tracker_id))
        db.session.flush()
        trackers.touch(tracker_id)
