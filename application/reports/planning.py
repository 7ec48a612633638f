"""Whose month has ended: everybody to whom it has not been reported yet."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from application.accounts.zones import find as find_zone
from application.deliveries.messages import Due
from application.deliveries.timing import Slot, end_of_day, monthly
from application.reports import queries_planning as queries


def plan(now: datetime) -> Iterable[Due]:
    """Everybody whose report is due at `now` (1st, 06:00 there), not a week late, and has no row.

    One statement for the zones, and one for each month that ended; most days that is none. Who
    came after the month's end has nothing to read in it.
    """
    slots: dict[str, Slot] = {}
    zones: dict[str, list[str]] = defaultdict(list)
    for name in queries.list_zones():
        zone = find_zone(name)
        slot = monthly(now, zone) if zone else None
        if slot is not None:
            slots[name] = slot
            zones[slot.period].append(name)
    due = []
    for period, names in zones.items():
        for one in queries.list_waiting(period, names):
            slot = slots[one.timezone]
            if one.since <= slot.due and one.created_at < _month_end(slot, ZoneInfo(one.timezone)):
                due.append(Due(one.user_id, period, "mail", one.email, slot.expires))
    return due


def _month_end(slot: Slot, zone: ZoneInfo) -> datetime:
    last: date = slot.due.astimezone(zone).date() - timedelta(days=1)
    return end_of_day(last, zone)
