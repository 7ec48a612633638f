"""Which days a report is about, and what they are called: a month, quarter, year, or a range.

Pure. "2026-10", "2026-Q3", "2026" and "2026-01-03..2026-02-04" are how a period is written.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from application.insights.ranges import Span
from application.logs.days import EARLIEST, SAY_AHEAD, SAY_EARLY

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LONGEST_YEARS: Final = 10

SAY_PERIOD: Final = "Write a month like 2026-10, a quarter like 2026-Q3, or a year like 2026."
SAY_FUTURE: Final = "These days are still ahead. Choose days that have begun."
SAY_LONG: Final = "A report covers at most 10 years. Choose fewer days."
SAY_ORDER: Final = "The first day comes after the last one."

Noun = Literal["month", "quarter", "year", "stretch", "day"]
DAY: Final = timedelta(days=1)
A_YEAR: Final = timedelta(days=366)


class BadPeriod(ValueError):
    """There is no report of these days; `field` is the one to look at: period, from or to."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to `last` under the name they have as a whole."""

    text: str
    noun: Noun
    first: date
    last: date

    @property
    def name(self) -> str:
        """As a sentence says it: October, July to September, 2026, 3 to 19 October."""
        if self.noun == "month":
            return MONTHS[self.first.month - 1]
        if self.noun == "quarter":
            return f"{MONTHS[self.first.month - 1]} to {MONTHS[self.last.month - 1]}"
        if self.noun == "year":
            return str(self.first.year)
        return days_between(self.first, self.last, year=self.first.year != self.last.year)

    @property
    def title(self) -> str:
        """With its year: October 2026, 3 to 19 October 2026."""
        if self.noun in ("month", "quarter"):
            return f"{self.name} {self.first.year}"
        return self.name if self.noun == "year" else days_between(self.first, self.last)

    def before(self) -> "Period":
        """The month, quarter or year before this one; of a range as many days before it."""
        eve = self.first - DAY
        if self.noun in ("month", "quarter", "year"):
            return _named(self.noun, eve)
        many = (self.last - self.first).days
        return between(eve - timedelta(days=many), eve)

    def before_name(self) -> str:
        """What changes are measured against: September, 2025, the 17 days before."""
        if self.noun in ("month", "year", "quarter"):
            return self.before().name
        many = (self.last - self.first).days + 1
        return "the day before" if many == 1 else f"the {many:,} days before"

    def than(self, *, so_far: bool = False) -> str:
        """As it follows "more Walk than": in September, from April to June."""
        if so_far:
            return f"in the same days of {self.before_name()}"
        if self.noun == "day":
            return f"on {self.before_name()}"
        return f"{'from' if self.noun == 'quarter' else 'in'} {self.before_name()}"

    def so_far(self, today: date) -> bool:
        """Whether it is a month, quarter or year that is not over yet."""
        return self.noun in ("month", "quarter", "year") and self.last >= today

    def called(self, today: date) -> str:
        """Its name, with the year where it lies more than a year back."""
        return self.title if today - self.last > A_YEAR else self.name

    def until(self, today: date) -> Span:
        """Its days that have begun."""
        return Span(self.first, min(self.last, today))

    def compared(self, today: date) -> Span:
        """The days before it that it is measured against: as many of them as have begun of it."""
        past, days = self.before(), self.until(today).days
        last = past.first + timedelta(days=days - 1) if self.so_far(today) else past.last
        return Span(past.first, min(last, past.last))


def read(text: str, today: date) -> Period:
    """The period that is written so. Raises BadPeriod, for one that has not begun too."""
    if ".." in text:
        first, _, last = text.partition("..")
        return check(between(_day(first), _day(last)), today, "from")
    for noun, pattern in (
        ("month", "([0-9]{4})-(0[1-9]|1[0-2])"),
        ("quarter", "([0-9]{4})-Q([1-4])"),
        ("year", "([0-9]{4})"),
    ):
        if found := re.fullmatch(pattern, text):
            year = int(found[1])
            if not EARLIEST.year <= year <= 9998:
                raise BadPeriod("period", SAY_EARLY if year < EARLIEST.year else SAY_FUTURE)
            month = int(found[2]) if noun == "month" else 1
            month = 3 * int(found[2]) - 2 if noun == "quarter" else month
            return check(_named(noun, date(year, month, 1)), today, "period")  # type: ignore[arg-type]
    raise BadPeriod("period", SAY_PERIOD)


def between(first: date, last: date) -> Period:
    """The days from the one to the other, as a range of one's own."""
    return Period(f"{first}..{last}", "day" if first == last else "stretch", first, last)


def month_of(day: date) -> Period:
    """The month that `day` lies in."""
    return _named("month", day)


def check(period: Period, today: date, field: str) -> Period:
    """The period itself. Raises BadPeriod when there can be no report of it."""
    if period.first > today:
        raise BadPeriod(field, SAY_FUTURE if field == "period" else SAY_AHEAD)
    if field == "from":
        if period.first < EARLIEST:
            raise BadPeriod("from", SAY_EARLY)
        if period.last > today:
            raise BadPeriod("to", SAY_AHEAD)
        if period.first > period.last:
            raise BadPeriod("from", SAY_ORDER)
        first = period.first
        if (period.last.year - first.year, period.last.month, period.last.day) >= (
            LONGEST_YEARS, first.month, first.day,
        ):  # fmt: skip
            raise BadPeriod("from", SAY_LONG)
    return period


def say_day(day: date, *, year: bool = False) -> str:
    """Sunday 18 October."""
    said = f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"
    return f"{said} {day.year}" if year else said


def days_between(first: date, last: date, *, year: bool = True) -> str:
    """3 to 19 October 2026, naming month and year once where they are the same."""
    end = f"{last.day} {MONTHS[last.month - 1]}" + (f" {last.year}" if year else "")
    if first == last:
        return end
    start = str(first.day)
    if (first.year, first.month) != (last.year, last.month):
        start += f" {MONTHS[first.month - 1]}"
    if first.year != last.year and year:
        start += f" {first.year}"
    return f"{start} to {end}"


def _named(noun: Noun, day: date) -> Period:
    if noun == "year":
        return Period(f"{day.year}", noun, date(day.year, 1, 1), date(day.year, 12, 31))
    months = 3 if noun == "quarter" else 1
    start = (day.month - 1) // months * months + 1
    after = start + months
    end = date(day.year + after // 13, (after - 1) % 12 + 1, 1) - DAY
    quarter = f"Q{(start + 2) // 3}"
    text = f"{day.year}-{quarter}" if noun == "quarter" else f"{day.year}-{day.month:02}"
    return Period(text, noun, date(day.year, start, 1), end)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadPeriod("period", SAY_PERIOD) from None
