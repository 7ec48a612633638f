"""EVERYTHING THE CLOCK STARTS, one table: what, how often, and why at that pace."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Tick:
    """A task that beat sends every `seconds`; it is dropped when the next one is already due."""

    task: str
    seconds: int
    why: str


SCHEDULE: tuple[Tick, ...] = (
    Tick("jobs.sweep", 10, "A job whose worker was killed goes on within a minute."),
    Tick("jobs.expire", 600, "Exported files are kept a day; ten minutes more harm nobody."),
    Tick("accounts.drop_old_sessions", 3600, "They open nothing any more; only their rows go."),
    Tick("trackers.empty_trash", 3600, "A daily tick would never come where beat restarts daily."),
    Tick("accounts.drop_old_keys", 3600, "Kept answers are promised for a day and cost space."),
)


def beat_schedule() -> dict[str, dict[str, Any]]:
    """The table as Celery's beat reads it."""
    return {
        tick.task: {
            "task": tick.task,
            "schedule": float(tick.seconds),
            "options": {"queue": "ticks", "expires": tick.seconds},
        }
        for tick in SCHEDULE
    }
