"""Days in requests: the asker's today, and dates in query parameters."""

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator

from application.accounts.queries import Asker
from application.logs.days import SAY_WHEN, BadWhen, logical_day, make_day
from application.platform import clock


def today_of(asker: Asker) -> date:
    """The asker's present day, by their zone and the hour at which their day starts."""
    return logical_day(clock.now(), asker.zone, asker.day_starts_at)


def read_day(text: object) -> date:
    """The date in `text`. ValueError in words when there is none."""
    parts = str(text).split("-")
    if [len(part) for part in parts] != [4, 2, 2] or not all(
        part.isascii() and part.isdigit() for part in parts
    ):
        raise BadWhen(SAY_WHEN)
    year, month, day = map(int, parts)
    return make_day(year, month, day)


QueryDay = Annotated[date, BeforeValidator(read_day)]
