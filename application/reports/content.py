"""Builds the facts of a report: a person, a period, and what their trackers say about it.

At most nine statements a tracker and six for all together, whatever the length of the span.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice, pairwise
from typing import Final
from zoneinfo import ZoneInfo

from application.accounts.usernames import spoken
from application.insights.ranges import Span
from application.logs.days import logical_day
from application.reports import queries_content as queries
from application.reports import rows, wording
from application.reports.facts import Facts, Quote, Row
from application.reports.periods import Period, days_between
from application.reports.queries_content import Note, Told
from application.reports.wording import Change, Logged, cut
from application.trackers.kinds import Kind, say

MARKS_AT_MOST: Final = 100_000  # days of all trackers together that are kept for pictures
NOTES_AT_MOST: Final = 6
NOTE_LENGTH: Final = 280
STANDS_OUT: Final = 1.2  # of its own mean

COUNTED: Final = (
    "A day is the day an entry was logged for, in the time zone it was logged in.",
    "Days are counted from the first day of a tracker, if that lies in this span, up to"
    " {last}; an entry on a day counts that day once.",
    "A mean a day is taken over the days with an entry; a day without one is left out,"
    " not counted as zero.",
    "In a row: days with an entry one after another; for yes or no, days with a yes. A run that"
    " began earlier is counted from its own beginning.",
    "Changes are measured against {before}: means a day for numbers and durations, days for"
    " choices and yes or no. Under 5% they read “as before”.",
)
COUNTED_SHARED: Final = (
    "A shared tracker counts the entries of everybody who logs there, as its page does; the"
    " notes are your own."
)
COUNTED_DRAWN: Final = "Charts are there for the first {many:,}; the table has every tracker."

Step = Callable[[int, int], None]


@dataclass(slots=True)
class Found:
    """What a report is put together from: rows, trackers without an entry, when each began."""

    period: Period
    span: Span
    today: date  # where its reader is
    begun: dict[int, date]
    made: list[tuple[Row, Change | None]] = field(default_factory=list)
    quiet: list[Told] = field(default_factory=list)

    def possible_days(self) -> int:
        """From the first day of the oldest tracker on."""
        ids = [row.tracker_id for row, _ in self.made] + [one.followed.id for one in self.quiet]
        return _possible(self.span, min((self.begun[one] for one in ids), default=self.span.first))


def build(
    owner_id: int,
    period: Period,
    made_at: datetime,
    tracker_ids: Sequence[int] | None = None,
    step: Step = lambda _done, _total: None,
    asked_until: date = date.min,
) -> Facts:
    """The facts of `period` as they stand; `step(done, total)` is called after every tracker.

    `asked_until` is a day that had begun when they were asked for: who moves west is back on the
    day before, but what was asked for stays.
    """
    person = queries.find_person(owner_id)
    zone = ZoneInfo(person.timezone)

    def day_of(instant: datetime) -> date:
        return logical_day(instant, zone, person.day_starts_at)

    today = max(day_of(made_at), asked_until)
    span = period.until(today)
    past = period.compared(today)
    known = queries.list_told(owner_id, tracker_ids)
    begun = {
        one.followed.id: min(one.first_day or date.max, day_of(one.created_at)) for one in known
    }
    told = [one for one in known if begun[one.followed.id] <= span.last]
    found = Found(period, span, today, begun)
    for place, one in enumerate(told):
        start = begun[one.followed.id]
        days = _possible(span, start), _possible(past, start)
        spans = rows.Spans(period, span, past, today, *days)
        row = rows.make(one, spans, drawn=(len(found.made) + 1) * span.days <= MARKS_AT_MOST)
        if row:
            found.made.append(row)
        elif not one.archived:
            found.quiet.append(one)
        step(place + 1, len(told))
    return _assemble(owner_id, found, made_at)


def _possible(span: Span, began: date) -> int:
    return max((span.last - max(span.first, began)).days + 1, 0)


def _assemble(owner_id: int, found: Found, made_at: datetime) -> Facts:
    person = queries.find_person(owner_id)  # anew: each step may have ended a transaction
    period, span = found.period, found.span
    table = tuple(row for row, _ in found.made)
    ids = [row.tracker_id for row in table]
    days = [Logged(one.day, one.trackers, one.entries) for one in queries.list_full_days(ids, span)]
    others = bool(ids) and queries.has_others_entries(owner_id, ids, span)
    possible = max(found.possible_days(), len(days))
    so_far = period.so_far(found.today)
    fullest, lightest = _fullest_and_lightest(days, table, span)
    return Facts(
        person=spoken(person.username),
        zone=person.timezone,
        period=period.text,
        title=period.title,
        before=period.before_name(),
        first=span.first,
        last=span.last,
        made_at=made_at,
        days=possible,
        days_logged=len(days),
        sentence=wording.opening(
            period,
            days=possible,
            logged=len(days),
            changes=[change for _, change in found.made if change],
            today=found.today,
            others=others,
            trackers=bool(found.quiet),
        ),
        rows=table,
        fullest=fullest,
        lightest=lightest,
        notes=_worth_rereading(queries.list_notes(owner_id, ids, span), span) if ids else (),
        resting=wording.resting([(one.name, one.mine) for one in found.quiet], so_far=so_far),
        counted=_counted(period, span, table, others, so_far),
        empty=not days,
    )


def _fullest_and_lightest(
    days: Sequence[Logged], table: Sequence[Row], span: Span
) -> tuple[str, str]:
    outstanding = _outstanding(table, wording.fullest(days).day) if days else ""
    years = span.first.year != span.last.year
    return wording.fullest_and_lightest(days, len(table), outstanding, years=years)


def _counted(
    period: Period, span: Span, table: Sequence[Row], others: bool, so_far: bool
) -> tuple[str, ...]:
    last = days_between(span.last, span.last)
    before = ("the same days of " if so_far else "") + period.before_name()
    said = [line.format(last=last, before=before) for line in COUNTED]
    if others:
        said.append(COUNTED_SHARED)
    drawn = sum(bool(row.marks) for row in table)
    if drawn < len(table):
        said.append(COUNTED_DRAWN.format(many=drawn))
    return tuple(said)


def _outstanding(table: Sequence[Row], day: date) -> str:
    """The amount of that day that lies highest above its own mean: "Walk 1 h 20 min"."""
    best, said = STANDS_OUT, ""
    for row in table:
        if row.kind not in (Kind.NUMERICAL, Kind.TIME_DURATION) or not row.marks:
            continue
        values = [mark.value for mark in row.marks if mark.value is not None]
        value = row.marks[(day - row.marks[0].day).days].value
        mean = sum(one / len(values) for one in values) if values else 0.0
        if value is not None and mean > 0 and value / mean > best:
            best, said = value / mean, f"{cut(row.name)} {say(row.kind, value, row.unit)}"
    return said


def _worth_rereading(notes: Sequence[Note], span: Span) -> tuple[Quote, ...]:
    """Long ones of different days and words, from all parts of the span, in the order of days."""
    seen: set[str] = set()
    found: list[Note] = []
    for note in notes:
        key = " ".join(note.text.split()).casefold()
        if key and key not in seen and any(map(str.isalnum, key)):
            seen.add(key)
            found.append(note)
    chosen: list[Note] = []
    parts = [
        span.first.toordinal() + span.days * n // NOTES_AT_MOST for n in range(NOTES_AT_MOST + 1)
    ]
    for start, end in pairwise(parts):
        inside = (one for one in found if start <= one.day.toordinal() < end)
        chosen += islice(inside, 1)
    chosen += [one for one in found if one not in chosen]
    return tuple(
        Quote(one.day, one.tracker, one.kind, cut(one.text, NOTE_LENGTH))
        for one in sorted(chosen[:NOTES_AT_MOST], key=lambda one: one.day)
    )
