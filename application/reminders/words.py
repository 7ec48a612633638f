"""What a reminder says: which trackers have no entry, and what the last one was. Pure."""

from calendar import day_name, month_name
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

MOST_NAMED: Final = 8
LONGEST_NAME: Final = 40
NIGHT_ENDS, MORNING_ENDS, EVENING_STARTS = 5, 11, 17

SAY_ALL_LOGGED: Final = "Everything was logged."
SAY_NOTHING_WATCHED: Final = "No tracker is part of the reminder."
SAY_DAY_OVER: Final = "The day was over."
SAY_OFF: Final = "The reminder is turned off."


@dataclass(frozen=True, slots=True)
class Item:
    """A tracker without an entry, and its last one in words ("1.5 l yesterday"), if there is."""

    name: str
    last: str = ""


def greet(name: str, hour: int) -> str:
    """`Good evening, Mira.`, by the hour of the person's clock; a night still is the evening."""
    if NIGHT_ENDS <= hour < MORNING_ENDS:
        return f"Good morning, {name}."
    if MORNING_ENDS <= hour < EVENING_STARTS:
        return f"Hello, {name}."
    return f"Good evening, {name}."


def one_line(text: str) -> str:
    """The text with plain spaces alone: no line break can begin a header, a quote or a list."""
    return " ".join(text.split())


def short(name: str) -> str:
    """A name as it stands in a sentence: one line, not too long."""
    name = one_line(name)
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"


def count_up(names: Sequence[str]) -> str:
    """`Water`, `Water and Reading`, `Water, Reading and Mood`, and after eight `and 3 more`."""
    named = [short(name) for name in names[:MOST_NAMED]]
    if len(names) > MOST_NAMED:
        named.append(f"{len(names) - MOST_NAMED} more")
    return f"{', '.join(named[:-1])} and {named[-1]}" if len(named) > 1 else named[0]


def when(day: date, today: date) -> str:
    """A past day as people say it: `yesterday`, `on Thursday`, `on 3 November`."""
    ago = (today - day).days
    if ago in (0, 1):
        return ("today", "yesterday")[ago]
    if 0 < ago < 7:
        return f"on {day_name[day.weekday()]}"
    said = f"on {day.day} {month_name[day.month]}"
    return said if day > today - timedelta(days=300) else f"{said} {day.year}"


def sentence(items: Sequence[Item], asked: str) -> str:
    """`Water and Reading have no entry for today.`"""
    verb = "has" if len(items) == 1 else "have"
    return f"{count_up([item.name for item in items])} {verb} no entry for {asked}."


def lasts(items: Sequence[Item]) -> str:
    """`Last: 1.5 l yesterday, 40 min on Thursday.`, or nothing when there never was an entry.

    In the order of the names; where that would be hard to read, each with its name.
    """
    named = items[:MOST_NAMED]
    known = [item for item in named if item.last]
    if not known:
        return ""
    if len(known) == len(named) <= 2:
        return f"Last: {', '.join(item.last for item in known)}."
    return f"Last: {'; '.join(f'{short(item.name)} {item.last}' for item in known)}."


def whole(greeting: str, items: Sequence[Item], asked: str, link: str) -> str:
    """The whole reminder, as a channel shows it."""
    parts = [greeting, sentence(items, asked), lasts(items), f"If you like: {link}"]
    return " ".join(part for part in parts if part)
