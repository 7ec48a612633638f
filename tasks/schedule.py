"""EVERYTHING THE CLOCK STARTS, one table: what, how often, and why at that pace."""

from dataclasses import dataclass
from typing import Any, Final

# Seconds by which the clocks of two machines may differ: a worker whose clock is ahead would else
# drop every tick as too old.
CLOCKS_APART = 300


@dataclass(frozen=True, slots=True)
class Tick:
    """A task that beat sends every `seconds`; one that nobody took for long is dropped."""

    task: str
    seconds: int
    what: str
    why: str


SCHEDULE: tuple[Tick, ...] = (
    Tick(
        "deliveries.plan",
        60,
        "Writes a row for whoever is due a reminder or a report, and queues what is due.",
        "A reminder may be a minute late; what is due is worked out from the database each time.",
    ),
    Tick(
        "deliveries.sweep",
        10,
        "Takes back deliveries whose worker fell over, and queues those that are due again.",
        "The second try of a delivery is due after five seconds; an emptied queue costs no more.",
    ),
    Tick(
        "deliveries.drop_old",
        3600,
        "Forgets deliveries of half a year ago, and soon those that belong to nobody.",
        "A daily tick would never come where beat restarts daily.",
    ),
    Tick(
        "jobs.sweep",
        10,
        "Queues jobs again that wait without a message or whose worker fell over.",
        "A job whose worker was killed goes on within a minute.",
    ),
    Tick(
        "jobs.expire",
        600,
        "Removes exported files whose time is over.",
        "Exported files are kept a day; ten minutes more harm nobody.",
    ),
    Tick(
        "accounts.drop_old_sessions",
        3600,
        "Deletes the sessions that nobody used for long.",
        "They open nothing any more; what goes is their rows.",
    ),
    Tick(
        "accounts.drop_old_events",
        3600,
        "Forgets sign-ins and changes of security of more than a year ago.",
        "A daily tick would never come where beat restarts daily.",
    ),
    Tick(
        "trackers.empty_trash",
        3600,
        "Erases what was deleted more than thirty days ago.",
        "A daily tick would never come where beat restarts daily.",
    ),
    Tick(
        "accounts.drop_old_keys",
        3600,
        "Deletes the answers kept for repeated requests after their day.",
        "Kept answers are promised for a day and cost space.",
    ),
)
TICKS: Final = frozenset(tick.task for tick in SCHEDULE)


def beat_schedule() -> dict[str, dict[str, Any]]:
    """The table as Celery's beat reads it."""
    return {
        tick.task: {
            "task": tick.task,
            "schedule": float(tick.seconds),
            "options": {"queue": "ticks", "expires": tick.seconds + CLOCKS_APART},
        }
        for tick in SCHEDULE
    }
