"""Which days a question is about: the last 30, all of them, or from here to there. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from application.logs.days import EARLIEST, SAY_AHEAD, SAY_EARLY

RangeName = Literal["7d", "30d", "90d", "1y", "all"]

LENGTHS: Final[dict[RangeName, int]] = {"7d": 7, "30d": 30, "90d": 90, "1y": 365}
USUAL: Final[RangeName] = "30d"

SAY_BOTH: Final = "Say either a range or from and to."
SAY_FROM: Final = "A range that ends needs its first day too: say from."
SAY_ORDER: Final = "The first day comes after the last one."


class BadRange(ValueError):
    """The days asked for are none; `field` is the parameter to look at."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Span:
    """The days from `first` to `last`, both counted; `name` is None for days chosen one by one."""

    first: date
    last: date
    name: RangeName | None = None

    @property
    def days(self) -> int:
        """How many days that is."""
        return (self.last - self.first).days + 1

    @property
    def eve(self) -> date:
        """The day before the last one."""
        return self.last - timedelta(days=1)


def resolve(
    name: RangeName | None,
    first: date | None,
    last: date | None,
    *,
    today: date,
    logged: tuple[date, date] | None,
) -> Span:
    """The days meant by a name, or by `first` and `last`; neither is the last 30 days.

    `today` is the asker's logical day, with which named ranges end. `logged` is the first and the
    last day with an entry: "all" begins with the first and reaches a last one that lies ahead,
    written by somebody further east. BadRange for days that are none.
    """
    if first is None and last is None:
        name = name or USUAL
        if name != "all":
            return Span(today - timedelta(days=LENGTHS[name] - 1), today, name)
        start, end = logged or (today, today)
        return Span(min(start, today), max(end, today), name)
    if name is not None:
        raise BadRange("range", SAY_BOTH)
    if first is None:
        raise BadRange("from", SAY_FROM)
    last = today if last is None else last
    for field, day in (("from", first), ("to", last)):
        if day < EARLIEST:
            raise BadRange(field, SAY_EARLY)
        if day > today + timedelta(days=1):
            raise BadRange(field, SAY_AHEAD)
    if first > last:
        raise BadRange("from", SAY_ORDER)
    return Span(first, last)
