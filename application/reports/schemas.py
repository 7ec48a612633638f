"""The shapes of reports: what is asked for, how one is shown in a list and read."""

import re
from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from application.logs.days import make_day
from application.platform.schemas import RowId
from application.reports.facts import Facts
from application.trackers.kinds import Kind
from application.trackers.schemas_choices import In

SAY_DAY = "Write a date like 2026-11-19."
SAY_WHICH = "Say which days: a period, or from and to."
SAY_EITHER = "Say either a period, or from and to."
SAY_TO = "Say to as well: the last day."
SAY_FROM = "Say from as well: the first day."


def _read_day(text: object) -> date:
    found = (
        re.fullmatch("([0-9]{4})-([0-9]{2})-([0-9]{2})", text) if isinstance(text, str) else None
    )
    if found is None:
        raise ValueError(SAY_DAY)
    return make_day(*map(int, found.groups()))


Day = Annotated[date, BeforeValidator(_read_day)]


class NewReport(In):
    """Which days (a period, or from and to), which trackers, and how.

    A period is a month (2026-10), a quarter (2026-Q3) or a year (2026).
    """

    period: Annotated[str, Field(max_length=32, pattern=r"^[^.]*$")] | None = None
    from_: Day | None = Field(None, alias="from")
    to: Day | None = None
    tracker_ids: Annotated[list[RowId], Field(min_length=1, max_length=1000)] | None = None
    format: Literal["html", "pdf"] | None = None
    paper: Literal["a4", "letter"] | None = None

    def days_wrong(self) -> tuple[str, str] | None:
        """The field and the sentence when the days are said twice, by half, or not at all."""
        if self.period is not None:
            twice = "from" if self.from_ else "to" if self.to else None
            return (twice, SAY_EITHER) if twice else None
        if self.from_ is None:
            return ("from", SAY_FROM) if self.to else ("period", SAY_WHICH)
        return None if self.to else ("to", SAY_TO)


class ReportOut(BaseModel):
    """A report in the list; `sentence` is its opening, null until it is made.

    `tracker_ids` are those asked for; null is all of them. At `gone_at` one in the trash is erased.
    """

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True)

    id: int
    title: str
    period: str
    from_: date = Field(alias="from")
    to: date
    format: Literal["html", "pdf"]
    paper: Literal["a4", "letter"]
    tracker_ids: list[int] | None
    state: Literal["queued", "running", "done", "failed"]
    sentence: str | None
    error: str | None
    scheduled: bool
    created_at: datetime
    made_at: datetime | None
    gone_at: datetime | None
    size: int | None
    job_id: int | None


class MarkOut(BaseModel):
    """A day of a tracker; `level` 0 to 4 is the step of its square, null without an entry."""

    model_config = ConfigDict(from_attributes=True)

    day: date
    value: float | None
    level: int | None


class RowOut(BaseModel):
    """A tracker's row; `chart` is the number of its picture, null where there is none."""

    model_config = ConfigDict(from_attributes=True)

    tracker_id: int
    name: str
    kind: Kind
    unit: str
    days_logged: int
    days: int
    figures: str
    change: str
    streak: int
    best_streak: int
    marks: list[MarkOut]
    means: list[float | None]
    bars: list[tuple[str, int]]
    alt: str
    note: str
    chart: int | None = None


class QuoteOut(BaseModel):
    """A note worth rereading."""

    model_config = ConfigDict(from_attributes=True)

    day: date
    tracker: str
    kind: Kind
    text: str


class FactsOut(BaseModel):
    """What a report says, in finished sentences."""

    model_config = ConfigDict(from_attributes=True)

    person: str
    zone: str
    period: str
    title: str
    before: str
    first: date
    last: date
    made_at: datetime
    run_ends: Literal["now", "at the end"]
    days: int
    days_logged: int
    sentence: str
    rows: list[RowOut]
    fullest: str
    lightest: str
    notes: list[QuoteOut]
    resting: list[str]
    counted: list[str]
    empty: bool

    @classmethod
    def of(cls, facts: Facts) -> Self:
        """The facts with the numbers of their pictures."""
        out = cls.model_validate(facts)
        number = 0
        for row in out.rows:
            if row.marks:
                number += 1
                row.chart = number
        return out


class ReportRead(ReportOut):
    """A report with what it says, and the finished ones beside it."""

    facts: FactsOut | None
    older: int | None
    newer: int | None


class ReportPage(BaseModel):
    """Reports, newest first; `next` goes into `?after=`."""

    items: list[ReportOut]
    next: int | None = None
