"""The sentences of a report: how it went, its fullest day, what rests. Pure.

A report tells what is, and never which way is good: more and less, not better and worse.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from application.reports.periods import Period, say_day

NUMBERS: Final = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve",
)  # fmt: skip
STEADY: Final = 0.8  # of the possible days
QUIET: Final = 0.25
SAME: Final = 0.05  # a change below this share reads "as before"
TELLING: Final = 0.15  # one in each direction of at least this makes it go both ways
A_LITTLE: Final = 0.2
NAME_LENGTH: Final = 40
RESTING_AT_MOST: Final = 6


@dataclass(frozen=True, slots=True)
class Change:
    """What of a tracker changed: by which share of what it was, and both in words."""

    what: str
    size: float  # 0.2 is a fifth more, -0.2 a fifth less
    now: str
    before: str

    def clause(self, than: str = "") -> str:
        """More Walk than in September (14 days, before 9 days)."""
        more = "more" if self.size > 0 else "less"
        if abs(self.size) < A_LITTLE:
            more = f"a little {more}"
        rest = f" than {than}" if than else ""
        return f"{more} {self.what}{rest} ({self.now}, before {self.before})"


@dataclass(frozen=True, slots=True)
class Logged:
    """A day with entries: of how many trackers, how many, and what stood out."""

    day: date
    trackers: int
    entries: int


def count(many: int, one: str) -> str:
    """Six days, 31 days: in words up to twelve."""
    said = NUMBERS[many] if many < len(NUMBERS) else f"{many:,}"
    return f"{said} {one if many == 1 else plural(one)}"


def plural(one: str) -> str:
    """Day > days, entry > entries."""
    return f"{one[:-1]}ies" if one.endswith("y") and one[-2] not in "aeiou" else f"{one}s"


def cut(text: str, most: int = NAME_LENGTH) -> str:
    """`text` on one line, cut at a word where it is longer than `most` letters."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    head = text[:most]
    whole = head.rpartition(" ")[0] if not text[most].isspace() else head
    return (whole if len(whole) > most * 0.6 else head).rstrip(" ,.;:–-") + "…"


def opening(
    period: Period,
    *,
    days: int,
    logged: int,
    changes: Sequence[Change],
    today: date,
    others: bool = False,
    trackers: bool = True,
) -> str:
    """The sentence that says how it went; `others`: not only the reader has entries there."""
    name, noun, so_far = period.called(today), period.noun, period.so_far(today)
    than = period.than(so_far=so_far)
    head = f"So far {name} is" if so_far else f"{name} was"
    if not logged:
        rest = " Your trackers are where you left them." if trackers else ""
        return f"{name} has no entries{' so far' if so_far else ''}, and that is fine.{rest}"
    if noun == "day":
        return f"{name} has entries, and here they are."
    said = f"{logged:,} of {days:,} days have entries" if others else (
        f"you logged on {logged:,} of {days:,} days"
    )  # fmt: skip
    if logged <= QUIET * days:
        have = "has an entry, and it is" if logged == 1 else "have entries, and they are all"
        return f"{head} a quiet {noun}: {count(logged, 'day')} {have} here."
    ordered = sorted(changes, key=lambda change: -abs(change.size))
    up = next((one for one in ordered if one.size >= TELLING), None)
    down = next((one for one in ordered if one.size <= -TELLING), None)
    if up and down:
        first, second = (up, down) if abs(up.size) >= abs(down.size) else (down, up)
        head = f"So far {name} goes both ways" if so_far else f"{name} went both ways"
        return f"{head}: {first.clause(than)}, and {second.clause()}."
    also = f", with {ordered[0].clause(than)}" if ordered else ""
    if logged >= STEADY * days:
        return f"{head} a steady {noun}: {said}{also}."
    return f"{name}{' so far' if so_far else ''} in short: {said}{also}."


def fullest_and_lightest(
    logged: Sequence[Logged], trackers: int, outstanding: str, *, years: bool
) -> tuple[str, str]:
    """Which day had the most and which the least, of those with entries; nothing to tell is ''."""
    if len(logged) < 2:
        return (f"{say_day(logged[0].day, year=years)} has all of it.", "") if logged else ("", "")
    most, least = fullest(logged), lightest(logged)
    if (most.trackers, most.entries) == (least.trackers, least.entries):
        return "The days with entries were alike.", ""
    more = f", {outstanding}" if outstanding else ""
    return (
        f"{say_day(most.day, year=years)} had the most: {_held(most, trackers)}{more}.",
        f"{say_day(least.day, year=years)} had the least: {_held(least, trackers)}.",
    )


def fullest(logged: Sequence[Logged]) -> Logged:
    """The day with the most trackers, then entries; the first of several."""
    return min(logged, key=lambda one: (-one.trackers, -one.entries, one.day))


def lightest(logged: Sequence[Logged]) -> Logged:
    """The day with the fewest trackers, then entries, that has any; the first of several."""
    return min(logged, key=lambda one: (one.trackers, one.entries, one.day))


def _held(one: Logged, trackers: int) -> str:
    if trackers == 1:
        return count(one.entries, "entry")
    if one.trackers == trackers:
        return f"all {NUMBERS[trackers] if trackers < len(NUMBERS) else trackers} logged"
    of = NUMBERS[trackers] if trackers < len(NUMBERS) else str(trackers)
    some = NUMBERS[one.trackers] if one.trackers < len(NUMBERS) else str(one.trackers)
    return f"{some} of {of} logged"


def resting(names: Sequence[tuple[str, bool]], *, so_far: bool = False) -> tuple[str, ...]:
    """A sentence for each tracker without an entry (name, whether it is the reader's own)."""
    said = [
        f"{cut(name, 100)} had no entry{' so far' if so_far else ''}."
        + (" It can stay, rest in the archive, or go." if mine else "")
        for name, mine in names[:RESTING_AT_MOST]
    ]
    more = len(names) - RESTING_AT_MOST
    if more > 0:
        one = "tracker has" if more == 1 else "trackers have"
        said.append(f"{more:,} more {one} no entry.")
    return tuple(said)
