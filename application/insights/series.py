"""A tracker day by day, and the mean that is drawn through it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

WINDOW: Final = 7


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a tracker: `value` is the day's total, None when nothing was logged."""

    day: date
    value: float | None


def rolling_mean(days: Sequence[Day], window: int = WINDOW) -> list[float | None]:
    """For each day the mean of the logged days among the last `window` days, None without one.

    A trailing simple moving average that leaves out missing days instead of counting them as zero:
    NIST/SEMATECH e-Handbook of Statistical Methods, 6.4.2.1. `days` are consecutive, oldest first.
    """
    means: list[float | None] = []
    for place in range(len(days)):
        seen = [
            one.value
            for one in days[max(0, place - window + 1) : place + 1]
            if one.value is not None
        ]
        # Divided first: two of the largest numbers a tracker takes must not add up past a float.
        means.append(sum(value / len(seen) for value in seen) if seen else None)
    return means
