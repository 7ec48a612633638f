"""Who is due: everybody whose evening it is, found in a few statements however many they are."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time
from functools import cache
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from application.accounts.zones import find as find_zone
from application.deliveries.messages import Due
from application.deliveries.timing import Opening, Slot, daily, openings
from application.reminders import queries
from application.reminders.queries import Waiting


def plan(now: datetime) -> Iterable[Due]:
    """Everybody whose reminder is due at `now`, is still worth sending, and has no row yet.

    One statement for the zones and one for each local date: three exist at any instant, and
    before six in the morning the day before may not be over.
    """
    behind: dict[date, dict[Opening, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name in queries.list_zones():
        zone = find_zone(name)
        for opening in openings(now, zone) if zone else ():
            behind[opening.day][opening].append(name)

    @cache  # many people share a zone and a clock
    def slots(name: str, clock: time | None, day_starts_at: int) -> dict[str, Slot]:
        assert clock is not None  # the statement asked for it
        found = daily(now, clock, ZoneInfo(name), day_starts_at)
        return {slot.period: slot for slot in found}

    due = []
    for day, zones in behind.items():
        for one in queries.list_waiting(day, zones):
            slot = slots(one.timezone, one.clock, one.day_starts_at).get(day.isoformat())
            if slot is not None and _counts(one, slot):
                due.append(Due(one.user_id, slot.period, one.channel, _way(one), slot.expires))
    return due


def _counts(one: Waiting, slot: Slot) -> bool:
    """Whether they wanted it, and followed something, when it was due: nothing comes late."""
    return one.since <= slot.due and one.follows_since is not None and one.follows_since <= slot.due


def _way(one: Waiting) -> str:
    """What the log shows as the way that it went."""
    if one.channel == "mail":
        return one.email
    return urlsplit(one.webhook or "").hostname or "webhook"
