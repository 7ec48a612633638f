"""The clock's own clock: a beat that goes on when its machine's time is set back.

Celery's scheduler asks the wall clock how long ago a tick was sent. Set forward by a day and back
again, it would send nothing for that day, and an evening would pass without its reminders.
"""

from time import monotonic
from typing import Any

from celery.beat import Scheduler

from application.platform.clock import now

STEP = 2.0  # seconds; what is less is a clock being adjusted slowly


class SteadyScheduler(Scheduler):
    """Begins anew, with every tick a full interval away, when the wall clock has gone back."""

    _ahead: float | None = None  # of the wall clock before the one that only goes forward

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """One look at what is due; the seconds until the next."""
        ahead = now().timestamp() - monotonic()
        if self._ahead is not None and ahead < self._ahead - STEP:
            present = self.app.now()
            for entry in self.schedule.values():
                entry.last_run_at = present
            self._heap = None  # its moments lie in a future that will not come for long
        self._ahead = ahead
        pause: float = super().tick(*args, **kwargs)
        return pause
