"""What a report says, before it is drawn: figures and finished sentences, to JSON and back.

All wording happens before rendering, so that mail, text, PDF and page say the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from application.trackers.kinds import Kind

FRESH: Final = timedelta(days=7)  # within which the last day of a report is "now"
NONE: Final = "."  # a day without an entry, in the stored row of levels


@dataclass(frozen=True, slots=True)
class Mark:
    """One day of a tracker: its value, and the step 0..4 of its calendar square."""

    day: date
    value: float | None  # None: no entry, or a choice, which is not a number
    level: int | None  # None: no entry


@dataclass(frozen=True, slots=True)
class Row:
    """One tracker of the report; `marks` and `means` are one a day of the report, or none at all.

    `figures`, `change`, `alt` and `note` are finished text: "mean 1.6 l a day, total 42.1 l",
    "+0.2 l" or "as before" or nothing, one sentence for the picture, "Number in litres".
    """

    tracker_id: int
    name: str
    kind: Kind
    unit: str
    days_logged: int
    days: int  # possible ones
    figures: str
    change: str
    streak: int
    best_streak: int
    marks: tuple[Mark, ...]
    means: tuple[float | None, ...]  # number and duration
    bars: tuple[tuple[str, int], ...]  # choice and yes/no: answer, days
    alt: str
    note: str


@dataclass(frozen=True, slots=True)
class Quote:
    """A note worth rereading."""

    day: date
    tracker: str
    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """A whole report about the days from `first` to `last`, both counted."""

    person: str
    zone: str
    period: str  # "2026-10", "2026-Q3", "2026", "2026-01-03..2026-02-04"
    title: str  # "October 2026"
    before: str  # what changes are measured against: "September"
    first: date
    last: date
    made_at: datetime
    days: int
    days_logged: int
    sentence: str
    rows: tuple[Row, ...]
    fullest: str
    lightest: str
    notes: tuple[Quote, ...]
    resting: tuple[str, ...]  # a sentence each
    counted: tuple[str, ...]  # how these figures are counted, a sentence each
    empty: bool  # no entry at all: sentence, one button, foot

    @property
    def made(self) -> datetime:
        """When it was made, by its person's clock."""
        return self.made_at.astimezone(ZoneInfo(self.zone))

    @property
    def run_ends(self) -> Literal["now", "at the end"]:
        """What the end of the report is to a run of days: a report of long ago knows no now."""
        return "now" if self.made.date() - self.last <= FRESH else "at the end"


def to_json(facts: Facts) -> dict[str, Any]:
    """The facts as JSON takes them; a row's days are kept as one list and one text."""
    said = _plain(facts, "rows", "notes")
    said["rows"] = [_row_to_json(row, facts.first) for row in facts.rows]
    said["notes"] = [_plain(quote) for quote in facts.notes]
    return said


def from_json(said: Mapping[str, Any]) -> Facts:
    """The facts that `to_json` wrote."""
    first = date.fromisoformat(said["first"])
    return Facts(
        **{
            **said,
            "first": first,
            "last": date.fromisoformat(said["last"]),
            "made_at": datetime.fromisoformat(said["made_at"]),
            "rows": tuple(_row_from_json(row, first) for row in said["rows"]),
            "notes": tuple(_quote_from_json(quote) for quote in said["notes"]),
            "resting": tuple(said["resting"]),
            "counted": tuple(said["counted"]),
        }
    )


def _plain(one: Any, *without: str) -> dict[str, Any]:
    names = (field.name for field in fields(one) if field.name not in without)
    return {name: _value(getattr(one, name)) for name in names}


def _value(value: Any) -> Any:
    if isinstance(value, date):  # a datetime too
        return value.isoformat()
    if isinstance(value, Kind):
        return value.value
    return list(value) if isinstance(value, tuple) else value


def _row_to_json(row: Row, first: date) -> dict[str, Any]:
    said = _plain(row, "marks", "bars")
    assert not row.marks or row.marks[0].day == first, "marks begin with the report"
    said["values"] = [mark.value for mark in row.marks]
    said["levels"] = "".join(NONE if m.level is None else str(m.level) for m in row.marks)
    said["bars"] = [list(bar) for bar in row.bars]
    return said


def _row_from_json(said: Mapping[str, Any], first: date) -> Row:
    rest = {name: value for name, value in said.items() if name not in ("values", "levels")}
    marks = (
        Mark(first + timedelta(days=place), value, None if level == NONE else int(level))
        for place, (value, level) in enumerate(zip(said["values"], said["levels"], strict=True))
    )
    return Row(
        **{
            **rest,
            "kind": Kind(said["kind"]),
            "marks": tuple(marks),
            "means": tuple(said["means"]),
            "bars": tuple((str(label), int(days)) for label, days in said["bars"]),
        }
    )


def _quote_from_json(said: Mapping[str, Any]) -> Quote:
    return Quote(**{**said, "day": date.fromisoformat(said["day"]), "kind": Kind(said["kind"])})
