"""Many people at once, put straight into the database: who lives where and is reminded when."""

from datetime import UTC, datetime, time

from application.accounts.models import User, UserVersion
from application.platform.database import transaction
from application.platform.extensions import db
from application.trackers.models import Tracker, UserTracker

LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
HOOK = "https://chat.example.org/hook"

# Every offset and every rule of changing clocks that people live with.
ZONES = (
    "Pacific/Pago_Pago", "Pacific/Honolulu", "Pacific/Marquesas", "America/Anchorage",
    "America/Los_Angeles", "America/Denver", "America/Phoenix", "America/Chicago",
    "America/New_York", "America/Havana", "America/Caracas", "America/Halifax",
    "America/St_Johns", "America/Sao_Paulo", "America/Santiago", "America/Nuuk",
    "Atlantic/Azores", "UTC", "Europe/London", "Europe/Vienna", "Africa/Casablanca",
    "Africa/Cairo", "Asia/Beirut", "Europe/Istanbul", "Asia/Tehran", "Asia/Dubai", "Asia/Kabul",
    "Asia/Karachi", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Dhaka", "Asia/Shanghai",
    "Australia/Eucla", "Asia/Tokyo", "Australia/Adelaide", "Australia/Lord_Howe",
    "Pacific/Chatham", "Pacific/Kiritimati",
)  # fmt: skip


def settle(count, zones=("Europe/Vienna",), clocks=(time(20),), trackers=1, **more):
    """`count` people, zones and clocks dealt out in turn, each with trackers; their ids.

    To be called inside the application. `more` are columns of theirs.
    """
    common = {
        "password": "-",
        "created_at": LONG_AGO,
        "reminder_since": LONG_AGO,
        "report_since": LONG_AGO,
        "webhook": HOOK,
    } | more
    with transaction():
        people = [
            User(
                username=f"person-{n}",
                email=f"person-{n}@example.org",
                fs_uniquifier=f"person-{n}",
                timezone=zones[n % len(zones)],
                reminder_at=clocks[n // len(zones) % len(clocks)],
                **common,
            )
            for n in range(count)
        ]
        db.session.add_all(people)
        db.session.flush()
        ids = [person.id for person in people]
        db.session.add_all([UserVersion(user_id=user_id) for user_id in ids])
        for n in range(trackers):
            follow(ids, f"Water {n}" if n else "Water")
    return ids


def follow(ids, name, **more):
    """A number tracker of that name for each of these people, inside a transaction."""
    made = [
        Tracker(owner_id=user_id, name=name, name_key=name.lower(), kind="numerical", unit="l")
        for user_id in ids
    ]
    db.session.add_all(made)
    db.session.flush()
    db.session.add_all(
        [
            UserTracker(
                user_id=tracker.owner_id, tracker_id=tracker.id, created_at=LONG_AGO, **more
            )
            for tracker in made
        ]
    )
    db.session.flush()
    return [tracker.id for tracker in made]
