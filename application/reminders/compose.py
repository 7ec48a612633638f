"""What each reminder says, or why it is not needed: a whole batch in three statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app

from application.accounts.usernames import spoken
from application.deliveries import unsubscribe
from application.deliveries.messages import Content, Message, Skip
from application.deliveries.timing import PUNCTUAL, due_at, end_of_day
from application.logs.days import logical_day
from application.platform.mail import Letter
from application.reminders import queries, words
from application.reminders.queries import Reminded, Watched
from application.reminders.words import Item
from application.trackers import kinds


@dataclass(frozen=True, slots=True)
class Asked:
    """A reminder on its way: to whom, the day that it asks about, and their today."""

    message: Message
    person: Reminded
    day: date
    today: date
    hour: int


def compose(messages: Sequence[Message], now: datetime) -> Mapping[int, Content | Skip]:
    """What every message says at `now`; what was logged since it was planned counts."""
    answers: dict[int, Content | Skip] = {}
    people = queries.find_people([m.user_id for m in messages if m.user_id is not None])
    asked = []
    for message in messages:
        one = _ask(message, people.get(message.user_id or 0), now)
        if isinstance(one, Skip):
            answers[message.id] = one
        else:
            asked.append(one)
    ids = [one.person.user_id for one in asked]
    watched = queries.list_watched(ids)
    logged = queries.list_logged(ids, {one.day for one in asked})
    for one in asked:
        user_id = one.person.user_id
        trackers = watched.get(user_id, [])
        # Whose timer runs is at it.
        empty = [t for t in trackers if not t.running and (user_id, t.id, one.day) not in logged]
        if empty:
            answers[one.message.id] = _say(one, empty)
        else:
            answers[one.message.id] = Skip(
                words.SAY_ALL_LOGGED if trackers else words.SAY_NOTHING_WATCHED
            )
    return answers


def _ask(message: Message, person: Reminded | None, now: datetime) -> Asked | Skip:
    if person is None or person.clock is None:
        return Skip(words.SAY_OFF)
    zone = ZoneInfo(person.timezone)
    due = due_at(date.fromisoformat(message.period), person.clock, zone)
    if due is None:  # they moved to a zone that never had that date
        return Skip(words.SAY_DAY_OVER)
    day = logical_day(due, zone, person.day_starts_at)
    if now >= max(end_of_day(day, zone, person.day_starts_at), due + PUNCTUAL):
        return Skip(words.SAY_DAY_OVER)
    today = logical_day(now, zone, person.day_starts_at)
    return Asked(message, person, day, today, now.astimezone(zone).hour)


def _say(one: Asked, trackers: Sequence[Watched]) -> Content:
    settings = current_app.config["TEND"]
    link = f"{settings.public_url}/today"
    items = [Item(words.one_line(t.name), _last(t, one)) for t in trackers]
    asked = words.when(one.day, one.today)
    greeting = words.greet(spoken(one.person.username), one.hour)
    return Content(
        title=words.sentence(items, asked),
        text=words.whole(greeting, items, asked, link),
        link=link,
        data={
            "day": one.day.isoformat(),
            "trackers": [_facts(*pair) for pair in zip(trackers, items, strict=True)],
        },
        letter=_letter(one, trackers, items, asked) if one.message.channel == "mail" else None,
    )


def _letter(one: Asked, trackers: Sequence[Watched], items: Sequence[Item], asked: str) -> Letter:
    settings = current_app.config["TEND"]
    person = one.person
    stop = unsubscribe.link(person.user_id, "reminder", settings, person.clock)
    context = {
        "greeting": words.greet(spoken(person.username), one.hour),
        "sentence": words.sentence(items, asked),
        "items": [
            {"name": item.name, "kind": tracker.kind.value, "last": item.last}
            for tracker, item in zip(trackers, items, strict=True)
        ],
        "link": f"{settings.public_url}/today",
        "stop": stop,
        "change": f"{settings.public_url}/settings/reminders",
    }
    return Letter(person.email, "reminder", one.message.message_id, context, unsubscribe=stop)


def _last(tracker: Watched, one: Asked) -> str:
    """The last entry in words; one of a day to come says nothing about the days before."""
    last = tracker.last
    if last is None or last.day > one.today:
        return ""
    said = kinds.say(tracker.kind, last.value, tracker.unit, last.label)
    return f"{words.one_line(said)} {words.when(last.day, one.today)}"


def _facts(tracker: Watched, item: Item) -> dict[str, Any]:
    last = tracker.last
    return {
        "id": tracker.id,
        "name": item.name,
        "kind": tracker.kind.value,
        "last_value": last and kinds.answer(tracker.kind, last.value, last.label),
        "last_logged_at": last and last.logged_at.isoformat(),
        "last_words": item.last or None,
    }
