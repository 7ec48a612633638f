"""The deep question to /healthz: does the database answer, when did each tick last run."""

from datetime import timedelta
from typing import Any

from application import __version__
from application.platform import cache, claims
from application.platform.heartbeats import last_beats

# The table of ticks stands in tasks/, which api/ may not import: their names come from the rows.
# A tick that comes every ten seconds or every minute must have come within three minutes.
QUICK = ("deliveries.plan", "deliveries.sweep", "jobs.sweep")
LATE = timedelta(minutes=3)


def look() -> tuple[dict[str, Any], int]:
    """The answer and its status: 503 when a quick tick is late or never came."""
    now = claims.present()
    beats = last_beats()
    ticks = {
        name: {
            "at": beats[name].isoformat() if name in beats else None,
            "late": name in QUICK and (name not in beats or beats[name] < now - LATE),
        }
        for name in sorted({*beats, *QUICK})
    }
    well = not any(tick["late"] for tick in ticks.values())
    answer = {
        "status": "ok" if well else "late",
        "release": __version__,
        "ticks": ticks,
        "cache": cache.answers(),
    }
    return answer, 200 if well else 503
