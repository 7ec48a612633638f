"""Which time zones there are."""

from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator

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


Zone = Annotated[str, AfterValidator(check)]
