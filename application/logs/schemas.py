"""Shapes of logs: what comes in, and what goes out."""

from datetime import date, datetime, timedelta, timezone
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, WithJsonSchema

from application.logs.models import NOTE_LENGTH
from application.logs.queries import DayFigures, Entry
from application.platform.texts import prose
from application.trackers import kinds
from application.trackers.kinds import Kind
from application.trackers.schemas import Answer, Given, TrackerOut
from application.trackers.schemas_choices import In


def _sort_of_value(raw: Any) -> Any:
    if not isinstance(raw, bool | int | float | str):
        raise ValueError("Write a value.")
    return raw


Value = Annotated[
    Any,
    BeforeValidator(_sort_of_value),
    WithJsonSchema({"anyOf": [{"type": kind} for kind in ("number", "boolean", "string")]}),
]
Note = Annotated[str, AfterValidator(lambda text: prose(text, NOTE_LENGTH))]


class LogIn(In):
    """A new entry; without `logged_at` it is now."""

    value: Value
    logged_at: str | None = None
    note: Note = ""


class LogPut(In):
    """What replaces an entry's fields."""

    value: Value
    logged_at: str
    note: Note = ""


class LogPatch(In):
    """What changes of an entry."""

    value: Value = Field(default_factory=str)  # a default that api.yaml does not show
    logged_at: str = ""
    note: Note = ""


class LogOut(BaseModel):
    """An entry. `logged_at` shows the wall clock of its writer; `by` is null for former members."""

    id: int
    tracker_id: int
    kind: Kind
    value: Given
    choice_id: int | None
    logged_at: datetime
    local_day: date
    timed: bool
    note: str
    by: str | None
    source: str
    version: int
    deleted_at: datetime | None

    @classmethod
    def of(cls, entry: Entry) -> "LogOut":
        """The entry as it is shown."""
        log = entry.log
        zone = timezone(timedelta(minutes=log.utc_offset))
        return cls(
            id=log.id,
            tracker_id=log.tracker_id,
            kind=entry.kind,
            # Every entry has a value or a choice; only days may be without.
            value=cast(Given, kinds.answer(entry.kind, log.value, entry.label)),
            choice_id=log.choice_id,
            logged_at=log.logged_at.astimezone(zone),
            local_day=log.local_day,
            timed=log.timed,
            note=log.note,
            by=entry.by,
            source=log.source,
            version=log.version,
            deleted_at=log.deleted_at,
        )


class LogPage(BaseModel):
    """A page of entries, newest first; `next` goes into `?after=`."""

    items: list[LogOut]
    next: str | None


class CardDay(BaseModel):
    """One day of a tracker: a sum (numbers, durations) or the last answer; null without entry."""

    day: date
    count: int
    value: Answer

    @classmethod
    def of(cls, day: date, kind: Kind, figures: DayFigures | None) -> "CardDay":
        """The day as it is shown."""
        if figures is None:
            return cls(day=day, count=0, value=None)
        summed = kind in (Kind.NUMERICAL, Kind.TIME_DURATION)
        value = figures.total if summed else figures.last
        if summed and value is not None:
            value = float(f"{value:.15g}")  # 0.1 + 0.2 is 0.3 to a person
        answer = kinds.answer(kind, value, figures.label)
        return cls(day=day, count=figures.count, value=answer)


class TrackerCard(TrackerOut):
    """A tracker in a list: with its last seven days, oldest first."""

    last_days: list[CardDay]


class TrackerPage(BaseModel):
    """A page of trackers in the asker's order; `next` goes into `?after=`."""

    items: list[TrackerCard]
    next: str | None


class TodayItem(TrackerCard):
    """A tracker on Today: the step of + and -, the usual value, the chosen day's entries."""

    step_used: int | float | None
    usual: Answer
    entries: list[LogOut]


class TodayOut(BaseModel):
    """Everything to log on a day; `until` is the hour at which the day ends, if not midnight."""

    day: date
    today: date
    until: str | None
    days: list[date]
    logged: int
    items: list[TodayItem]


class TrashItem(BaseModel):
    """Something in the trash; at `gone_at` it is erased. `id` is the tracker's or the log's."""

    type: Literal["tracker", "log"]
    id: int
    tracker_id: int
    name: str
    kind: Kind
    value: Answer = None
    logged_at: datetime | None = None
    log_count: int | None = None
    deleted_at: datetime
    gone_at: datetime


class TrashPage(BaseModel):
    """A page of the trash, last deleted first; `next` goes into `?after=`."""

    items: list[TrashItem]
    next: str | None
