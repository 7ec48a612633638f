"""Today over HTTP: everything to log on one day, in one answer."""

from datetime import timedelta
from typing import Any

from api.base import Query, Resource, contract
from api.days import QueryDay, today_of
from api.errors import BadRequest
from application.accounts.queries import Asker
from application.logs import board
from application.logs.days import EARLIEST, SAY_AHEAD, SAY_EARLY
from application.logs.schemas import TodayOut
from application.platform.errors import FieldError


class TodayQuery(Query):
    """Which day; today when not said."""

    day: QueryDay | None = None


class TodayResource(Resource):
    """What there is to log on a day."""

    @contract(query=TodayQuery, out=TodayOut, cached=True, daily=True)
    def get(self, asker: Asker, query: TodayQuery) -> Any:
        """The asker's trackers with a day's entries and the last seven days."""
        today = today_of(asker)
        day = query.day or today
        wrong = SAY_EARLY if day < EARLIEST else SAY_AHEAD
        if not EARLIEST <= day <= today + timedelta(days=1):
            raise BadRequest(wrong, [FieldError("day", wrong)])
        return board.show_day(asker.user_id, day, today, asker.day_starts_at)
