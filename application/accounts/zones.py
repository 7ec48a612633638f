"""Which time zones there are."""

import logging
from functools import cache
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator

log = logging.getLogger(__name__)

SAY = "This is not a time zone that is known here, such as Europe/Vienna."
NO_PLACE = frozenset({"Factory", "localtime", "posixrules"})


@cache
def known() -> frozenset[str]:
    """The names of all zones; read from the disk once."""
    return frozenset(available_timezones()) - NO_PLACE


def check(name: str) -> str:
    """`name`, when it is a zone's. Raises ValueError in words."""
    if name not in known():
        raise ValueError(SAY)
    return name


def find(name: str) -> ZoneInfo | None:
    """The zone of that name; None for one that this machine's data has no longer.

    Who looks at everybody's zones asks here: one name of old must not cost all others their turn.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        log.error("somebody lives in a time zone that is not known here: %r", name)
        return None


Zone = Annotated[str, AfterValidator(check)]
