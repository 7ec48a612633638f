"""The shapes in which figures leave."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

from application.insights.ranges import RangeName

Number = int | float


class _Stats(BaseModel):
    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True)

    range: RangeName | None
    from_: date = Field(alias="from")
    to: date
    days: int
    days_logged: int
    count: int


class DayTotals(BaseModel):
    """The same figures of what the days with an entry add up to."""

    min: Number | None
    max: Number | None
    mean: Number | None
    median: Number | None


class NumberStats(_Stats):
    """Figures of single entries, null without one; durations are seconds."""

    kind: Literal["numerical", "time_duration"]
    min: Number | None
    max: Number | None
    mean: Number | None
    median: Number | None
    total: Number
    by_day: DayTotals


class AnswerStats(_Stats):
    """Entries that say yes and no, the share of yes (0 to 1), days in a row with a yes."""

    kind: Literal["boolean"]
    yes: int
    no: int
    share: Number | None
    yes_days: int
    no_days: int
    streak: int
    best_streak: int


class ChoiceCount(BaseModel):
    """How often a choice was the answer, and on how many days."""

    label: str
    archived: bool
    count: int
    days: int


class ChoiceStats(_Stats):
    """Every choice on offer or used in these days, in its order."""

    kind: Literal["multiple_choice"]
    choices: list[ChoiceCount]
    most_used: list[str]
    least_used: list[str]


class StatsOut(
    RootModel[Annotated[NumberStats | AnswerStats | ChoiceStats, Field(discriminator="kind")]]
):
    """What the values of a tracker say in a range of days; by kind."""


class DayOut(BaseModel):
    """A day: how many entries, their sum, or whether one said yes, or the last choice.

    `counts` is how often each choice was the answer that day.
    """

    day: date
    count: int
    value: bool | int | float | str | None
    mean7: Number | None
    counts: dict[str, int] | None = None


class DayList(BaseModel):
    """Every day of a range, oldest first."""

    items: list[DayOut]
    next: None = None
