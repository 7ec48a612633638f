"""What the values of a tracker say: its figures, its days, its picture."""

import re
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field

from api.base import Query, Resource, contract
from api.errors import BadRequest
from application.accounts.queries import Asker
from application.insights import figures
from application.insights.queries import Followed
from application.insights.ranges import BadRange, RangeName, Span
from application.insights.schemas import DayList, StatsOut
from application.insights.theme import Size, Theme
from application.logs.days import logical_day, make_day
from application.platform import clock
from application.platform.errors import FieldError


def _read_day(text: object) -> date:
    """Only 2026-11-19: pydantic by itself would take a Unix time too."""
    found = re.fullmatch("([0-9]{4})-([0-9]{2})-([0-9]{2})", str(text))
    if found is None:
        raise ValueError("Write a date like 2026-11-19.")
    return make_day(*map(int, found.groups()))


Day = Annotated[date, BeforeValidator(_read_day)]


class RangeQuery(Query):
    """Which days: a range that ends today, or from one day to another; else the last 30."""

    range: RangeName | None = None
    from_: Day | None = Field(None, alias="from")
    to: Day | None = None


class ChartQuery(RangeQuery):
    """Which days, how large, on which ground."""

    size: Size = "wide"
    theme: Theme = "light"


def _today(asker: Asker) -> date:
    return logical_day(clock.now(), asker.zone, asker.day_starts_at)


def _find(asker: Asker, tracker_id: int, query: RangeQuery) -> tuple[Followed, Span]:
    try:
        return figures.find_span(
            asker.user_id, tracker_id, query.range, query.from_, query.to, _today(asker)
        )
    except BadRange as error:
        refusal = FieldError(error.field, str(error))
        raise BadRequest("These days cannot be shown.", [refusal]) from None


class StatsResource(Resource):
    """The figures of a tracker."""

    @contract(query=RangeQuery, out=StatsOut, cached=True, daily=True)
    def get(self, asker: Asker, tracker_id: int, query: RangeQuery) -> StatsOut:
        """The figures of a tracker in a range of days."""
        tracker, span = _find(asker, tracker_id, query)
        return figures.stats(tracker, span, _today(asker))


class DayListResource(Resource):
    """The days of a tracker."""

    @contract(query=RangeQuery, out=DayList, cached=True, daily=True)
    def get(self, asker: Asker, tracker_id: int, query: RangeQuery) -> DayList:
        """Every day of a range, oldest first."""
        tracker, span = _find(asker, tracker_id, query)
        return figures.days(tracker, span)


class ChartResource(Resource):
    """The picture of a tracker."""

    @contract(query=ChartQuery, cached=True, daily=True, media="image/svg+xml")
    def get(self, asker: Asker, tracker_id: int, query: ChartQuery) -> bytes:
        """A range of days as an SVG picture."""
        tracker, span = _find(asker, tracker_id, query)
        return figures.chart(tracker, span, query.size, query.theme)
