"""Filling an account with the demo year."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from application.accounts.queries import find_user
from application.demo.year import SEED, STORIES, Story, live
from application.logs import services as logs
from application.logs.days import logical_day, offset_minutes
from application.logs.services import Row
from application.platform.clock import now
from application.trackers import kinds
from application.trackers import services as trackers
from application.trackers.queries import as_options, list_choices
from application.trackers.schemas import NewTracker


def fill(owner_id: int, stories: Sequence[Story] = STORIES, seed: int = SEED) -> int:
    """Give the owner the demo trackers and their year, in the present transaction; how many logs.

    Raises Invalid when a tracker of one of the names is there already.
    """
    user = find_user(owner_id)
    zone = ZoneInfo(user.timezone)
    return sum(_tell(owner_id, story, zone, user.day_starts_at, seed) for story in stories)


def _tell(owner_id: int, story: Story, zone: ZoneInfo, day_starts_at: int, seed: int) -> int:
    tracker = trackers.create(
        owner_id,
        NewTracker(
            name=story.name,
            kind=story.kind.value,
            description=story.description,
            unit=story.unit,
            choices=story.choices,
        ),
    )
    options = as_options(list_choices(tracker.id))
    rows: list[Row] = []
    for entry in live(story, logical_day(now(), zone, day_starts_at), seed):
        instant = entry.at.replace(tzinfo=zone)
        reading = kinds.read(story.kind, entry.value, options)
        rows.append(
            Row(
                tracker_id=tracker.id,
                user_id=owner_id,
                logged_at=instant,
                utc_offset=offset_minutes(instant, zone),
                local_day=logical_day(instant, zone, day_starts_at),
                timed=True,
                value=reading.value,
                choice_id=reading.choice_id,
                note=entry.note,
                source="page",
                import_id=None,
            )
        )
    logs.insert_many(rows)
    logs.recount(tracker.id)
    return len(rows)
